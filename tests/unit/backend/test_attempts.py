"""Wrong passwords: who waits, how long, and who does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.attempts import PER_ACCOUNT, PER_ADDRESS, REMEMBERED, WINDOW, Attempts

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
ANA, THIEF = "10.0.0.1", "10.0.0.2"


def after(failures: int, *, address: str = THIEF, account: str = "ana@andina.example") -> Attempts:
    attempts = Attempts()
    for _ in range(failures):
        attempts.failed(address, account, NOW)
    return attempts


def test_the_last_allowed_failure_locks_and_not_the_one_before() -> None:
    assert after(PER_ACCOUNT - 1).seconds_locked(THIEF, "ana@andina.example", NOW) == 0
    assert after(PER_ACCOUNT).seconds_locked(THIEF, "ana@andina.example", NOW) > 0


def test_it_locks_before_couchdb_would_at_its_fifth() -> None:
    assert PER_ACCOUNT < 5


def test_the_lock_ends_when_the_window_has_passed() -> None:
    attempts = after(PER_ACCOUNT)
    almost = NOW + WINDOW - timedelta(seconds=1)
    assert attempts.seconds_locked(THIEF, "ana@andina.example", almost) in {1, 2}
    assert attempts.seconds_locked(THIEF, "ana@andina.example", NOW + WINDOW) == 0


def test_nobody_locks_out_another_address() -> None:
    assert after(PER_ACCOUNT * 3).seconds_locked(ANA, "ana@andina.example", NOW) == 0


def test_other_accounts_from_the_address_go_on_until_there_are_too_many() -> None:
    attempts = after(PER_ACCOUNT)
    assert attempts.seconds_locked(THIEF, "bruno@andina.example", NOW) == 0
    for number in range(PER_ADDRESS - PER_ACCOUNT):
        attempts.failed(THIEF, f"guess{number}@andina.example", NOW)
    assert attempts.seconds_locked(THIEF, "bruno@andina.example", NOW) > 0


def test_the_right_password_clears_the_account_but_not_the_address() -> None:
    attempts = after(PER_ACCOUNT)
    attempts.succeeded(THIEF, "ana@andina.example")
    assert attempts.seconds_locked(THIEF, "ana@andina.example", NOW) == 0
    for _ in range(PER_ADDRESS - PER_ACCOUNT):
        attempts.failed(THIEF, "other@andina.example", NOW)
    assert attempts.seconds_locked(THIEF, "ana@andina.example", NOW) > 0


def test_memory_is_bounded() -> None:
    attempts = Attempts()
    for number in range(REMEMBERED + 10):
        attempts.failed(f"address {number}", "a@b", NOW)
    assert len(attempts._failures) <= REMEMBERED
