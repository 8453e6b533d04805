"""How the replication with the ERP stands: what came in and when, what waits, was refused, and differs."""

from __future__ import annotations

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.erp.port import Kind
from backend.services.erp_comparison import latest_report
from backend.services.erp_health import since_when
from backend.services.erp_import import cursor_id
from backend.services.erp_reversals import is_reversal
from backend.services.posting_book import PostingBook
from backend.services.receipts import describe_receipts

REJECTED_SHOWN = 50
LISTED = 20


def erp_status(couch: Couch, company: str) -> Json:
    """One page for the supervisor; every list in it is short."""
    cursors = couch.get_many(company, [cursor_id(kind) for kind in Kind])
    counts = {
        row["key"][0]: row["value"] for row in couch.view(company, DDOC, "postings_by_state", group_level=1)
    }
    rejected = PostingBook(couch, company).latest("rejected", REJECTED_SHOWN)
    receipts = list(dict.fromkeys(str(posting["receipt"]) for posting in rejected))
    documents = couch.get_many(company, receipts)
    reversals = {each["receipt"]: each["reason"] for each in reversed(rejected) if is_reversal(each)}
    described = describe_receipts(couch, company, [documents[each] for each in receipts if each in documents])
    return {
        "kinds": [_kind(kind, cursors[cursor_id(kind)]) for kind in Kind if cursor_id(kind) in cursors],
        "failing": since_when(couch, company),
        "waiting": {state: counts.get(state, 0) for state in ("sending", "retry", "rejected")},
        "rejected": [receipt | {"reversal_reason": reversals.get(receipt["id"])} for receipt in described],
        "comparison": _comparison(latest_report(couch, company)),
    }


def _kind(kind: Kind, cursor: Json) -> Json:
    unreadable = cursor.get("unreadable", [])
    return {
        "kind": kind.value,
        "imported_at": cursor.get("imported_at"),
        "unreadable_count": len(unreadable),
        "unreadable": unreadable[:LISTED],
    }


def _comparison(report: Json | None) -> Json | None:
    if report is None:
        return None
    counts = ("erp", "here", "missing_count", "gone_count", "differing_count")
    return {
        "on": report["on"],
        "at": report["at"],
        "agrees": report["agrees"],
        "kinds": [
            {"kind": kind, "left": kind in report["left"]} | {name: drift[name] for name in counts}
            for kind, drift in report["found"].items()
        ],
        "customers": report["customers"][:LISTED],
        "kept_back": report["kept_back"],
        "receipts": report["receipts"] | {"lost": report["receipts"]["lost"][:LISTED]},
    }
