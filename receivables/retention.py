"""Which old facts of a collector nothing is computed from any more, so that phone and database may let go of
them once the centre has them.

Money is kept from the first instant on that still matters: whatever is in the bag, the close that counts on,
what the ERP has not answered. Since a close or a deposit comes after the receipts in it, cutting at one
instant never leaves half of a story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from receivables.cash import cash_session
from receivables.documents import FACT_TYPES, Json

ANSWERED = frozenset({"posted", "rejected"})
"""States of a posting after which the ERP has nothing more to say of its receipt."""

MONEY = ("receipt", "receipt_void", "deposit", "cash_close")
_EVER = "9999"


def forgettable(facts: Iterable[Json], *, before: date, needed: Collection[str] = ()) -> set[str]:
    """Ids of facts older than the company's day `before` that may go; `needed` ones and money since stay.

    A promise stays until it has long been due. What tells no day stays.
    """
    known = [fact for fact in facts if fact["_id"].partition(":")[0] in FACT_TYPES]
    old = {fact["_id"] for fact in known if _day(fact) < before.isoformat()} - set(needed)
    money = [fact for fact in known if fact["_id"].partition(":")[0] in MONEY]
    since = _money_matters_since(money, needed)
    return old - {fact["_id"] for fact in money if _instant(fact) >= since}


def _money_matters_since(money: Collection[Json], needed: Collection[str]) -> str:
    """The first instant from which on receipts, voids, deposits and closes stay."""
    of = {kind: [fact for fact in money if fact["_id"].startswith(f"{kind}:")] for kind in MONEY}
    kept = set(needed)
    for currency in {str(fact.get("currency")) for fact in of["receipt"] + of["deposit"] + of["cash_close"]}:
        session = cash_session(
            of["receipt"], of["receipt_void"], of["deposit"], of["cash_close"], currency=currency
        )
        kept |= {*session.receipts, *session.deposits, *(cheque.receipt for cheque in session.cheques)}
        kept |= {session.previous} if session.previous else set()
    return min((_instant(fact) for fact in money if fact["_id"] in kept), default=_EVER)


def _day(fact: Json) -> str:
    days: list[Any] = [fact.get("local_on")]
    if fact["_id"].startswith("promise:"):
        days.append(fact.get("promised_on"))
    return max(str(day) if isinstance(day, str) and day else _EVER for day in days)


def _instant(fact: Json) -> str:
    return str(fact.get("created_at") or "")
