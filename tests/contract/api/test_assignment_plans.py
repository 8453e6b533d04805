"""Plans of customers changing hands: shown, carried out as shown, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.builders import an_invoice
from tests.support.office import Bearer, Office

SQUARE = [[-78.5, -0.2], [-78.4, -0.2], [-78.4, -0.1], [-78.5, -0.1], [-78.5, -0.2]]
NORTH = {"type": "Polygon", "coordinates": [SQUARE]}
SOUTH = {"type": "Polygon", "coordinates": [[[lon, lat - 0.1] for lon, lat in SQUARE]]}


@pytest.fixture(scope="module")
def sofia(office: Office) -> Bearer:
    office.put(*(_customer(number) for number in range(1, 9)))
    office.put(*(an_invoice(f"F-{number}", 10_000, customer=f"C{number}") for number in range(1, 9)))
    return office.as_("sofia")


def _customer(number: int) -> dict[str, Any]:
    """Odd ones in the north, even ones in the south; the eighth nowhere."""
    place = {"lat": -0.15 if number % 2 else -0.25, "lon": -78.45}
    return {
        "_id": f"customer:C{number}", "schema": 1, "code": f"C{number}", "name": f"Tienda {number}",
        "active": True, "currency": "USD", "location": None if number == 8 else place,
    }  # fmt: skip


def collectors_of(office: Office) -> dict[str, str | None]:
    rows = office.couch.all_docs(
        office.company, start_key="assignment:", end_key="assignment:\ufff0", include_docs=True
    )
    return {row["doc"]["customer"]: row["doc"]["collector"] for row in rows}


def plan(sofia: Bearer, **wish: Any) -> dict[str, Any]:
    answer = sofia.post("/assignment-plans", wish)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.get_json()
    return shown


def test_a_plan_moves_nobody_until_it_is_applied_and_can_be_undone(sofia: Bearer, office: Office) -> None:
    before = collectors_of(office)
    shown = plan(sofia, mode="manual", customers=["C1", "C2"], collector="ana")
    assert [(move["customer"], move["from"], move["to"]) for move in shown["moves"]] == [
        ("C1", None, "ana"),
        ("C2", None, "ana"),
    ]
    assert collectors_of(office) == before
    assert sofia.read(f"/assignment-plans/{shown['plan']}") == shown
    applied = sofia.post(f"/assignment-plans/{shown['plan']}/apply", {}).get_json()
    assert applied["outcomes"] == {"assigned": 2}
    assert collectors_of(office) == before | {"C1": "ana", "C2": "ana"}
    again = sofia.post(f"/assignment-plans/{shown['plan']}/apply", {}).get_json()
    assert again["outcomes"] == {"assigned": 2}
    undone = sofia.post(f"/assignment-plans/{shown['plan']}/undo", {}).get_json()
    assert undone["outcomes"] == {"returned": 2}
    assert collectors_of(office) == before | {"C1": None, "C2": None}
    late = sofia.post(f"/assignment-plans/{shown['plan']}/apply", {})
    assert (late.status_code, late.get_json()["code"]) == (409, "plan_undone")


def test_who_was_given_to_somebody_else_meanwhile_stays_there(sofia: Bearer, office: Office) -> None:
    shown = plan(sofia, mode="manual", customers=["C3", "C4"], collector="ana")
    sofia.put("/assignments/C3", {"collector": "bruno"})
    applied = sofia.post(f"/assignment-plans/{shown['plan']}/apply", {}).get_json()
    assert {row["customer"]: row["outcome"] for row in applied["rows"]} == {
        "C3": "changed",
        "C4": "assigned",
    }
    assert collectors_of(office)["C3"] == "bruno"
    sofia.put("/assignments/C4", {"collector": "bruno"})
    undone = sofia.post(f"/assignment-plans/{shown['plan']}/undo", {}).get_json()
    assert undone["outcomes"] == {"changed": 2}
    assert collectors_of(office)["C4"] == "bruno"


def test_a_zone_gives_its_customers_to_its_collector_and_says_whom_it_could_not(
    sofia: Bearer, office: Office
) -> None:
    for code, boundary, collector in (("norte", NORTH, "ana"), ("sur", SOUTH, "bruno")):
        body = {"name": code.title(), "collector": collector, "boundary": boundary}
        assert sofia.put(f"/zones/{code}", body).status_code == 200
    assert [zone["code"] for zone in sofia.read("/zones")["items"]] == ["norte", "sur"]
    shown = plan(sofia, mode="zone")
    assert {"customer": "C8", "reason": "unlocated"} in shown["left_out"]
    sofia.post(f"/assignment-plans/{shown['plan']}/apply", {})
    served = collectors_of(office)
    assert {served[f"C{number}"] for number in (1, 3, 5, 7)} == {"ana"}
    assert {served[f"C{number}"] for number in (2, 4, 6)} == {"bruno"}
    assert plan(sofia, mode="zone")["moves"] == []


def test_a_balanced_plan_evens_out_what_the_collectors_have(sofia: Bearer, office: Office) -> None:
    everyone = [f"C{number}" for number in range(1, 8)]
    lopsided = plan(sofia, mode="manual", customers=everyone, collector="ana")
    sofia.post(f"/assignment-plans/{lopsided['plan']}/apply", {})
    shown = plan(sofia, mode="balanced")
    after = {each["collector"]: each["customers"]["after"] for each in shown["collectors"]}
    assert abs(after["ana"] - after["bruno"]) <= 1
    sofia.post(f"/assignment-plans/{shown['plan']}/apply", {})
    assert plan(sofia, mode="balanced")["moves"] == []


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ({}, ("mode", "missing")),
        ({"mode": "manual"}, ("customers", "missing")),
        ({"mode": "fair"}, ("mode", "not_a_choice")),
        ({"mode": "manual", "customers": "C1", "collector": "ana"}, ("customers", "not_a_list")),
    ],
)
def test_a_wish_that_makes_no_sense_is_told_field_by_field(
    sofia: Bearer, wish: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = sofia.post("/assignment-plans", wish)
    assert answer.status_code == 400
    assert fault in [(each["field"], each["code"]) for each in answer.get_json()["errors"]]


def test_an_area_whose_edges_cross_is_no_zone(sofia: Bearer) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    answer = sofia.put("/zones/moño", {"name": "Moño", "collector": None, "boundary": bow})
    assert answer.status_code == 400
    answer = sofia.put("/zones/centro", {"name": "Centro", "collector": None, "boundary": bow})
    assert [each["code"] for each in answer.get_json()["errors"]] == ["not_an_area"]
    assert sofia.send("DELETE", "/zones/centro").status_code == 404


def test_a_plan_that_is_not_there_is_not_found(sofia: Bearer) -> None:
    for method, path in (("GET", ""), ("POST", "/apply"), ("POST", "/undo")):
        answer = sofia.send(method, f"/assignment-plans/01KZZZZZZZZZZZZZZZZZZZZZZZ{path}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "plan_unknown"), method
