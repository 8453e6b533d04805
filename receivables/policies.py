"""The company's rules for collecting, as the office set them and the phone carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from receivables.compliance import DebtorType, Pack
from receivables.contact_expiry import DEFAULT_DAYS, days_of
from receivables.documents import BadDocument
from receivables.money import Money, MoneyError

DEFAULT_CHEQUE_MAX_DAYS = 30


class ChequePhoto(StrEnum):
    """Must a cheque be photographed before its receipt is recorded?"""

    OPTIONAL = "optional"
    REQUIRED = "required"


class CollectsFor(StrEnum):
    """Whose the debts are: the company's own, or those of creditors whom it serves as an agency."""

    OWN = "own"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPolicy:
    """A `policy:collection` document. Its amounts bind receipts of its own currency only.

    `debtor_type` is that of a customer who does not say it.
    """

    currency: str
    minimum_receipt: Money
    cash_cap: Money | None
    cheque_max_days: int
    oldest_first: bool
    on_account_allowed: bool
    comment_min_length: int
    debtor_type: DebtorType = DebtorType.CONSUMER
    collects_for: CollectsFor = CollectsFor.OWN
    may_collect: bool = True
    """False for an agency where the law lets only the creditor take money; see `under_the_law`."""
    cash_limit: Money | None = None
    """Of cash in transit: what a collector may hold before it is deposited or handed over."""
    write_off_tolerance: Money | None = None
    """The most that may remain of an invoice and be given up with its payment; None or 0 for nothing."""

    cheque_photo: ChequePhoto = ChequePhoto.OPTIONAL
    contact_days: int | None = DEFAULT_DAYS
    """After so many days without the office a phone shows nothing until it was heard; None for ever."""

    def tolerance_in(self, currency: str) -> Money:
        """`write_off_tolerance` for receipts of `currency`."""
        tolerance = self.write_off_tolerance
        return tolerance if tolerance and tolerance.currency == currency else Money.zero(currency)

    def under_the_law(self, pack: Pack | None) -> CollectionPolicy:
        """The policy with what the country's rules of contact add to it."""
        agency = self.collects_for is CollectsFor.AGENCY
        return replace(self, may_collect=pack is None or pack.agency_may_collect or not agency)

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> CollectionPolicy:
        """Read a policy document.

        A field that an older document lacks takes the most permissive value; but nobody gives money up
        unless the document says so, and a phone closes after the usual days without its office.
        """
        try:
            currency = doc["currency"]
            cap, limit = doc.get("cash_cap"), doc.get("cash_limit")
            return cls(
                currency=currency,
                minimum_receipt=Money.from_json(doc.get("minimum_receipt", 0), currency),
                cash_cap=None if cap is None else Money.from_json(cap, currency),
                cheque_max_days=int(doc.get("cheque_max_days", DEFAULT_CHEQUE_MAX_DAYS)),
                oldest_first=bool(doc.get("oldest_first", False)),
                on_account_allowed=bool(doc.get("on_account_allowed", True)),
                comment_min_length=int(doc.get("comment_min_length", 0)),
                debtor_type=DebtorType(doc.get("debtor_type") or DebtorType.CONSUMER),
                collects_for=CollectsFor(doc.get("collects_for") or CollectsFor.OWN),
                cash_limit=None if limit is None else Money.from_json(limit, currency),
                cheque_photo=ChequePhoto(doc.get("cheque_photo") or ChequePhoto.OPTIONAL),
                contact_days=days_of(doc.get("contact_days", DEFAULT_DAYS)),
                write_off_tolerance=Money.from_json(doc.get("write_off_tolerance") or 0, currency),
            )
        except (KeyError, TypeError, ValueError, MoneyError) as error:
            raise BadDocument(f"policy {doc.get('_id')!r}: {error!r}") from error
