"""The nightly comparison: every record of the ERP beside its document, every posted receipt beside the books.

What differs is read again from the beginning, because the ERP's balances win; what the ERP no longer has is
removed; a receipt that the ERP has lost goes out again, because receipts are ours. Where more is missing than
can be right, nothing is removed nor sent: somebody has changed a view or restored a backup, and a person
decides. What was found is the document `erp_drift:<yyyy-mm-dd>`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.erp.port import Connector, Held, Kind
from backend.services.erp_documents import PARTS, document_id_of, removed
from backend.services.erp_import import reread, run_import
from backend.services.posting_book import PostingBook
from receivables.documents import SCHEMA, rfc3339

log = logging.getLogger("recaudo.erp")

PAGE = 2000
KEPT = 200  # of each list: enough to see what is wrong
RECEIPTS_SINCE = timedelta(days=35)
# Of the records of a kind, and of the receipts, that may be missing at once and still be believed.
BELIEVABLE_SHARE, BELIEVABLE_COUNT = 0.1, 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a record is, and how much of it is open, in minor units; None where the ERP's word is unreadable.

    `retired`: the ERP may have it no more, and facts still speak of it.
    """

    customer: str
    open: int | None
    retired: bool = False


@dataclass(slots=True)
class KindDrift:
    """Keys that only one side has, and those of which the open amounts differ."""

    erp: int = 0
    here: int = 0
    missing: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    customers: list[Json] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.gone or self.differing)

    def to_json(self) -> Json:
        lists = {name: getattr(self, name) for name in ("missing", "gone", "differing")}
        counts = {f"{name}_count": len(keys) for name, keys in lists.items()}
        kept = {name: sorted(keys)[:KEPT] for name, keys in lists.items()}
        return {"erp": self.erp, "here": self.here, **counts, **kept}


def run_comparison(
    couch: Couch, company: str, connector: Connector, *, on: str, clock: Callable[[], datetime]
) -> Json:
    """Compare, put right what can be, and return the report. Raises `ErpUnavailable`.

    `on` is the company's local date.
    """
    run_import(couch, company, connector, now=clock())
    found: dict[Kind, KindDrift] = {}
    left: dict[Kind, KindDrift] = {}
    kept_back: list[str] = []
    for kind in connector.kinds():
        if kind in PARTS or (drift := compare_kind(couch, company, connector, kind)) is None:
            continue
        found[kind] = left[kind] = drift
        if drift.agrees:
            continue
        reread(couch, company, connector, kind, now=clock())
        again = compare_kind(couch, company, connector, kind) or drift
        if _is_believable(len(again.gone), again.here):
            _remove(couch, company, kind, again.gone)
            again = compare_kind(couch, company, connector, kind) or again
        else:
            kept_back.append(kind.value)
        left[kind] = again
    receipts = _compare_receipts(couch, company, connector, now=clock())
    report = {
        "_id": f"erp_drift:{on}",
        "schema": SCHEMA,
        "on": on,
        "at": rfc3339(clock()),
        "agrees": all(drift.agrees for drift in left.values()) and not receipts["lost"],
        "found": {kind.value: drift.to_json() for kind, drift in found.items()},
        "left": {kind.value: drift.to_json() for kind, drift in left.items() if not drift.agrees},
        "customers": [row for drift in found.values() for row in drift.customers][:KEPT],
        "kept_back": kept_back,
        "receipts": receipts,
    }
    _save(couch, company, report)
    if not report["agrees"]:
        PostingBook(couch, company).raise_anew(_exception(report, now=clock()))
    return report


def latest_report(couch: Couch, company: str) -> Json | None:
    rows = couch.all_docs(
        company, start_key="erp_drift:\ufff0", end_key="erp_drift:", descending=True, limit=1,
        include_docs=True,
    )  # fmt: skip
    return rows[0]["doc"] if rows else None


def compare_kind(couch: Couch, company: str, connector: Connector, kind: Kind) -> KindDrift | None:
    """None where the ERP cannot tell all that it has."""
    # Read before the ERP is: what comes in meanwhile is missing here, and read again, not gone from there and
    # removed.
    here = dict(_documents(couch, company, kind))
    held = connector.snapshot(kind)
    if held is None:
        return None
    return compare({record.key: _in_the_erp(record) for record in held}, here)


