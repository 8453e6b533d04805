"""What a void or a bounced cheque takes back of a receipt: which invoices are open again, and by how much.

A void takes back everything that is left; a bounced cheque its amount, first from the money on account, then
from the invoices in the order opposite to the one in which they were paid. Together they never take back
more than was received. A small difference that was written off of an invoice returns as soon as a part of its
payment does, because the invoice is no longer settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from receivables.money import minor_from_json

Docs = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Minor units. Σ `allocations` + `on_account` = `total`; `write_offs` are no money and not in it."""

    allocations: Sequence[tuple[str, int]]
    on_account: int
    write_offs: Sequence[tuple[str, int]] = ()

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.allocations) + self.on_account


def what_is_left(posting: Mapping[str, Any], earlier: Docs = ()) -> TakenBack:
    """What of a posted receipt no earlier reversal took back; invoices in the order in which it paid them."""
    reversals = list(earlier)
    on_account = minor_from_json(posting["on_account"])
    on_account -= sum(minor_from_json(reversal["on_account"]) for reversal in reversals)
    return TakenBack(
        allocations=_left("allocations", posting, reversals),
        on_account=on_account,
        write_offs=_left("write_offs", posting, reversals),
    )


def take_back(posting: Mapping[str, Any], amount: int, *, earlier: Docs = ()) -> TakenBack:
    """Take back `amount` minor units of what is left, or all of it where less is left."""
    left = what_is_left(posting, earlier)
    on_account = min(amount, left.on_account)
    open_again: list[tuple[str, int]] = []
    wanted = amount - on_account
    for invoice, paid in reversed(left.allocations):
        part = min(paid, wanted)
        if part > 0:
            open_again.append((invoice, part))
            wanted -= part
    touched = {invoice for invoice, _ in open_again}
    return TakenBack(
        allocations=open_again[::-1],
        on_account=on_account,
        write_offs=[line for line in left.write_offs if line[0] in touched],
    )


def _left(
    name: str, posting: Mapping[str, Any], reversals: Iterable[Mapping[str, Any]]
) -> list[tuple[str, int]]:
    left: dict[str, int] = {}
    for line in posting.get(name) or ():
        left[line["invoice"]] = left.get(line["invoice"], 0) + minor_from_json(line["amount"])
    for reversal in reversals:
        for line in reversal.get(name) or ():
            left[line["invoice"]] -= minor_from_json(line["amount"])
    return [line for line in left.items() if line[1] > 0]


def standing_payments(
    receipt: Mapping[str, Any], bounced: Iterable[int]
) -> list[tuple[int, Mapping[str, Any]]]:
    """The payment lines whose money is still there, each with its place, counted from 1."""
    gone = frozenset(bounced)
    return [(place, line) for place, line in enumerate(receipt["payments"], start=1) if place not in gone]
