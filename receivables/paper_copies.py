"""Copies of papers that left a phone, beside those of receipts: RIDE, statement, record of a visit, cash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from receivables.documents import Author, Json

PAPER_OF: Mapping[str, str] = {
    "invoice": "ride",
    "withholding": "ride",
    "customer": "statement",
    "visit": "acta",
    "deposit": "deposit",
    "cash_close": "cash_close",
}
"""By the type of the document that a paper is made from."""

_OF_A_DAY = frozenset({"statement"})
"""What says something else tomorrow: only what left on the same day is a copy of it."""


def earlier_copies(copies: Iterable[Mapping[str, Any]], of: str, *, on: str) -> int:
    """How many copies of the paper of document `of` left before; `on` is the company's day, ISO."""
    return sum(
        copy["of"] == of and (copy["paper"] not in _OF_A_DAY or copy["local_on"] == on) for copy in copies
    )


def plan_paper_copy(
    of: str, *, customer: str | None, means: str, copies: Iterable[Mapping[str, Any]], author: Author
) -> Json:
    """The fact that one more copy left the phone; the first is number 1. Raise KeyError where `of` has no
    paper.
    """
    number = earlier_copies(copies, of, on=author.on.isoformat()) + 1
    body = {
        "paper": PAPER_OF[of.partition(":")[0]],
        "of": of,
        "customer": customer,
        "copy": number,
        "means": means,
    }
    return author.fact("paper_copy", body)
