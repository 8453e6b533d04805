"""What comes in over the border of an ERP: the records that it is the master of.

A record knows the document it becomes (`docs/data-model.md`). A field that an ERP does not have is `UNSET`,
so that what others wrote there is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Final, Literal


class Unset(Enum):
    UNSET = "unset"


UNSET: Final = Unset.UNSET
Maybe = Literal[Unset.UNSET]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Anything read from an ERP.

    `MAKES_DOCUMENT` is False for fields of a document that another kind makes; without it they wait.
    """

    TYPE: ClassVar[str]
    MAKES_DOCUMENT: ClassVar[bool] = True

    @property
    def key(self) -> str:
        raise NotImplementedError

    @property
    def document_id(self) -> str:
        return f"{self.TYPE}:{self.key}"

    def body(self) -> dict[str, Any]:
        """The document's fields that this record is the master of."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: _to_json(value) for name, value in values if value is not UNSET}


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord(Record):
    TYPE = "customer"

    code: str
    name: str
    tax_id: str
    currency: str
    branch: str | Maybe = UNSET
    phones: Sequence[str] | Maybe = UNSET
    email: str | Maybe | None = UNSET
    address: str | Maybe = UNSET
    city: str | Maybe = UNSET
    location: Place | Maybe | None = UNSET
    credit_limit: int | Maybe = UNSET
    payment_terms_days: int | Maybe = UNSET
    observations: str | Maybe = UNSET
    active: bool | Maybe = UNSET

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLimitRecord(Record):
    """What a customer may owe, where the ERP keeps it apart from the customer."""

    TYPE = "customer"
    MAKES_DOCUMENT = False

    customer: str
    credit_limit: int
    payment_terms_days: int | Maybe = UNSET

    @property
    def key(self) -> str:
        return self.customer

    def body(self) -> dict[str, Any]:
        terms = {} if self.payment_terms_days is UNSET else {"payment_terms_days": self.payment_terms_days}
        return {"credit_limit": self.credit_limit, **terms}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRecord(Record):
    """A further address of a customer: a branch, where to collect, where to deliver."""

    TYPE = "address"

    id: str
    customer: str
    label: str
    address: str
    city: str
    location: Place | None

    @property
    def key(self) -> str:
        return self.id

    def body(self) -> dict[str, Any]:
        return {name: value for name, value in Record.body(self).items() if name != "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord(Record):
    """A person at the customer's: who pays, who signs, who answers."""

    TYPE = "contact"

    id: str
    customer: str
    name: str
    role: str
    phones: Sequence[str]
    email: str | None

    @property
    def key(self) -> str:
        return self.id

    def body(self) -> dict[str, Any]:
        return {name: value for name, value in Record.body(self).items() if name != "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """A part of an invoice with a due date of its own."""

    number: int
    due_on: date
    amount: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRecord(Record):
    """`balance` already contains exactly the receipts and reversals that `reflects` names.

    Both were read in one snapshot. The balances of `instalments`, where there are any, add up to `balance`.
    """

    TYPE = "invoice"

    number: str
    customer: str
    issued_on: date
    due_on: date
    total: int
    balance: int
    currency: str
    state: str
    reflects: Sequence[str]
    instalments: Sequence[Instalment] | Maybe = UNSET

    @property
    def key(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingRecord(Record):
    TYPE = "withholding"

    number: str
    customer: str
    invoice: str
    issued_on: date
    amount: int
    currency: str
    state: str

    @property
    def key(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteRecord(Record):
    TYPE = "credit_note"

    number: str
    customer: str
    invoice: str | None
    issued_on: date
    total: int
    balance: int
    currency: str
    state: str

    @property
    def key(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicInvoiceRecord(Record):
    """The authorised XML of an invoice, packed as `paperwork.packed_xml` does: a field of the invoice."""

    TYPE = "invoice"
    MAKES_DOCUMENT = False

    number: str
    electronic: str

    @property
    def key(self) -> str:
        return self.number

    def body(self) -> dict[str, Any]:
        return {"electronic": self.electronic}


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicWithholdingRecord(ElectronicInvoiceRecord):
    """The same of a withholding voucher that the ERP has."""

    TYPE = "withholding"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesRecord(Record):
    """What was sold to a customer on credit in `month` (`yyyy-mm`)."""

    TYPE = "sales"

    customer: str
    month: str
    amount: int
    currency: str

    @property
    def key(self) -> str:
        return f"{self.customer}:{self.month}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRecord(Record):
    """What is expected of a collector in `month` (`yyyy-mm`): amounts collected, visits, effective visits."""

    TYPE = "goal"

    collector: str
    month: str
    currency: str
    amount_month: int | Maybe = UNSET
    amount_day: int | Maybe = UNSET
    visits_month: int | Maybe = UNSET
    visits_day: int | Maybe = UNSET
    effective_month: int | Maybe = UNSET
    effective_day: int | Maybe = UNSET

    @property
    def key(self) -> str:
        return f"{self.collector}:{self.month}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRecord(Record):
    """What a collector, as the adviser of the customers, sold and took orders for in `month` (`yyyy-mm`).

    An ERP that counts only one of the two leaves the other unset: it is not zero.
    """

    TYPE = "performance"

    collector: str
    month: str
    currency: str
    sales_amount: int | Maybe = UNSET
    sales_count: int | Maybe = UNSET
    orders_amount: int | Maybe = UNSET
    orders_count: int | Maybe = UNSET

    @property
    def key(self) -> str:
        return f"{self.collector}:{self.month}"


def _to_json(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Place():
            return {"lat": value.lat, "lon": value.lon}
        case Instalment():
            return {item.name: _to_json(getattr(value, item.name)) for item in fields(value)}
        case tuple() | list():
            return [_to_json(item) for item in value]
        case _:
            return value
