"""The number that a phone shows for a clock that was put back, and the code that answers it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from receivables.clock_codes import (
    CHALLENGE_DIGITS,
    BadChallenge,
    clock_code,
    draw_challenge,
    grouped,
    is_clock_code,
    read_challenge,
)

NOW = datetime(2026, 11, 20, 15, 30, 40, tzinfo=UTC)
MINUTE = NOW.replace(second=0)
SHARED = bytes(range(32))


@pytest.mark.parametrize(
    "off", [timedelta(0), timedelta(hours=-3), timedelta(days=-3000), timedelta(days=400)]
)
def test_the_office_reads_what_the_phones_clock_shows(off: timedelta) -> None:
    number = draw_challenge(NOW + off, secrets.token_bytes)
    assert read_challenge(grouped(number), near=NOW) == (number, MINUTE + off)


def test_a_digit_that_was_misheard_or_two_that_changed_places_are_told() -> None:
    number = draw_challenge(NOW, lambda size: b"\x00" * (size - 1) + b"\x29")
    for at in range(CHALLENGE_DIGITS):
        other = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
        with pytest.raises(BadChallenge):
            read_challenge(other, near=NOW)
    swapped = number[:-2] + number[-1] + number[-2]
    with pytest.raises(BadChallenge):
        read_challenge(swapped, near=NOW)


@pytest.mark.parametrize("text", ["", "1234", "12345678901234", "12345678901a", "１２３４５６７８９０１２"])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(BadChallenge):
        read_challenge(text, near=NOW)


def test_a_code_is_for_one_phone_and_one_number() -> None:
    number, other = (draw_challenge(NOW + timedelta(minutes=m), secrets.token_bytes) for m in (0, 1))
    code = clock_code(SHARED, device="DEV1", challenge=number)
    assert len(code) == 8
    assert code.isdigit()
    assert is_clock_code(grouped(code), SHARED, device="DEV1", challenge=number)
    assert not is_clock_code(code, SHARED, device="DEV2", challenge=number)
    assert not is_clock_code(code, SHARED, device="DEV1", challenge=other)
    assert not is_clock_code(code, bytes(32), device="DEV1", challenge=number)
    assert not is_clock_code("", SHARED, device="DEV1", challenge=number)
    assert not is_clock_code("ñandú", SHARED, device="DEV1", challenge=number)
