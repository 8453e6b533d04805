"""Tryton 8.2 as an ERP, over the JSON-RPC that its own clients use; nothing is installed in Tryton."""
