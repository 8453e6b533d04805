"""May this phone's clock be believed? A right one is never locked out, one that was put back is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.clock_trust import Anchor, Reading, Trust, judge_clock, met_office, moved_on

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def read(seconds: float, *, off: float = 0.0, boot: str = "boot-1", uptime: float | None = None) -> Reading:
    """A look at the clock `seconds` after noon, which shows `off` seconds more than the truth."""
    return Reading(
        wall=NOON + timedelta(seconds=seconds + off), uptime=seconds if uptime is None else uptime, boot=boot
    )


def met(seconds: float, *, off: float = 0.0, office_off: float = 0.0, boot: str = "boot-1") -> Anchor:
    return met_office(read(seconds, off=off, boot=boot), NOON + timedelta(seconds=seconds + office_off))


def trust(anchor: Anchor | None, reading: Reading) -> Trust:
    return judge_clock(anchor, reading).trust


def test_before_the_office_was_heard_nothing_is_known() -> None:
    assert trust(None, read(0)) is Trust.UNKNOWN


def test_a_right_clock_is_right_for_as_long_as_the_phone_runs() -> None:
    for seconds in (0.0, HOUR, 9 * DAY):
        assert trust(met(0), read(seconds)) is Trust.RIGHT
    assert trust(met(0), read(HOUR, off=4 * MINUTE)) is Trust.RIGHT, "a few minutes are every phone's"


def test_a_clock_put_back_is_told_from_one_put_forward() -> None:
    back = judge_clock(met(0), read(HOUR, off=-2 * HOUR))
    assert (back.trust, back.skew) == (Trust.BACKWARDS, timedelta(hours=-2))
    ahead = judge_clock(met(0), read(HOUR, off=2 * HOUR))
    assert (ahead.trust, ahead.skew) == (Trust.OFF, timedelta(hours=2))
    assert not ahead.blocks
    assert back.blocks


def test_putting_it_right_again_is_enough() -> None:
    anchor = moved_on(met(0), read(HOUR, off=-2 * HOUR))
    assert trust(anchor, read(HOUR + 60, off=-2 * HOUR)) is Trust.BACKWARDS, "looking does not forget"
    assert trust(anchor, read(HOUR + 120)) is Trust.RIGHT


def test_a_clock_that_ran_ahead_and_was_put_right_is_right() -> None:
    anchor = moved_on(met(0), read(HOUR, off=DAY))
    assert trust(anchor, read(2 * HOUR)) is Trust.RIGHT


def test_a_restart_loses_the_office_but_not_how_late_it_is_at_least() -> None:
    anchor = moved_on(met(0), read(8 * HOUR))
    restarted = read(9 * HOUR, boot="boot-2", uptime=20.0)
    assert trust(anchor, restarted) is Trust.UNKNOWN
    assert trust(anchor, read(9 * HOUR, off=-2 * HOUR, boot="boot-2", uptime=20.0)) is Trust.BACKWARDS
    later = moved_on(anchor, restarted)
    little = read(12 * HOUR, off=-0.9 * HOUR, boot="boot-2", uptime=20.0 + 3 * HOUR)
    assert trust(later, little) is Trust.UNKNOWN, "less than the time in which nobody looked"
    put_back = read(13 * HOUR, off=-3 * HOUR, boot="boot-2", uptime=20.0 + 4 * HOUR)
    assert trust(later, put_back) is Trust.BACKWARDS, "four hours have passed since eight hours after noon"


def test_an_app_that_starts_again_without_a_restart_of_the_phone_knows_all_it_knew() -> None:
    kept = Anchor.from_json(met(0).to_json())
    assert trust(kept, read(HOUR)) is Trust.RIGHT
    assert trust(kept, read(HOUR, off=-HOUR)) is Trust.BACKWARDS


def test_hearing_the_office_opens_what_was_blocked_and_a_wrong_clock_stays_told() -> None:
    anchor = met(2 * HOUR, off=-2 * HOUR)
    assert trust(anchor, read(2 * HOUR, off=-2 * HOUR)) is Trust.OFF
    assert trust(anchor, read(5 * HOUR, off=-2 * HOUR)) is Trust.OFF
    assert trust(anchor, read(5 * HOUR, off=-3 * HOUR)) is Trust.BACKWARDS, "and back once more"


def test_an_office_with_a_wrong_clock_locks_nobody_out() -> None:
    for office_off in (-DAY, DAY):
        anchor = met(0, office_off=office_off)
        assert not judge_clock(anchor, read(HOUR)).blocks
        assert not judge_clock(anchor, read(HOUR, boot="boot-2", uptime=5.0)).blocks


def test_a_clock_that_was_ahead_at_the_office_is_not_held_to_that_after_a_restart() -> None:
    anchor = met(0, off=DAY)
    assert trust(anchor, read(HOUR, boot="boot-2", uptime=5.0)) is Trust.UNKNOWN


def test_a_change_of_time_zone_is_no_jump() -> None:
    wall = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=9)))
    assert trust(met(0), Reading(wall=wall, uptime=HOUR, boot="boot-1")) is Trust.RIGHT


def test_what_was_kept_and_makes_no_sense_is_forgotten() -> None:
    assert Anchor.from_json({"floor_at": "yesterday"}) is None
    assert Anchor.from_json(None) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["passes", "restarts", "meets", "wanders"]),
            st.integers(0, 400_000),
            st.integers(-400_000, 400_000),
        ),
        max_size=12,
    )
)
def test_a_clock_that_is_right_now_never_blocks(days: list[tuple[str, int, int]]) -> None:
    """Whatever it showed before, however often the phone restarted, with an office whose clock is right."""
    anchor: Anchor | None = None
    truth, boots, booted, off = 0.0, 1, 0.0, 0
    for what, seconds, other in days:
        truth += seconds
        if what == "restarts":
            boots, booted = boots + 1, truth
        if what == "wanders":
            off = other
        now = read(truth, off=off, boot=f"boot-{boots}", uptime=truth - booted)
        if what == "meets":
            anchor = met_office(now, NOON + timedelta(seconds=truth))
        elif anchor is not None:
            anchor = moved_on(anchor, now)
        right = read(truth, boot=f"boot-{boots}", uptime=truth - booted)
        assert not judge_clock(anchor, right).blocks


@pytest.mark.parametrize("uptime", [-5.0, 10.0])
def test_an_uptime_that_went_back_within_a_boot_adds_nothing(uptime: float) -> None:
    anchor = met(HOUR)
    assert not judge_clock(anchor, read(2 * HOUR, uptime=uptime)).blocks
