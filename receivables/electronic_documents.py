"""The electronic documents of Ecuador's SRI as frozen values: the invoice and the withholding voucher.

Names are ours, in the order of the SRI's own (*ficha técnica*: `factura` 1.0.0–2.1.0, `comprobanteRetencion`
1.0.0 and 2.0.0); amounts keep the decimals that the document wrote. `paperwork.sri_xml` reads them,
`receivables.withholdings` judges them, `paperwork.ride` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

INVOICE_CODE, WITHHOLDING_CODE = "01", "07"
"""`codDoc`: which document it is."""

AUTHORISED = "AUTORIZADO"

VAT, EXCISE, PLASTIC_BOTTLES = "2", "3", "5"
"""`codigo` of a tax of an invoice: IVA, ICE, IRBPNR."""

WITHHELD_INCOME_TAX, WITHHELD_VAT, WITHHELD_ON_FOREIGN_PAYMENTS = "1", "2", "6"
"""`codigo` of a withheld tax: renta, IVA, ISD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """What the SRI answered about the document, as it wrote it; `state` is AUTORIZADO or something else."""

    state: str
    number: str
    authorised_at: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """`infoTributaria` and what the document adds about who issued it. `emission` is `tipoEmision`."""

    environment: str
    emission: str
    legal_name: str
    trade_name: str
    ruc: str
    access_key: str
    document_code: str
    establishment: str
    emission_point: str
    sequence: str
    head_office: str
    branch_address: str
    special_taxpayer: str
    keeps_accounts: str
    withholding_agent: str
    simplified_regime: str

    @property
    def number(self) -> str:
        """`001-001-000000123`."""
        return f"{self.establishment}-{self.emission_point}-{self.sequence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax of a line or of the whole. `rate` is a percentage, None where the document leaves it out."""

    code: str
    rate_code: str
    base: Decimal
    amount: Decimal
    rate: Decimal | None = None
    additional_discount: Decimal | None = None
    refunded: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """`detalle`; `unsubsidised_price` is what one unit would cost without the State's subsidy."""

    code: str
    auxiliary_code: str
    description: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    unsubsidised_price: Decimal | None
    discount: Decimal
    total: Decimal
    details: tuple[tuple[str, str], ...]
    taxes: tuple[Tax, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerm:
    """`pago`: with which method (`formaPago`) how much is paid, and when where it is on credit."""

    method: str
    total: Decimal
    term: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicInvoice:
    """`factura`. `issued_on` is dd/mm/yyyy as written; the extra amounts are None where it has none."""

    version: str
    issuer: Issuer
    issued_on: str
    buyer_id_type: str
    buyer_name: str
    buyer_id: str
    buyer_address: str
    delivery_note: str
    plate: str
    subtotal: Decimal
    subsidy: Decimal | None
    discount: Decimal
    taxes: tuple[Tax, ...]
    compensations: tuple[tuple[str, Decimal], ...]
    tip: Decimal | None
    total: Decimal
    currency: str
    vat_withheld: Decimal | None
    income_tax_withheld: Decimal | None
    payments: tuple[PaymentTerm, ...]
    lines: tuple[InvoiceLine, ...]
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """One `retencion`: tax (`codigo`), the SRI's code for the concept, base, percentage and amount."""

    tax: str
    code: str
    base: Decimal
    percentage: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """The document that was withheld on; `number` is its 15 digits.

    Version 1.0.0 has neither the amounts nor what follows them; `payment_place` is `pagoLocExt`.
    """

    kind: str
    number: str
    issued_on: str
    authorisation: str
    subtotal: Decimal | None
    total: Decimal | None
    withheld: tuple[Withheld, ...]
    taxes: tuple[Tax, ...] = ()
    payments: tuple[PaymentTerm, ...] = ()
    support_code: str = ""
    registered_on: str = ""
    payment_place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingVoucher:
    """`comprobanteRetencion`, of which one may name several supporting documents. `period` is mm/yyyy."""

    version: str
    issuer: Issuer
    issued_on: str
    subject_id_type: str
    subject_name: str
    subject_id: str
    related_party: str
    period: str
    documents: tuple[SupportingDocument, ...]
    notes: tuple[tuple[str, str], ...]

    @property
    def total(self) -> Decimal:
        return sum((each.amount for document in self.documents for each in document.withheld), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicDocument:
    """What a file held; `authorisation` is None for a bare document, which may or may not be authorised."""

    authorisation: Authorisation | None
    content: ElectronicInvoice | WithholdingVoucher
