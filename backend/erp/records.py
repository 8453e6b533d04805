"""What crosses the border of an ERP: the records it is the master of, and the receipt on its way to be
posted.

A record knows the document it becomes (`docs/data-model.md`). A field that an ERP does not have is `UNSET`,
so that what others wrote there is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
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
    """Anything read from an ERP."""

    TYPE: ClassVar[str]

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
class InvoiceRecord(Record):
    """`balance` already contains exactly the receipts that `reflects` names.

    Both were read in one snapshot.
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
class GoalRecord(Record):
    """What is expected of a collector in `month` (`yyyy-mm`)."""

    TYPE = "goal"

    collector: str
    month: str
    currency: str
    amount_month: int
    amount_day: int
    visits_day: int

    @property
    def key(self) -> str:
        return f"{self.collector}:{self.month}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingReceipt:
    """A receipt as it is to be posted: the fact, with the allocation that was decided when it was claimed."""

    receipt_id: str
    number: str
    customer: str
    collector: str
    created_at: datetime
    local_on: date
    currency: str
    total: int
    payments: Sequence[Mapping[str, Any]]
    allocations: Sequence[tuple[str, int]]
    on_account: int


def _to_json(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Place():
            return {"lat": value.lat, "lon": value.lon}
        case tuple() | list():
            return [_to_json(item) for item in value]
        case _:
            return value
