"""The company's rules for collecting, as the office set them and the phone carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from receivables.documents import BadDocument
from receivables.money import Money, MoneyError

DEFAULT_CHEQUE_MAX_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPolicy:
    """A `policy:collection` document. Its amounts bind receipts of its own currency only."""

    currency: str
    minimum_receipt: Money
    cash_cap: Money | None
    cheque_max_days: int
    oldest_first: bool
    on_account_allowed: bool
    comment_min_length: int

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> CollectionPolicy:
        """Read a policy document; a field that an older document lacks takes the most permissive value."""
        try:
            currency = doc["currency"]
            cap = doc.get("cash_cap")
            return cls(
                currency=currency,
                minimum_receipt=Money.from_json(doc.get("minimum_receipt", 0), currency),
                cash_cap=None if cap is None else Money.from_json(cap, currency),
                cheque_max_days=int(doc.get("cheque_max_days", DEFAULT_CHEQUE_MAX_DAYS)),
                oldest_first=bool(doc.get("oldest_first", False)),
                on_account_allowed=bool(doc.get("on_account_allowed", True)),
                comment_min_length=int(doc.get("comment_min_length", 0)),
            )
        except (KeyError, TypeError, ValueError, MoneyError) as error:
            raise BadDocument(f"policy {doc.get('_id')!r}: {error!r}") from error
