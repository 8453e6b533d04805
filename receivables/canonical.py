"""Canonical JSON (RFC 8785): one text for one value, so that a hash means the same everywhere.

CouchDB and JavaScript may give 12.0 back as 12, and members in another order; the canonical text is the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from receivables.money import MAX_MINOR

# RFC 8785 §3.2.2.2: these have short escapes, other control characters \u00xx, the rest stands as it is.
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPES = str.maketrans({chr(code): f"\\u{code:04x}" for code in range(0x20)} | _SHORT_ESCAPES)

_LITERALS = {None: "null", True: "true", False: "false"}

# ECMA-262 Number::toString: decimal notation for exponents from -6 to 21, scientific outside.
_DECIMAL_UP_TO = 21
_DECIMAL_DOWN_TO = -6


def canonical_json(value: Any) -> bytes:
    """Return the canonical UTF-8 text of a JSON value.

    Raise ValueError for what I-JSON can't carry: NaN, infinities, integers beyond 2^53 − 1, lone surrogates,
    and values that aren't JSON.
    """
    return _text(value).encode("utf-8")


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _LITERALS[value]
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if isinstance(value, int):
        if not -MAX_MINOR <= value <= MAX_MINOR:
            raise ValueError(f"{value} is not exact in every reader of JSON")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        # RFC 8785 §3.2.3: members sorted by the UTF-16 code units of their names.
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_text(member)}" for name, member in members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise ValueError(f"{type(value).__name__} is not a JSON value")


def _number(value: float) -> str:
    """ECMA-262 §6.1.6.1.20 Number::toString, which RFC 8785 §3.2.2.3 prescribes."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a JSON number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    shortest = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, shortest.digits))
    point = len(digits) + int(shortest.exponent)  # digits before the decimal point
    if len(digits) <= point <= _DECIMAL_UP_TO:
        return sign + digits.ljust(point, "0")
    if 0 < point <= _DECIMAL_UP_TO:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _DECIMAL_DOWN_TO < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{point - 1:+d}"
