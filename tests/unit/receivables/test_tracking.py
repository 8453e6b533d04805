"""Following a collector: never outside of the hours, never unasked; few positions, each worth keeping."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.documents import Author, BadDocument
from receivables.fact_shapes import COMMON, FACTS, first_fault
from receivables.geometry import Point
from receivables.tracking import (
    MOST_POSITIONS,
    STILL_SECONDS,
    Answer,
    Fix,
    Following,
    TrackingPolicy,
    Trail,
    fixes_of,
    following,
    stops_of,
    way_m,
)

QUITO = ZoneInfo("America/Guayaquil")  # UTC-5, no summer time
FRIDAY = date(2026, 11, 20)


def policy(**changes: Any) -> TrackingPolicy:
    return TrackingPolicy.from_json({"_id": "policy:tracking", "active": True, **changes})


def at(clock: str, on: date = FRIDAY) -> datetime:
    return datetime.fromisoformat(f"{on}T{clock}").replace(tzinfo=QUITO).astimezone(UTC)


def fix(seconds: float, metres: float, *, accuracy: float | None = 10.0, mock: bool = False) -> Fix:
    """`seconds` after ten, `metres` north of the first one."""
    point = Point(-0.18 + metres / 111_195, -78.48)
    return Fix(at("10:00") + timedelta(seconds=seconds), point, accuracy, mock)


def walked(*fixes: Fix, rule: TrackingPolicy | None = None) -> Trail:
    trail = Trail()
    for each in fixes:
        trail = trail.extended(each, rule or policy())
    return trail


def test_it_is_off_until_the_company_turns_it_on() -> None:
    assert not TrackingPolicy.from_json({"_id": "policy:tracking"}).active
    assert not TrackingPolicy.from_json({"_id": "policy:tracking", "active": "yes"}).active


@pytest.mark.parametrize(
    "wrong",
    [{"from": "18:00", "to": "08:00"}, {"from": "08:00", "to": "08:00"}, {"days": [0]}, {"days": [8]},
     {"from": "8"}, {"days": 5}, {"metres": "far"}],
)  # fmt: skip
def test_a_policy_that_can_not_be_meant_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadDocument, match="policy:tracking"):
        policy(**wrong)


@pytest.mark.parametrize(
    ("clock", "on", "followed"),
    [
        ("07:59:59", FRIDAY, False),
        ("08:00:00", FRIDAY, True),
        ("17:59:59", FRIDAY, True),
        ("18:00:00", FRIDAY, False),
        ("20:00:00", FRIDAY, False),  # already Saturday in UTC
        ("10:00:00", FRIDAY + timedelta(days=1), False),
        ("10:00:00", FRIDAY + timedelta(days=3), True),
    ],
)
def test_only_worked_hours_of_worked_days_count(clock: str, on: date, followed: bool) -> None:
    end = policy().until(at(clock, on), zone=QUITO, holidays=())
    assert end == (at("18:00", on) if followed else None)


def test_nobody_is_followed_on_a_holiday_or_where_it_is_off() -> None:
    assert policy().until(at("10:00"), zone=QUITO, holidays={FRIDAY}) is None
    assert policy(active=False).until(at("10:00"), zone=QUITO, holidays=()) is None


@pytest.mark.parametrize(
    ("active", "answer", "until", "ended", "state"),
    [
        (False, Answer.AGREED, True, False, Following.OFF),
        (True, None, True, False, Following.UNTOLD),
        (True, Answer.LATER, True, False, Following.DECLINED),
        (True, Answer.AGREED, False, False, Following.OUTSIDE),
        (True, Answer.AGREED, True, True, Following.ENDED),
        (True, Answer.AGREED, True, False, Following.ON),
    ],
)
def test_who_is_followed_was_told_agreed_and_works(
    active: bool, answer: Answer | None, until: bool, ended: bool, state: Following
) -> None:
    end = at("18:00") if until else None
    assert following(policy(active=active), answer, until=end, ended=ended) is state
    assert following(None, answer, until=end, ended=ended) is Following.OFF


@given(
    active=st.booleans(),
    answer=st.sampled_from([None, *Answer]),
    minutes=st.integers(-3 * 24 * 60, 3 * 24 * 60),
    ended=st.booleans(),
)
def test_to_be_followed_takes_all_of_it(
    active: bool, answer: Answer | None, minutes: int, ended: bool
) -> None:
    rule, now = policy(active=active), at("12:00") + timedelta(minutes=minutes)
    state = following(rule, answer, until=rule.until(now, zone=QUITO, holidays=()), ended=ended)
    local = now.astimezone(QUITO)
    works = local.isoweekday() <= 5 and 8 <= local.hour < 18
    assert (state is Following.ON) == (active and answer is Answer.AGREED and works and not ended)


def test_a_position_is_kept_when_it_is_both_later_and_elsewhere() -> None:
    trail = walked(fix(0, 0), fix(30, 500), fix(60, 40), fix(61, 60), fix(121, 120))
    assert [each.at.second for each in trail.kept] == [0, 1, 1]
    assert trail.last == trail.kept[-1]


def test_who_stands_still_is_noted_now_and_then() -> None:
    still = [fix(seconds, 3) for seconds in range(0, 3601, 60)]
    assert len(walked(*still).kept) == 1 + 3600 // STILL_SECONDS


def test_a_doubtful_position_is_left_out_and_doubt_is_no_movement() -> None:
    assert walked(fix(0, 0, accuracy=101)).kept == ()
    assert len(walked(fix(0, 0, accuracy=None)).kept) == 1
    assert len(walked(fix(0, 0), fix(60, 70, accuracy=90)).kept) == 1
    assert len(walked(fix(0, 0), fix(60, 95, accuracy=90)).kept) == 2


def test_what_comes_late_or_twice_is_left_out() -> None:
    assert walked(fix(100, 0), fix(100, 900), fix(0, 900)).kept == (fix(100, 0),)


def test_a_batch_is_due_by_its_age_or_its_size() -> None:
    trail = walked(fix(0, 0), fix(60, 100))
    assert not trail.is_due(policy(), at("10:09:59"))
    assert trail.is_due(policy(), at("10:10:00"))
    assert not trail.written().is_due(policy(), at("12:00"))
    many = walked(*(fix(60 * n, 100 * n) for n in range(MOST_POSITIONS)))
    assert many.is_due(policy(send_minutes=10_000), many.kept[-1].at)


def test_the_next_batch_goes_on_from_the_last_position() -> None:
    trail = walked(fix(0, 0)).written()
    assert trail.kept == ()
    assert trail.extended(fix(60, 10), policy()).kept == ()
    assert len(trail.extended(fix(60, 100), policy()).kept) == 1


def test_the_way_is_put_together_from_its_tracks_each_position_once() -> None:
    fixes = [fix(0, 0), fix(60, 100, mock=True), fix(120, 300)]
    author = Author(company="andina", collector="ana", device="d", ulid="01KA00000000000000000000V1",
                    now=at("10:10"), zone=QUITO)  # fmt: skip
    first = Trail(tuple(fixes[:2])).fact(author)
    second = Trail(tuple(fixes[1:])).fact(author)
    found = fixes_of([second, first])
    assert [(each.at, each.mock) for each in found] == [(each.at, each.mock) for each in fixes]
    assert way_m(found) == pytest.approx(300, rel=0.01)
    assert way_m(found[:1]) == way_m([]) == 0


def test_a_stop_is_where_somebody_stayed_for_five_minutes() -> None:
    measured = ((0, 0), (60, 200), (120, 400), (300, 430), (430, 410), (500, 900), (700, 1500))
    walk = [fix(seconds, metres) for seconds, metres in measured]
    (stop,) = stops_of(walk)
    assert (stop.point, stop.since, stop.until) == (walk[2].point, walk[2].at, walk[4].at)
    assert stops_of([]) == []
    assert len(stops_of([fix(0, 0), fix(3600, 10)])) == 1, "one who stands still is noted rarely"


def test_the_fact_is_one_that_the_centre_admits() -> None:
    author = Author(
        company="andina", collector="ana", device="01KA0000000000000000000DEV",
        ulid="01KA00000000000000000000V1", now=at("10:10"), zone=QUITO,
    )  # fmt: skip
    fact = walked(fix(0, 0, accuracy=None), fix(60, 100, mock=True)).fact(author)
    assert fact["positions"][0] == ["2026-11-20T15:00:00Z", -0.18, -78.48, None]
    assert fact["mocked"] == [1]
    assert fact["local_on"] == "2026-11-20"
    assert first_fault(fact, (*COMMON, *FACTS["track"])) is None
