"""Voiding a receipt: the collector may on its day, while no copy has left the phone; else the office does.

A void takes nothing back: the receipt keeps its number and both stay on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from receivables.documents import Author, Json
from receivables.payments import Method
from receivables.validation import Problem

Docs = Iterable[Mapping[str, Any]]

VOID_REASONS = ("wrong_amount", "wrong_invoice", "wrong_customer", "wrong_method", "customer_withdrew")
"""Codes; the words are the screen's."""


def void_problems(
    receipt: Mapping[str, Any],
    *,
    voids: Docs,
    copies: Docs,
    deposits: Docs,
    closes: Docs,
    posting: Mapping[str, Any] | None,
    author: Author,
) -> list[Problem]:
    """Why the collector may not void `receipt` any more; each of them sends to the supervisor.

    Only on the day of the receipt, in its cash session, before a copy left the phone, before its
    cheque or its cash may have been deposited, and before the ERP has it.
    """
    deposits = list(deposits)
    id_, data = receipt["_id"], {"number": receipt["number"]}
    if any(void["receipt"] == id_ for void in voids):
        return [Problem("void_repeated", "", data)]
    problems: list[Problem] = []
    if posting and posting.get("state") in {"sending", "posted"}:
        problems.append(Problem("void_posted", "", data))
    if any(copy["receipt"] == id_ for copy in copies):
        problems.append(Problem("void_shared", "", data))
    if any(line["receipt"] == id_ for deposit in deposits for line in deposit["cheques"]):
        problems.append(Problem("void_deposited", "", data))
    elif _may_be_banked(receipt, deposits):
        problems.append(Problem("void_banked", "", data))
    if receipt["local_on"] != author.on.isoformat() or any(id_ in close["receipts"] for close in closes):
        problems.append(Problem("void_closed", "", data))
    return problems


def _may_be_banked(receipt: Mapping[str, Any], deposits: Docs) -> bool:
    """Notes bear no name: any cash that was deposited since may be that of the receipt."""
    if not any(line["method"] == Method.CASH for line in receipt["payments"]):
        return False
    return any(each["cash"] > 0 and each["created_at"] >= receipt["created_at"] for each in deposits)


def plan_void(
    receipt: Mapping[str, Any], *, reason: str, author: Author, **known: Any
) -> Json | list[Problem]:
    """Return the `receipt_void`, or why there can be none; `known` is what `void_problems` asks for."""
    problems = void_problems(receipt, author=author, **known)
    if reason not in VOID_REASONS:
        problems.append(Problem("void_reason_missing", "reason"))
    return problems or author.fact("receipt_void", {"receipt": receipt["_id"], "reason": reason})


def plan_copy(receipt: Mapping[str, Any], *, means: str, copies: Docs, author: Author) -> Json:
    """The fact that one more copy left the phone; the first is number 1."""
    made = sum(copy["receipt"] == receipt["_id"] for copy in copies)
    return author.fact("receipt_copy", {"receipt": receipt["_id"], "copy": made + 1, "means": means})
