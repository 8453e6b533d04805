"""Values that no screen sends: refused in a sentence, and nobody who reads later meets them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.office import Bearer, Office

HALF = "\\ud800"
SQUARE = "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]"
NO_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999")


@pytest.fixture(scope="module")
def sofia(office: Office) -> Bearer:
    office.put(
        {
            "_id": "customer:C1", "schema": 1, "code": "C1", "name": "Uno", "active": True, "currency": "USD",
            "location": None,
        },
        {"_id": "assignment:C1", "schema": 1, "customer": "C1", "collector": "ana"},
    )  # fmt: skip
    return office.as_("sofia")


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "PUT",
            "/zones/norte",
            '{"name": "N", "boundary": {"type": "Polygon", "coordinates": SQUARE, "x": %s}}',
        ),
        ("PUT", "/tracking", '{"metres": %s}'),
        ("PUT", "/tracking", '{"from": %s}'),
        ("POST", "/assignment-plans", '{"mode": "zone", "weight_travel": %s}'),
        ("POST", "/receipts/R0001-00000001/bounced-cheques", '{"payment": %s, "reason": "sin fondos"}'),
    ],
)
def test_what_is_no_number_of_json_is_no_json(
    sofia: Bearer, method: str, path: str, body: str, number: str
) -> None:
    sent = body.replace("SQUARE", SQUARE) % number
    answer = sofia.send(method, path, data=sent, content_type="application/json")
    assert code_of(answer) == (400, "body_unreadable"), answer.text
    assert sofia.read("/zones")["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "PUT",
            "/zones/norte",
            f'{{"name": "N", "boundary": {{"type": "Polygon", "coordinates": {SQUARE}, "x": "{HALF}"}}}}',
        ),
        ("POST", "/assignment-plans", f'{{"mode": "zone", "customers": ["{HALF}"]}}'),
        ("PUT", "/tracking", f'{{"{HALF}": 1, "from": "{HALF}"}}'),
        ("PUT", "/brand", f'{{"name": "N", "seed_color": "{HALF}"}}'),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(
    sofia: Bearer, office: Office, method: str, path: str, body: str
) -> None:
    answer = sofia.send(method, path, data=body, content_type="application/json")
    assert answer.status_code == 400, answer.text
    assert sofia.read("/zones")["items"] == []


@pytest.mark.parametrize(
    "path", ["/customers?", "/customers?q=uno&", "/receipts?", "/visits?", "/exceptions?"]
)
@pytest.mark.parametrize(
    "text",
    [
        '[["C", NaN], "x"]',
        '[[1e999], "x"]',
        f'[["{HALF}"], "x"]',
        f'[["open"], "{HALF}"]',
        "[" * 20_000,
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(sofia: Bearer, path: str, text: str) -> None:
    answer = sofia.send("GET", f"{path}cursor={cursor(text)}")
    assert code_of(answer) == (400, "request_invalid"), answer.text


@pytest.mark.parametrize("key", [[1, 2], ["a", None], [["a"], "b"]])
def test_a_cursor_of_other_things_than_names_is_refused(sofia: Bearer, key: list[Any]) -> None:
    answer = sofia.send("GET", f"/customers?collector=ana&cursor={cursor(json.dumps([key, 'customer:C1']))}")
    assert code_of(answer) == (400, "request_invalid"), answer.text


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "path",
    [
        "/summary?",
        "/collectors?",
        "/receipts?",
        "/receipts?state=posted&",
        "/visits?",
        "/collectors/ana/track?",
    ],
)
def test_a_day_at_the_end_of_the_calendar_is_no_day_of_work(sofia: Bearer, path: str, on: str) -> None:
    answer = sofia.send("GET", f"{path}on={on}")
    assert code_of(answer) == (400, "request_invalid"), answer.text


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_a_month_at_the_end_of_the_calendar_has_no_goals(sofia: Bearer, month: str) -> None:
    assert code_of(sofia.send("GET", f"/goals?month={month}")) == (400, "request_invalid")


@pytest.mark.parametrize("edge", ["from", "to"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30", "9999-12-31"])
def test_the_audit_is_asked_for_days_that_there_are(office: Office, edge: str, day: str) -> None:
    assert code_of(office.as_("alba").send("GET", f"/audit?{edge}={day}")) == (400, "request_invalid")


def test_a_line_of_five_thousand_digits_is_no_line(sofia: Bearer) -> None:
    wish = {"decision": "accepted", "comment": "sí"}
    answer = sofia.post(f"/receipts/R0001-00000001/withholdings/{'9' * 5000}/decision", wish)
    assert code_of(answer) == (404, "withholding_unknown")


@pytest.mark.parametrize(
    "wish",
    [
        {"metres": "nan"}, {"metres": -1}, {"seconds": "inf"}, {"accuracy": 10**40}, {"send_minutes": -0.5},
        {"retention_days": 0}, {"retention_days": 10**12}, {"metres": 10**400},
    ],
)  # fmt: skip
def test_following_by_numbers_that_mean_nothing_is_refused(sofia: Bearer, wish: dict[str, Any]) -> None:
    before = sofia.read("/tracking")
    assert code_of(sofia.put("/tracking", wish)) == (400, "request_invalid")
    assert sofia.read("/tracking") == before


def test_a_token_of_nothing_but_brackets_is_no_token(office: Office) -> None:
    header = base64.urlsafe_b64encode(b"[" * 60_000).decode().rstrip("=")
    answer = Bearer(office, f"{header}.e30.x").send("GET", "/summary")
    assert code_of(answer) == (401, "token_invalid")


def test_a_body_that_is_too_large_is_told_the_limit_of_its_own_route(office: Office) -> None:
    alba = office.as_("alba")
    told = {}
    for path, size in (("/zones/norte", 70_000), ("/recoveries", 33 * 1024 * 1024)):
        method = "POST" if path == "/recoveries" else "PUT"
        answer = alba.send(method, path, data=b"x" * size, content_type="application/json")
        assert code_of(answer) == (413, "body_too_large")
        told[path] = answer.get_json()["detail"]
    assert told["/zones/norte"].count("65536") == 1
    assert told["/recoveries"].count(str(32 * 1024 * 1024)) == 1
