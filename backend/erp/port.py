"""What Recaudo asks of an ERP, whatever the ERP is.

Inwards an ERP is read page by page behind a cursor; outwards it takes one receipt at a time and is asked
about a receipt before it is given the same one again. `tests/contract/erp` tells when an implementation is
right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from backend.erp.records import OutgoingReceipt, Record


class Kind(StrEnum):
    """What is read from an ERP, in the order in which a run reads it: an invoice comes after its customer."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    WITHHOLDINGS = "withholdings"
    CREDIT_NOTES = "credit_notes"
    GOALS = "goals"


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
    """One page of records.

    `cursor` is its last record's, None for an empty page; `last` says that there is no next page now.
    """

    records: Sequence[Record]
    unreadable: Sequence[Unreadable]
    cursor: Cursor | None
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The ERP has the receipt in its books under `number`."""

    number: str
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The ERP will not take the receipt.

    `reason` is in its own words, for the supervisor and the collector.
    """

    reason: str


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

    def find_receipt(self, receipt_id: str) -> Posted | Rejected | None:
        """What the ERP already decided about this receipt; None when it has never seen it."""
        ...

    def post_receipt(self, receipt: OutgoingReceipt) -> Posted | Rejected:
        """Post once.

        A receipt id that the ERP already knows gets the earlier answer, never a second posting.
        """
        ...

    def close(self) -> None: ...
