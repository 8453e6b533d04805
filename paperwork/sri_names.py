"""What the SRI's codes are called on a RIDE, which as a legal paper of Ecuador speaks Spanish alone.

Source: ficha técnica, tables 3 (documents), 4 (environment), 6 (buyer), 16 (taxes), 19 and 24 (payments).
A code that is not here is printed as it stands.
"""

from __future__ import annotations

DOCUMENTS = {
    "01": "Factura", "03": "Liquidación de compra", "04": "Nota de crédito", "05": "Nota de débito",
    "06": "Guía de remisión", "07": "Comprobante de retención", "12": "Documento de institución financiera",
    "19": "Comprobante de pago de cuotas", "20": "Documento por servicios administrativos",
    "21": "Carta de porte aéreo", "41": "Comprobante de reembolso",
}  # fmt: skip

ENVIRONMENTS = {"1": "PRUEBAS", "2": "PRODUCCIÓN"}

EMISSIONS = {"1": "NORMAL", "2": "INDISPONIBILIDAD DEL SISTEMA"}

IDENTIFICATIONS = {
    "04": "RUC", "05": "Cédula", "06": "Pasaporte", "07": "Consumidor final",
    "08": "Identificación del exterior", "09": "Placa",
}  # fmt: skip

TAXES = {"2": "IVA", "3": "ICE", "5": "IRBPNR"}

WITHHELD_TAXES = {"1": "RENTA", "2": "IVA", "6": "ISD"}

PAYMENTS = {
    "01": "Sin utilización del sistema financiero", "15": "Compensación de deudas",
    "16": "Tarjeta de débito", "17": "Dinero electrónico", "18": "Tarjeta prepago",
    "19": "Tarjeta de crédito", "20": "Otros con utilización del sistema financiero",
    "21": "Endoso de títulos",
}  # fmt: skip

PAYMENT_PLACES = {"01": "Pago local", "02": "Pago al exterior"}


def named(code: str, names: dict[str, str]) -> str:
    """`20 · Otros con utilización del sistema financiero`; the code alone where it has no name."""
    return f"{code} · {names[code]}" if code in names else code
