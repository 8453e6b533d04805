"""The 49 digits of an SRI access key: real ones, and what makes them wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.access_keys import AccessKey, is_access_key, parse_access_key
from receivables.identifiers import BadIdentifier

REAL = (
    "0312202201019007200200120029020004874985766297216",
    "1811202301179001691900120721260002540020711013510",
    "0110201401099126726300120010010002742492823013317",
    "0403201301179226110400110015010000000081234567816",
)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


keys = st.builds(
    AccessKey,
    issued_on=st.dates(date(2012, 1, 1), date(2099, 12, 31)),
    document_code=digits(2),
    ruc=digits(13),
    environment=st.sampled_from(["1", "2"]),
    establishment=digits(3),
    emission_point=digits(3),
    sequence=digits(9),
    numeric_code=digits(8),
)


@pytest.mark.parametrize("text", REAL)
def test_real_keys_are_read_and_built_again(text: str) -> None:
    assert is_access_key(text)
    assert str(parse_access_key(text)) == text


def test_a_key_says_who_issued_what_and_when() -> None:
    key = parse_access_key(REAL[0])
    assert (key.issued_on, key.document_code, key.ruc) == (date(2022, 12, 3), "01", "0190072002001")
    assert (key.environment, key.number, key.emission) == ("2", "002-902-000487498", "1")


@given(keys)
def test_what_is_built_is_read_back(key: AccessKey) -> None:
    assert parse_access_key(str(key)) == key


@given(keys, st.integers(0, 48), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(key: AccessKey, position: int, change: int) -> None:
    """Save where the sum's remainder moves between 1 and 10: the SRI closes both with a 1."""
    text = str(key)
    wrong = str((int(text[position]) + change) % 10)
    altered = text[:position] + wrong + text[position + 1 :]
    if is_access_key(altered):
        assert text[-1] == altered[-1] == "1"


@pytest.mark.parametrize("text", ["", "1", "0" * 48, "a" * 49, "٠" * 49, f" {REAL[0]}", f"{REAL[0]}0"])
def test_what_is_no_access_key_is_refused(text: str) -> None:
    assert not is_access_key(text)
    with pytest.raises(BadIdentifier):
        parse_access_key(text)


def test_a_key_with_an_impossible_date_is_refused() -> None:
    with pytest.raises(BadIdentifier, match="not a date"):
        # 32 January with a check digit that fits
        body = "3201" + REAL[0][4:-1]
        parse_access_key(next(body + digit for digit in "0123456789" if is_access_key(body + digit)))


def test_parts_of_the_wrong_length_build_no_key() -> None:
    with pytest.raises(BadIdentifier, match="ruc"):
        str(replace(parse_access_key(REAL[0]), ruc="1"))
