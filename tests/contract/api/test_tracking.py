"""The way of a collector and the hours of following, over the API; each look leaves a mark in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.config import Settings
from receivables.access import Role
from tests.support.office import Office, an_office

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("sofia", Role.SUPERVISOR)
        office.hire("berta", Role.BACKOFFICE)
        yield office


def a_track(
    number: int, written_at: str, on: str, *positions: tuple[str, float], **more: Any
) -> dict[str, Any]:
    return {
        "_id": f"track:ana:01KA00000000000000000000V{number}", "schema": 1, "collector": "ana", "device": "d",
        "created_at": written_at, "local_on": on,
        "positions": [[at, lat, -78.48, 8.0] for at, lat in positions], **more,
    }  # fmt: skip


def test_the_way_of_a_day_is_one_whatever_phone_wrote_it_when(office: Office) -> None:
    office.put(
        a_track(1, "2026-11-20T15:10:00Z", DAY, (f"{DAY}T15:00:00Z", -0.180), (f"{DAY}T15:08:00Z", -0.1801)),
        a_track(2, "2026-11-20T15:30:00Z", DAY, (f"{DAY}T15:20:00Z", -0.190), mocked=[0]),
        a_track(3, "2026-11-19T15:30:00Z", "2026-11-19", ("2026-11-19T15:20:00Z", -0.5)),
        a_track(4, "2026-11-21T04:30:00Z", DAY, (f"{DAY}T23:00:00Z", -0.190)),  # 23:30 in Quito
    )
    found = office.as_("sofia").read(f"/collectors/ana/track?on={DAY}")
    assert [each["lat"] for each in found["positions"]] == [-0.180, -0.1801, -0.190, -0.190]
    assert [each["mock"] for each in found["positions"]] == [False, False, True, False]
    assert found["metres"] == pytest.approx(1112, abs=5)
    assert [(each["since"], each["until"]) for each in found["stops"]] == [
        (f"{DAY}T15:00:00Z", f"{DAY}T15:08:00Z"),
        (f"{DAY}T15:20:00Z", f"{DAY}T23:00:00Z"),
    ]
    nothing = office.as_("sofia").read("/collectors/ana/track?on=2026-11-18")
    assert (nothing["positions"], nothing["metres"]) == ([], 0)


def test_whoever_looks_is_written_down(office: Office) -> None:
    office.as_("sofia").read(f"/collectors/ana/track?on={DAY}")
    written = {"start_key": "audit:", "end_key": "audit:\ufff0", "include_docs": True}
    entries = [row["doc"] for row in office.couch.all_docs(office.company, **written)]
    looks = [each for each in entries if each["action"] == "track_read"]
    assert looks
    assert office.email("sofia") in str(looks[-1])
    assert office.as_("berta").send("GET", "/collectors/ana/track").status_code == 403


def test_following_is_off_until_it_is_turned_on_with_hours_that_can_be_meant(office: Office) -> None:
    sofia = office.as_("sofia")
    assert sofia.read("/tracking")["active"] is False
    on = sofia.put("/tracking", {"active": True, "days": [1, 2, 6], "from": "07:30", "to": "16:00"})
    assert on.status_code == 200, on.text
    assert (on.get_json()["from"], on.get_json()["days"], on.get_json()["retention_days"]) == (
        "07:30",
        [1, 2, 6],
        90,
    )
    for wrong in ({"from": "17:00"}, {"days": [0]}, {"active": "yes"}, {"metres": None}):
        refused = sofia.put("/tracking", wrong)
        assert (refused.status_code, refused.get_json()["code"]) == (400, "request_invalid"), wrong
    kept = office.couch.get(office.company, "policy:tracking")
    assert kept
    assert (kept["active"], kept["from"]) == (True, "07:30")
