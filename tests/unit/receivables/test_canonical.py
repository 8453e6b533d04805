"""Canonical JSON, with the samples of RFC 8785."""

from __future__ import annotations

import math
import struct

import pytest

from receivables.canonical import canonical_json


def test_sample_of_the_standard() -> None:
    # RFC 8785 §3.2.2 and §3.2.4
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(value).decode() == expected


def test_members_are_sorted_by_utf16_units() -> None:
    # RFC 8785 §3.2.3: the smiley, a surrogate pair, stands before the Hebrew presentation form.
    names = ["€", "\r", "\ufb33", "1", "😀", "\u0080", "ö"]
    text = canonical_json(dict.fromkeys(names, 0)).decode()
    assert text == '{"\\r":0,"1":0,"\u0080":0,"ö":0,"€":0,"😀":0,"\ufb33":0}'


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        # RFC 8785 appendix B
        (0x0000000000000000, "0"), (0x8000000000000000, "0"), (0x0000000000000001, "5e-324"),
        (0x8000000000000001, "-5e-324"), (0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"), (0xC340000000000000, "-9007199254740992"),
        (0x4430000000000000, "295147905179352830000"), (0x44B52D02C7E14AF5, "9.999999999999997e+22"),
        (0x44B52D02C7E14AF6, "1e+23"), (0x44B52D02C7E14AF7, "1.0000000000000001e+23"),
        (0x444B1AE4D6E2EF4E, "999999999999999700000"), (0x444B1AE4D6E2EF4F, "999999999999999900000"),
        (0x444B1AE4D6E2EF50, "1e+21"), (0x3EB0C6F7A0B5ED8C, "9.999999999999997e-7"),
        (0x3EB0C6F7A0B5ED8D, "0.000001"), (0x41B3DE4355555553, "333333333.3333332"),
        (0x41B3DE4355555554, "333333333.33333325"), (0x41B3DE4355555555, "333333333.3333333"),
        (0x41B3DE4355555556, "333333333.3333334"), (0x41B3DE4355555557, "333333333.33333343"),
        (0xBECBF647612F3696, "-0.0000033333333333333333"), (0x43143FF3C1CB0959, "1424953923781206.2"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_javascript_does(bits: int, text: str) -> None:
    (number,) = struct.unpack(">d", bits.to_bytes(8, "big"))
    assert canonical_json(number).decode() == text


def test_whole_numbers_are_one_text_whatever_their_type() -> None:
    assert canonical_json({"b": 12, "a": 12.0}) == b'{"a":12,"b":12}'


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, {"x": b"bytes"}, {1, 2}, "\ud800"])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)
