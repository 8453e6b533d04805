"""The fixed texts of the receipt in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TAX_ID_NAMES = {
    "AR": "CUIT", "BO": "NIT", "CL": "RUT", "CO": "NIT", "EC": "RUC", "GT": "NIT", "MX": "RFC", "PE": "RUC",
    "PY": "RUC", "UY": "RUT",
}  # fmt: skip
"""What a company's tax id is called in its country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    title: str
    tax_id: str
    erp_number: str
    phone: str
    customer: str
    code: str
    received: str
    invoices: tuple[str, str, str, str, str]
    balances_note: str
    payments: tuple[str, str, str]
    methods: dict[str, str]
    details: dict[str, str]
    applied: str
    on_account: str
    write_off: str
    total: str
    collector: str
    device: str
    visit: str
    place: str
    no_place: str
    status: str
    states: dict[str, str]
    pending_status: str
    effective: str
    payer: str
    reprint: str
    void: str
    reason: str
    void_reasons: dict[str, str]
    verify: str
    legends: tuple[str, ...]
    cheque_legend: str
    page: str


SPANISH = Labels(
    title="Comprobante de pago",
    tax_id="Identificación",
    erp_number="n.º",
    phone="Tel.",
    customer="Cliente",
    code="Código",
    received="Recibimos la suma de",
    invoices=("Factura", "Vence", "Saldo anterior", "Abono", "Saldo actual"),
    balances_note="Saldos según la información disponible al imprimir.",
    payments=("Forma de pago", "Detalle", "Monto"),
    methods={
        "cash": "Efectivo",
        "cheque": "Cheque",
        "transfer": "Transferencia",
        "card": "Tarjeta",
        "withholding": "Retención",
    },
    details={
        "bank": "",
        "account": "cta.",
        "number": "n.º",
        "drawer": "girador",
        "cheque_on": "fecha",
        "reference": "ref.",
        "transferred_on": "fecha",
        "brand": "",
        "last4": "terminada en",
        "authorisation": "aut.",
        "tax": "impuesto",
        "access_key": "clave",
    },
    applied="Aplicado a facturas",
    on_account="Saldo a favor",
    write_off="Diferencia saldada",
    total="Total recibido",
    collector="Gestor",
    device="Equipo",
    visit="Visita",
    place="GPS",
    no_place="sin posición",
    status="Estado",
    states={
        "sending": "Enviándose al sistema contable",
        "posted": "Registrado en el sistema contable",
        "retry": "Pendiente de registro",
        "rejected": "Rechazado por el sistema contable",
    },
    pending_status="Emitido; pendiente de registro contable",
    effective="Aplicación registrada",
    payer="Entregué conforme",
    reprint="REIMPRESIÓN",
    void="ANULADO",
    reason="Motivo",
    void_reasons={
        "wrong_amount": "monto equivocado",
        "wrong_invoice": "factura equivocada",
        "wrong_customer": "cliente equivocado",
        "wrong_method": "forma de pago equivocada",
        "customer_withdrew": "el cliente desistió",
    },
    verify="Verificación",
    legends=("Exija este comprobante por cada pago. No es válido con tachones ni enmiendas.",),
    cheque_legend="Los cheques se reciben sujetos a su buen cobro.",
    page="Página",
)

ENGLISH = Labels(
    title="Payment receipt",
    tax_id="Tax ID",
    erp_number="no.",
    phone="Tel.",
    customer="Customer",
    code="Code",
    received="We received the sum of",
    invoices=("Invoice", "Due", "Balance before", "Applied", "Balance after"),
    balances_note="Balances as known when this was printed.",
    payments=("Payment", "Details", "Amount"),
    methods={
        "cash": "Cash",
        "cheque": "Cheque",
        "transfer": "Transfer",
        "card": "Card",
        "withholding": "Withholding",
    },
    details={
        "bank": "",
        "account": "acct.",
        "number": "no.",
        "drawer": "drawer",
        "cheque_on": "dated",
        "reference": "ref.",
        "transferred_on": "dated",
        "brand": "",
        "last4": "ending in",
        "authorisation": "auth.",
        "tax": "tax",
        "access_key": "key",
    },
    applied="Applied to invoices",
    on_account="On account",
    write_off="Difference written off",
    total="Total received",
    collector="Collector",
    device="Device",
    visit="Visit",
    place="GPS",
    no_place="no position",
    status="Status",
    states={
        "sending": "Being sent to accounting",
        "posted": "Posted in accounting",
        "retry": "To be posted",
        "rejected": "Rejected by accounting",
    },
    pending_status="Issued; to be posted",
    effective="Posted allocation",
    payer="Paid by",
    reprint="REPRINT",
    void="VOID",
    reason="Reason",
    void_reasons={
        "wrong_amount": "wrong amount",
        "wrong_invoice": "wrong invoice",
        "wrong_customer": "wrong customer",
        "wrong_method": "wrong means of payment",
        "customer_withdrew": "the customer withdrew",
    },
    verify="Verification",
    legends=("Ask for this receipt with every payment. Not valid if altered.",),
    cheque_legend="Cheques are received subject to clearing.",
    page="Page",
)


def labels_for(language: str) -> Labels:
    """English for `en…`, Spanish for everything else."""
    return ENGLISH if language.startswith("en") else SPANISH


def company_lines(company: Mapping[str, Any], labels: Labels) -> tuple[str, ...]:
    """What stands under a company's name: its tax id by its country's name, address and telephone."""
    tax_id, phone = company.get("tax_id"), company.get("phone")
    tax_id_name = TAX_ID_NAMES.get(str(company.get("country") or ""), labels.tax_id)
    lines = (
        f"{tax_id_name} {tax_id}" if tax_id else "",
        str(company.get("address") or ""),
        f"{labels.phone} {phone}" if phone else "",
    )
    return tuple(filter(None, lines))
