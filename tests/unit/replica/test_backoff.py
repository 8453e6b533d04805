"""How long to wait after a failure."""

from __future__ import annotations

import pytest

from replica.errors import Forbidden, NotFound, ServerFailure, TooManyRequests, Unauthorized, Unreachable
from replica.replication.backoff import delay_seconds, is_passing
from replica.tuning import BACKOFF_FIRST_SECONDS, BACKOFF_MOST_SECONDS


def test_delays_double_up_to_the_most() -> None:
    delays = [delay_seconds(attempt, chance=0.999999) for attempt in range(1, 12)]
    assert delays[0] == pytest.approx(BACKOFF_FIRST_SECONDS, rel=1e-3)
    assert delays[1] == pytest.approx(2 * delays[0])
    assert delays[-1] == pytest.approx(BACKOFF_MOST_SECONDS, rel=1e-3)


def test_chance_spreads_a_delay_over_the_upper_half_of_its_step() -> None:
    low, high = delay_seconds(3, chance=0.0), delay_seconds(3, chance=0.999999)
    assert low == pytest.approx(high / 2, rel=1e-3)


def test_a_thousandth_failure_overflows_nothing() -> None:
    assert delay_seconds(100_000, chance=0.5) <= BACKOFF_MOST_SECONDS


def test_the_peer_is_never_asked_again_before_it_said() -> None:
    error = TooManyRequests("slow down", retry_after=120.0)
    for chance in (0.0, 0.5, 0.999):
        assert delay_seconds(1, chance=chance, error=error) >= 120.0
    assert delay_seconds(1, chance=0.5, error=TooManyRequests("slow down")) < 120.0


@pytest.mark.parametrize("error", [Unreachable("x"), TooManyRequests("x"), ServerFailure("x")])
def test_what_may_pass_is_worth_trying_again(error: Exception) -> None:
    assert is_passing(error)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [NotFound("x"), Forbidden("x"), Unauthorized("x")])
def test_what_someone_has_to_change_is_not(error: Exception) -> None:
    assert not is_passing(error)  # type: ignore[arg-type]