def compare(there: Mapping[str, Standing], here: Mapping[str, Standing]) -> KindDrift:
    """The ERP's records beside ours, and per customer where counts or what is open differ."""
    here = {key: record for key, record in here.items() if key in there or not record.retired}
    drift = KindDrift(erp=len(there), here=len(here))
    drift.missing = [key for key in there if key not in here]
    drift.gone = [key for key in here if key not in there]
    drift.differing = [key for key in there if key in here and there[key].open != here[key].open]
    touched = {there[key].customer for key in (*drift.missing, *drift.differing)}
    touched |= {here[key].customer for key in (*drift.gone, *drift.differing)}
    sums: dict[str, Json] = {
        customer: {"customer": customer, "erp": 0, "erp_open": 0, "here": 0, "here_open": 0}
        for customer in sorted(touched - {""})
    }
    for side, records in (("erp", there), ("here", here)):
        for record in records.values():
            if row := sums.get(record.customer):
                row[side] += 1
                row[f"{side}_open"] += record.open or 0
    drift.customers = list(sums.values())
    return drift


def _in_the_erp(record: Held) -> Standing:
    return Standing(record.customer, record.open)


def _documents(couch: Couch, company: str, kind: Kind) -> Iterator[tuple[str, Standing]]:
    prefix = document_id_of(kind, "")
    start = prefix
    while True:
        rows = couch.all_docs(
            company, start_key=start, end_key=prefix + "\ufff0", limit=PAGE, include_docs=True
        )
        for row in rows:
            yield str(row["id"]).removeprefix(prefix), _standing(kind, row["doc"])
        if len(rows) < PAGE:
            return
        start = f"{rows[-1]['id']}\u0000"


def _standing(kind: Kind, document: Json) -> Standing:
    owed = kind in {Kind.INVOICES, Kind.CREDIT_NOTES} and document["state"] != "cancelled"
    retired = document.get("active") is False
    return Standing(str(document.get("customer", "")), int(document["balance"]) if owed else 0, retired)


def _remove(couch: Couch, company: str, kind: Kind, keys: list[str]) -> None:
    for start in range(0, len(keys), PAGE):
        ids = [document_id_of(kind, key) for key in keys[start : start + PAGE]]
        tombstones = [removed(document) for document in couch.get_many(company, ids).values()]
        # One that was changed at the same instant stays until the next night.
        couch.bulk(company, [each for each in tombstones if each is not None])


def _compare_receipts(couch: Couch, company: str, connector: Connector, *, now: datetime) -> Json:
    """Posted receipts and reversals of late that the ERP does not know: they go out again."""
    book = PostingBook(couch, company)
    since = rfc3339(now - RECEIPTS_SINCE)
    posted = [each for each in book.in_states("posted", since=since) if each["erp_number"]]
    lost = [each for each in posted if connector.find(_key_of(each)) is None]
    believable = _is_believable(len(lost), len(posted))
    if believable:
        for posting in lost:
            log.warning("%s is not in the ERP any more and goes out again", posting["_id"])
            again = {"state": "sending", "attempts": 2, "erp_number": None, "posted_at": None}
            book.settle(posting, again)
    return {
        "checked": len(posted),
        "lost": [posting["receipt"] for posting in lost][:KEPT],
        "lost_count": len(lost),
        "sent_again": len(lost) if believable else 0,
    }


def _key_of(posting: Json) -> str:
    return str(posting["_id"] if posting["_id"].startswith("reversal:") else posting["receipt"])


def _is_believable(missing: int, of: int) -> bool:
    return missing <= max(BELIEVABLE_COUNT, int(of * BELIEVABLE_SHARE)) and (missing < of or of <= 1)


def _save(couch: Couch, company: str, report: Json) -> None:
    standing = couch.get(company, report["_id"])
    try:
        couch.put(company, report | ({"_rev": standing["_rev"]} if standing else {}))
    except Conflict:
        log.info("%s was written by another comparison", report["_id"])


def _exception(report: Json, *, now: datetime) -> Json:
    kinds = ", ".join(sorted(report["left"]))
    lost = report["receipts"]["lost_count"]
    parts = [*([kinds] if kinds else []), *([f"{lost} cobros"] if lost else [])]
    evidence: dict[str, Any] = {"report": report["_id"], "kept_back": report["kept_back"]}
    return {
        "_id": f"exception:{report['_id']}",
        "schema": SCHEMA,
        "kind": "erp_drift",
        "collector": None,
        "customer": None,
        "receipt": None,
        "detail": " · ".join(parts),
        "evidence": evidence,
        "raised_at": rfc3339(now),
        "state": "open",
    }
