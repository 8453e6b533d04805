"""What is expected of collectors: a supervisor's word stands over the ERP's until it is given back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.office import Bearer, Office

MONTH = "2026-11"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def sofia(office: Office) -> Bearer:
    office.couch.put(
        office.company,
        {
            "_id": f"goal:ana:{MONTH}", "schema": 1, "collector": "ana", "month": MONTH, "currency": "USD",
            "amount_month": 2_400_000, "amount_day": 100_000, "visits_day": 20,
        },
    )  # fmt: skip
    return office.as_("sofia")


def goal_of(sofia: Bearer, collector: str) -> Json:
    items = sofia.read(f"/goals?month={MONTH}")["items"]
    return next(dict(item) for item in items if item["collector"] == collector)


def test_everybody_who_collects_is_listed_with_what_the_erp_expects(sofia: Bearer) -> None:
    ana, bruno = goal_of(sofia, "ana"), goal_of(sofia, "bruno")
    assert (ana["amount_month"], ana["visits_day"], ana["effective_day"]) == (2_400_000, 20, None)
    assert (ana["set_by"], ana["erp"]["amount_day"]) == (None, 100_000)
    assert (bruno["amount_month"], bruno["erp"]) == (None, None)


def test_a_supervisor_sets_goals_and_gives_them_back(office: Office, sofia: Bearer) -> None:
    wish = {"amount_month": 3_000_000, "effective_day": 12, "visits_day": None}
    answer = sofia.put(f"/goals/ana/{MONTH}", wish)
    assert answer.status_code == 200
    ana = goal_of(sofia, "ana")
    assert (ana["amount_month"], ana["effective_day"], ana["visits_day"]) == (3_000_000, 12, None)
    assert ana["set_by"] == office.email("sofia")
    assert ana["erp"]["visits_day"] == 20
    summary = sofia.read(f"/summary?on={MONTH}-20")["goal"]
    assert (summary["effective_day"], summary["visits_day"]) == (12, None)

    back = sofia.send("DELETE", f"/goals/ana/{MONTH}")
    assert back.status_code == 200
    assert goal_of(sofia, "ana") | {"name": ""} == back.get_json() | {"name": ""}
    assert (goal_of(sofia, "ana")["amount_month"], goal_of(sofia, "ana")["set_by"]) == (2_400_000, None)


def test_goals_where_the_erp_has_none_are_gone_once_given_back(office: Office, sofia: Bearer) -> None:
    assert sofia.put(f"/goals/bruno/{MONTH}", {"visits_month": 400}).status_code == 200
    assert goal_of(sofia, "bruno")["visits_month"] == 400
    assert sofia.send("DELETE", f"/goals/bruno/{MONTH}").status_code == 200
    assert office.couch.get(office.company, f"goal:bruno:{MONTH}") is None
    assert sofia.send("DELETE", f"/goals/bruno/{MONTH}").status_code == 200, "there is nothing to give back"


def test_it_is_in_the_audit_with_the_figures(office: Office, sofia: Bearer) -> None:
    sofia.put(f"/goals/bruno/{MONTH}", {"visits_day": 25})
    entries = office.as_("alba").read("/audit?action=goal_set")["items"]
    told = {(each["by"], each["subject"], str(each["values"])) for each in entries}
    assert (office.email("sofia"), f"bruno/{MONTH}", "{'visits_day': 25}") in told


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        (f"/goals/ana/{MONTH}", {"amount_day": -1}, 400, "amount_day"),
        (f"/goals/ana/{MONTH}", {"visits_day": 0}, 400, "visits_day"),
        (f"/goals/ana/{MONTH}", {"visits_day": "20"}, 400, "visits_day"),
        (f"/goals/ana/{MONTH}", {"amount_day": 2**53}, 400, "amount_day"),
        ("/goals/ana/2026-13", {}, 400, "month"),
        (f"/goals/nobody/{MONTH}", {}, 404, None),
    ],
)
def test_what_makes_no_sense_is_refused(
    sofia: Bearer, path: str, body: Json, status: int, field: str | None
) -> None:
    answer = sofia.put(path, body)
    assert answer.status_code == status
    if field:
        assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_who_only_collects_sets_nothing(office: Office) -> None:
    assert office.as_("ana").put(f"/goals/ana/{MONTH}", {"visits_day": 1}).status_code == 403
