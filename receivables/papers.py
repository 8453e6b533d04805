"""The papers of a customer (invoices, withholdings, credit notes), and whose they were before."""

from __future__ import annotations

from collections.abc import Mapping

from receivables.documents import Json

PAPER_TYPES = frozenset({"invoice", "withholding", "credit_note"})

FORMER = "former_customers"


def remember_former_customer(before: Mapping[str, object] | None, after: Json) -> Json:
    """`after`, with the customers that the paper belonged to before, so that it is found on their collectors'
    phones and taken from there.
    """
    if str(after["_id"]).partition(":")[0] not in PAPER_TYPES or not before:
        return after
    known = before.get(FORMER) or []
    former = {*(known if isinstance(known, list) else []), before.get("customer")} - {
        after.get("customer"),
        None,
    }
    return after | {FORMER: sorted(map(str, former))} if former or FORMER in after else after


def former_customers(paper: Mapping[str, object]) -> list[str]:
    """Customers that the paper belonged to and doesn't any more."""
    former = paper.get(FORMER)
    if not isinstance(former, list):
        return []
    return [code for code in former if isinstance(code, str) and code and code != paper.get("customer")]
