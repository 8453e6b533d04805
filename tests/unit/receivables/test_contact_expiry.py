"""How long a phone may go without its office: counted so that a clock gains nothing and strands nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.clock_codes import ClockAcceptance
from receivables.clock_trust import Anchor, Reading, accepted_clock, met_office, moved_on, silence
from receivables.contact_expiry import DEFAULT_DAYS, Reach, days_of, judge_silence
from receivables.documents import BadDocument
from receivables.policies import CollectionPolicy

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
DAY = 86400.0


def read(seconds: float, *, off: float = 0.0, boot: str = "boot-1", uptime: float | None = None) -> Reading:
    return Reading(
        wall=NOON + timedelta(seconds=seconds + off), uptime=seconds if uptime is None else uptime, boot=boot
    )


def days(found: timedelta | None) -> float:
    assert found is not None
    return found.total_seconds() / DAY


MET = met_office(read(0), NOON)


@pytest.mark.parametrize(
    ("silent", "allowed", "reach"),
    [
        (0, 7, Reach.OPEN), (4.9, 7, Reach.OPEN), (5, 7, Reach.ENDING), (6.99, 7, Reach.ENDING),
        (7, 7, Reach.CLOSED), (400, 7, Reach.CLOSED), (400, None, Reach.OPEN), (-1, 7, Reach.OPEN),
        (0, 1, Reach.OPEN), (0.4, 1, Reach.OPEN), (0.5, 1, Reach.ENDING), (1, 1, Reach.CLOSED),
    ],
)  # fmt: skip
def test_a_phone_closes_after_the_companys_days_and_says_so_before(
    silent: float, allowed: int | None, reach: Reach
) -> None:
    assert judge_silence(timedelta(days=silent), allowed).reach is reach


def test_a_phone_that_was_just_enrolled_is_open() -> None:
    assert judge_silence(None, 7).reach is Reach.OPEN
    assert silence(None, read(0)) is None


def test_while_the_phone_runs_no_clock_changes_what_is_counted() -> None:
    for off in (0.0, -30 * DAY, 300 * DAY):
        assert days(silence(MET, read(3 * DAY, off=off))) == 3


def test_after_a_restart_a_clock_put_back_gains_nothing_of_the_time_that_it_ran() -> None:
    kept = moved_on(MET, read(5 * DAY))
    back = read(6 * DAY, off=-6 * DAY, boot="boot-2", uptime=60)
    assert days(silence(kept, back)) == pytest.approx(5, abs=0.01)
    right = read(6 * DAY, boot="boot-2", uptime=60)
    assert days(silence(kept, right)) == 6


def test_a_clock_put_forward_closes_early_and_the_office_opens_it() -> None:
    ahead = read(DAY, off=365 * DAY, boot="boot-2", uptime=60)
    assert judge_silence(silence(MET, ahead), 7).reach is Reach.CLOSED
    again = met_office(ahead, NOON + timedelta(days=1))
    assert judge_silence(silence(again, ahead), 7).reach is Reach.OPEN
    later = read(2 * DAY, off=365 * DAY, boot="boot-2", uptime=60 + DAY)
    assert days(silence(again, later)) == 1, "still wrong, it counts what it runs"
    assert judge_silence(silence(MET, read(DAY, boot="boot-2", uptime=60)), 7).reach is Reach.OPEN, (
        "put right"
    )


def test_a_supervisors_code_for_the_clock_is_no_contact() -> None:
    acceptance = ClockAcceptance(challenge="1", accepted_by="Sofía", accepted_at="2026-11-20T17:00:00Z")
    back = read(6 * DAY, off=-6 * DAY)
    accepted = accepted_clock(back, acceptance, MET)
    assert days(silence(accepted, back)) == 6
    assert days(silence(accepted, read(6.5 * DAY, off=-6 * DAY))) == 6.5


@given(
    steps=st.lists(
        st.tuples(st.floats(0, 2 * DAY), st.floats(-400 * DAY, 400 * DAY), st.booleans()), max_size=12
    )
)
def test_what_the_phone_ran_is_never_forgotten_and_a_contact_always_opens(
    steps: list[tuple[float, float, bool]],
) -> None:
    anchor, true, uptime, boot = MET, 0.0, 0.0, 1
    for passed, off, restarts in steps:
        true, uptime = true + passed, uptime + passed
        anchor = moved_on(anchor, read(true, off=off, boot=f"boot-{boot}", uptime=uptime))
        if restarts:
            boot, uptime = boot + 1, 0.0
            anchor = moved_on(anchor, read(true, off=off, boot=f"boot-{boot}", uptime=uptime))
        now = read(true, off=off, boot=f"boot-{boot}", uptime=uptime)
        found = silence(anchor, now)
        assert found is not None
        assert found >= timedelta(seconds=true) - timedelta(seconds=1)
        assert Anchor.from_json(anchor.to_json()) is not None
    office = met_office(now if steps else read(0), NOON + timedelta(seconds=true))
    assert silence(office, now if steps else read(0)) == timedelta(0)


def test_what_is_kept_is_read_again_and_an_older_note_says_nothing() -> None:
    kept = moved_on(MET, read(DAY))
    assert Anchor.from_json(kept.to_json()) == kept
    older: dict[str, Any] = {
        name: kept.to_json()[name] for name in ("floor_at", "office_at", "uptime", "boot")
    }
    found = Anchor.from_json(older)
    assert found is not None
    assert silence(found, read(DAY)) is None


@pytest.mark.parametrize(("said", "found"), [(7, 7), (1, 1), (3650, 3650), (0, None), (None, None)])
def test_the_policy_says_how_many_days(said: int | None, found: int | None) -> None:
    assert days_of(said) == found
    assert CollectionPolicy.from_json({"currency": "USD", "contact_days": said}).contact_days == found
    assert CollectionPolicy.from_json({"currency": "USD"}).contact_days == DEFAULT_DAYS


@pytest.mark.parametrize("said", [-1, 3651, 10**40, "7", 7.5, True, [7], {}])
def test_days_that_nobody_can_mean_are_no_policy(said: Any) -> None:
    with pytest.raises(BadDocument):
        CollectionPolicy.from_json({"currency": "USD", "contact_days": said})
