"""The ERP seen from Recaudo.

One port, one module per kind of ERP. `docs/erp-connectors.md` shows how to add one.
"""
