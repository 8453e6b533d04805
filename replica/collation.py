"""CouchDB's order of JSON values, as bytes whose plain comparison is that order.

null < false < true < numbers < strings < arrays < objects; strings as a dictionary sorts them, not as code
points do ("View Collation", CouchDB). CouchDB asks ICU for the order of strings. The standard library has no
ICU, so the root collation is rebuilt here in its three levels: letters first, then accents, then lower case
before upper. It agrees with ICU for Latin, Greek and Cyrillic text, and orders other scripts by code point,
which no index of ours depends on.

One key serves twice: `memcmp` on it is the order of an index in SQLite, and `==` on it is equality of a
selector.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import lru_cache
from typing import Any

from replica.errors import BadRequest

NULL, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT = (bytes([tag]) for tag in range(1, 8))
END = b"\x00"
"""Closes a string, an array or an object: whatever is shorter comes first."""

AFTER = b"\xff"
"""Greater than any continuation of a key: the end of a range over keys that begin alike."""

_PUNCTUATION = "\t\n\x0b\x0c\r\x85\u2028\u2029 _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
"""The root collation's order of what comes before digits in ASCII (CLDR, `allkeys_CLDR.txt`)."""

_PRIMARY = {character: bytes([position]) for position, character in enumerate(_PUNCTUATION, start=1)}
_PRIMARY |= {str(digit): bytes([0x60 + digit]) for digit in range(10)}
_PRIMARY |= {chr(letter): bytes([0x80 + letter - ord("a")]) for letter in range(ord("a"), ord("z") + 1)}
_OTHER_SYMBOL, _OTHER_LETTER = b"\x5f", b"\xf0"

_SIMPLE, _ACCENTED, _UPPER = 1, 2, 2


def collation_key(value: Any) -> bytes:
    """Return the key of a JSON value. Raise `BadRequest` for what is not one."""
    match value:
        case None:
            return NULL
        case bool():
            return TRUE if value else FALSE
        case int() | float():
            return NUMBER + _number(value)
        case str():
            return STRING + _string(value)
        case list() | tuple():
            return ARRAY + b"".join(map(collation_key, value)) + END
        case dict():
            members = (collation_key(name) + collation_key(member) for name, member in value.items())
            return OBJECT + b"".join(members) + END
    raise BadRequest(f"not a JSON value: {type(value).__name__}")


def raw_key(value: Any) -> bytes:
    """Return the key by which ids are ordered: strings by their bytes, everything else as `collation_key`."""
    if isinstance(value, str):
        return STRING + value.encode("utf-8", "surrogatepass") + END
    return collation_key(value)


def _number(value: float) -> bytes:
    """Return eight bytes in numeric order: the double's bits, flipped so that negatives come first."""
    try:
        double = float(value)
    except OverflowError:
        double = float("inf") if value > 0 else float("-inf")
    bits = int.from_bytes(struct.pack(">d", double + 0.0), "big")
    flipped = bits ^ (0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else 1 << 63)
    return flipped.to_bytes(8, "big")


@lru_cache(maxsize=4096)
def _string(text: str) -> bytes:
    primary, accents, cases = bytearray(), bytearray(), bytearray()
    accented = upper = False
    for character in unicodedata.normalize("NFD", text):
        category = unicodedata.category(character)
        if category == "Mn":
            accented = True
            if accents:
                accents[-1:] = bytes([_ACCENTED]) + character.encode() + bytes([_SIMPLE])
            continue
        weight = _weight(character, category)
        if not weight:
            continue
        primary += weight
        accents.append(_SIMPLE)
        is_upper = category == "Lu"
        upper = upper or is_upper
        cases.append(_UPPER if is_upper else _SIMPLE)
    second = bytes(accents) if accented else b""
    third = bytes(cases) if upper else b""
    return bytes(primary) + END + second + END + third + END


@lru_cache(maxsize=4096)
def _weight(character: str, category: str) -> bytes:
    known = _PRIMARY.get(character)
    if known is not None:
        return known
    if category in {"Cc", "Cf"}:
        return b""  # ICU ignores control characters altogether
    folded = character.casefold()
    if folded != character:
        return b"".join(_weight(piece, unicodedata.category(piece)) for piece in folded)
    if category == "Nd":
        return _PRIMARY[str(unicodedata.digit(character))]
    marker = _OTHER_SYMBOL if category[0] in "PSZ" else _OTHER_LETTER
    return marker + character.encode("utf-8", "surrogatepass")
