"""What Recaudo asks of an ERP, whatever the ERP is.

Inwards an ERP is read page by page behind a cursor, deletions included, and every night as a whole, to be
compared. Outwards it takes one *entry* at a time, a receipt or the reversal of one. An entry carries our key,
and however often it is given, the ERP has it in its books once. `tests/contract/erp` tells when an
implementation is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal
from backend.erp.records import Record


class Kind(StrEnum):
    """What is read from an ERP, in the order in which a run reads it: an invoice comes after its customer."""

    CUSTOMERS = "customers"
    CREDIT_LIMITS = "credit_limits"
    ADDRESSES = "addresses"
    CONTACTS = "contacts"
    INVOICES = "invoices"
    WITHHOLDINGS = "withholdings"
    CREDIT_NOTES = "credit_notes"
    ELECTRONIC_INVOICES = "electronic_invoices"
    ELECTRONIC_WITHHOLDINGS = "electronic_withholdings"
    SALES = "sales"
    GOALS = "goals"
    PERFORMANCE = "performance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last record read.

    When the ERP changed it, in the ERP's own words, and its key among those of that instant.
    """

    changed: str
    key: str

    def to_json(self) -> dict[str, str]:
        return {"changed": self.changed, "key": self.key}

    @classmethod
    def from_json(cls, value: dict[str, str]) -> Cursor:
        return cls(changed=value["changed"], key=value["key"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record that the ERP holds but that cannot be understood.

    The others of its page are not held up by it.
    """

    key: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of changes.

    `deleted` are the keys of records that the ERP no longer has and says so; what vanishes without a word is
    found by the nightly comparison. `cursor` is the last change's, None for an empty page; `last` says that
    there is no next page now.
    """

    records: Sequence[Record]
    unreadable: Sequence[Unreadable]
    cursor: Cursor | None
    last: bool
    deleted: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A record that the ERP has now, as the nightly comparison needs it: minor units open, 0 without any.

    None where the ERP has the record but nobody can read what is open of it.
    """

    key: str
    customer: str
    open: int | None = 0
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The ERP has the entry in its books under `number`."""

    number: str
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The ERP did not take the entry as things stand, and nothing of it is in the books.

    `reason` is in its own words, for the supervisor and the collector.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """The ERP was handed the entry and has not decided yet: it works through what it is given by itself."""


Answer = Posted | Rejected | Pending


class ErpError(Exception):
    """The ERP did not do what it was asked."""


class ErpUnavailable(ErpError):
    """No answer, or one that says nothing about the request.

    It may or may not have been carried out. Try again later.
    """


class ErpMisconfigured(ErpError):
    """The mapping cannot work as it stands; the sentence names the file and the key."""


class Connector(Protocol):
    """One company's ERP. Every method may raise `ErpUnavailable`."""

    def kinds(self) -> Sequence[Kind]:
        """Which kinds this ERP provides, in reading order."""
        ...

    def start_of(self, kind: Kind, saved: Cursor | None) -> Cursor | None:
        """Where a run begins.

        Before `saved` by the overlap window, so that what was committed late is seen.
        """
        ...

    def read(self, kind: Kind, after: Cursor | None) -> Page:
        """Read one page.

        An invoice's balance and the receipts it reflects come from one snapshot of the ERP.
        """
        ...

    def snapshot(self, kind: Kind) -> Iterator[Held] | None:
        """Every record of this kind that the ERP has now, from one state of it, in any order.

        None where the ERP cannot tell; then nothing of this kind is compared.
        """
        ...

    def takes_write_offs(self) -> bool:
        """Has this ERP a place for small differences? Without one no entry is given that carries any."""
        ...

    def find(self, entry_id: str) -> Answer | None:
        """What the ERP says of the receipt or reversal with our id; None when it has never seen it.

        An ERP that keeps no trace of what it refused may answer None for that.
        """
        ...

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        """Post once.

        A receipt that is in the books, or waits to be, gets that answer and no second posting. One that was
        rejected before is tried anew, because somebody may have put right what was wrong.
        """
        ...

    def post_reversal(self, reversal: OutgoingReversal) -> Answer:
        """Take back once, wholly or in part, a receipt that is in the books.

        The same promises as `post_receipt`. The ERP's balances rise by the allocations of the reversal, and
        from then on `reflects` of those invoices names both the receipt and the reversal.
        """
        ...

    def close(self) -> None: ...
