"""What must be true at the end of a day, whatever happened during it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from tests.support.stack import Stack, eventually

Json = dict[str, Any]
SETTLED = frozenset({"posted", "rejected"})


def without_rev(document: Json) -> Json:
    return {name: value for name, value in document.items() if name != "_rev"}


def documents(whole: Stack, kind: str) -> dict[str, Json]:
    """The central documents of one type, by id."""
    answer = whole.get(f'andina/_all_docs?include_docs=true&start_key="{kind}:"&end_key="{kind}:~"')
    return {row["id"]: row["doc"] for row in answer["rows"]}


def settled_postings(whole: Stack, count: int, *, seconds: float = 180) -> dict[str, Json]:
    """The postings by receipt, once `count` receipts have the ERP's answer."""

    def settled() -> dict[str, Json] | None:
        found = {posting["receipt"]: posting for posting in documents(whole, "posting").values()}
        return found if sum(p["state"] in SETTLED for p in found.values()) == count else None

    postings: dict[str, Json] = eventually(settled, seconds=seconds, what=f"{count} receipts have an answer")
    return postings


def expect_every_receipt_once(whole: Stack, receipts: Mapping[str, Json]) -> dict[str, Json]:
    """Every receipt is in the central database as written, and in the ERP once; return the postings."""
    postings = settled_postings(whole, len(receipts))
    central = {key: without_rev(body) for key, body in documents(whole, "receipt").items()}
    assert central == {key: without_rev(body) for key, body in receipts.items()}
    posted = {key: posting for key, posting in postings.items() if posting["state"] == "posted"}
    with closing(sqlite3.connect(whole.folder / "demo" / "erp.sqlite", timeout=30)) as erp:
        rows = erp.execute(
            "SELECT recibo, numero, total FROM cobros WHERE estado = 'CONTABILIZADO'"
        ).fetchall()
        debit, credit = erp.execute("SELECT sum(debe), sum(haber) FROM asientos").fetchone()
    assert len({number for _receipt, number, _total in rows}) == len(rows)
    assert {receipt: number for receipt, number, _total in rows} == {
        key: posting["erp_number"] for key, posting in posted.items()
    }
    assert {receipt: total for receipt, _number, total in rows} == {
        key: receipts[key]["total"] for key in posted
    }
    assert debit == credit == sum(total for _receipt, _number, total in rows)
    return postings


def expect_excess_on_account(
    whole: Stack, receipts: Mapping[str, Json], postings: Mapping[str, Json], invoice: str
) -> None:
    """Of the two receipts over `invoice` one paid it; the other's money is on account, with an exception."""
    both = [r for r in receipts.values() if any(a["invoice"] == invoice for a in r["allocations"])]
    assert len(both) == 2
    applied = {
        r["_id"]: sum(a["amount"] for a in postings[r["_id"]]["allocations"] if a["invoice"] == invoice)
        for r in both
    }
    asked = [a["amount"] for r in both for a in r["allocations"] if a["invoice"] == invoice]
    assert sorted(applied.values()) == [0, max(asked)]
    late = next(r for r in both if applied[r["_id"]] == 0)
    assert postings[late["_id"]]["on_account"] == late["total"]
    raised = {exception["receipt"] for exception in documents(whole, "exception:over_allocation").values()}
    assert late["_id"] in raised


def totals_by_method(receipts: Mapping[str, Json]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for receipt in receipts.values():
        for line in receipt["payments"]:
            totals[line["method"]] += line["amount"]
    return dict(totals)
