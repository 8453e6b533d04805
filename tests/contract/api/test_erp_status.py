"""The office sees how the replication with the ERP stands, before anything happened and with all of it."""

from __future__ import annotations

from tests.contract.api.test_corrections import posting
from tests.support.builders import a_receipt
from tests.support.office import Office


def test_a_company_without_an_erp_has_an_empty_page(other: Office) -> None:
    status = other.as_("bea").read("/erp")
    assert (status["kinds"], status["failing"], status["rejected"], status["comparison"]) == (
        [],
        {},
        [],
        None,
    )
    assert status["waiting"] == {"sending": 0, "retry": 0, "rejected": 0}


def test_what_came_in_what_waits_and_what_was_refused_are_on_one_page(office: Office) -> None:
    drift = {"erp": 3, "here": 2, "missing_count": 1, "gone_count": 0, "differing_count": 0}
    office.put(
        a_receipt(71, company=office.company),
        posting(71, "rejected", reason="Cliente bloqueado"),
        {
            "_id": "erp_cursor:invoices", "schema": 1, "cursor": None, "imported_at": "2026-11-21T20:00:00Z",
            "read": 3, "written": 3, "unreadable": [{"key": "F-9", "reason": "due_on: 'x' is not a date"}],
        },
        {
            "_id": "erp_drift:2026-11-21", "schema": 1, "on": "2026-11-21", "at": "2026-11-21T07:30:00Z",
            "agrees": True, "found": {"invoices": drift}, "left": {}, "customers": [], "kept_back": [],
            "receipts": {"checked": 1, "lost": [], "lost_count": 0, "sent_again": 0},
        },
    )  # fmt: skip
    status = office.as_("sofia").read("/erp")
    [kind] = status["kinds"]
    assert (kind["kind"], kind["unreadable_count"], kind["unreadable"][0]["key"]) == ("invoices", 1, "F-9")
    [refused] = status["rejected"]
    assert (refused["number"], refused["reason"]) == ("R0001-00000071", "Cliente bloqueado")
    assert status["waiting"]["rejected"] == 1
    assert status["comparison"]["kinds"] == [{"kind": "invoices", "left": False} | drift]
    assert office.as_("ana").send("GET", "/erp").status_code == 403


def test_of_all_that_was_ever_refused_the_last_is_shown_first(office: Office) -> None:
    for counter in range(200, 260):
        at = f"2026-11-22T10:{counter - 200:02d}:00Z"
        office.put(a_receipt(counter, company=office.company), posting(counter, "rejected", claimed_at=at))
    status = office.as_("sofia").read("/erp")
    shown = [receipt["number"] for receipt in status["rejected"]]
    assert shown == [f"R0001-{counter:08d}" for counter in range(259, 209, -1)]
