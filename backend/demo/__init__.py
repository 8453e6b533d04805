"""*Distribuidora Andina*.

A company and an ERP to look at, on this machine alone. Nothing in the product depends on it.
"""
