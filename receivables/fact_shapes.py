"""The shape of each fact that a phone may record, field by field.

The other half of `receivables.access` and the twin of the tables in the collectors' `validate_doc_update.js`:
both must find the same first fault, so the order of the fields is part of the rule.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from receivables.compliance import Channel
from receivables.identifiers import CODE, SERIES
from receivables.money import MAX_MINOR, MoneyError, minor_from_json
from receivables.payments import MAX_VOUCHER, PHOTOS, VOUCHER, Method
from receivables.photos import MOST_PHOTOS
from receivables.validation import Problem

Check = Callable[[Any, str], Problem | None]
Fields = tuple[tuple[str, Check], ...]

METHODS = frozenset(method.value for method in Method)
STOP_CHANGES = frozenset({"add", "move", "remove"})
CHANNELS = frozenset(Channel)
REMOTE_CHANNELS = frozenset(Channel) - {Channel.VISIT}

MAX_CASH = 2**50
"""Minor units of a count of cash: sums and differences of a few such stay exact in JavaScript."""

MAX_STROKES, MAX_STROKE_NUMBERS = 100, 2000
"""A signature is lines as the finger drew them, x and y in turn, on a field 1000 wide."""

MAX_SHOWN = 100
"""Invoices that a visit records as shown; the total counts them all."""

MAX_POSITIONS = 5000
"""Of one track; `mocked` counts them from 0."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{86}==")  # base64 of the 64 bytes of Ed25519
_RECEIPT_ID = re.compile(rf"receipt:{SERIES.pattern}:[0-9]{{8}}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def first_fault(document: Mapping[str, Any], fields: Fields, path: str = "") -> Problem | None:
    """The first field, in the order of `fields`, that is missing or malformed."""
    for name, check in fields:
        problem = check(document.get(name), f"{path}{name}")
        if problem:
            return problem
    return None


def _invalid(field: str) -> Problem:
    return Problem("field_invalid", field)


def _passes(test: Callable[[Any], bool]) -> Check:
    return lambda value, field: None if test(value) else _invalid(field)


def matching(pattern: re.Pattern[str]) -> Check:
    """Text that the whole of `pattern` describes."""
    return _passes(lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None)


def text(shortest: int, longest: int) -> Check:
    """Text of so many UTF-16 units, which is how JavaScript counts."""

    def fits(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        return shortest <= len(value.encode("utf-16-le", "surrogatepass")) // 2 <= longest

    return _passes(fits)


def number(low: float, high: float) -> Check:
    """A finite JSON number within bounds."""

    def fits(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return math.isfinite(value) and low <= value <= high

    return _passes(fits)


def whole(lowest: int, highest: int = MAX_MINOR) -> Check:
    """Minor units or a counter: 100, 100.0 and 1e2 are one; no fraction, no boolean, at most 2^53 - 1."""

    def check(value: Any, field: str) -> Problem | None:
        try:
            amount = minor_from_json(value)
        except MoneyError:
            return Problem("amount_invalid", field)
        return None if lowest <= amount <= highest else Problem("amount_invalid", field)

    return check


def or_null(check: Check) -> Check:
    """The field may be absent or null."""
    return lambda value, field: None if value is None else check(value, field)


def items(shortest: int, longest: int, check: Check) -> Check:
    """A list of so many items, each of which passes `check`."""

    def all_pass(value: Any, field: str) -> Problem | None:
        if not isinstance(value, list) or not shortest <= len(value) <= longest:
            return _invalid(field)
        return next(filter(None, (check(item, f"{field}.{index}") for index, item in enumerate(value))), None)

    return all_pass


def record(fields: Fields) -> Check:
    """An object with these fields; others are let be."""

    def check(value: Any, field: str) -> Problem | None:
        if not isinstance(value, dict):
            return _invalid(field)
        return first_fault(value, fields, f"{field}.")

    return check


def _is_date(value: Any) -> bool:
    parts = _DATE.fullmatch(value) if isinstance(value, str) else None
    if not parts:
        return False
    year, month, day = (int(part) for part in parts.groups())
    if year < 1 or not 1 <= month <= 12:
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _DAYS[month - 1] + leap


def _is_instant(value: Any) -> bool:
    parts = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if not parts or not _is_date(parts[1]):
        return False
    return int(parts[2]) < 24 and int(parts[3]) < 60 and int(parts[4]) < 60


def _position(value: Any, field: str) -> Problem | None:
    if not isinstance(value, list) or len(value) != len(_POSITION):
        return _invalid(field)
    checked = zip(_POSITION, value, strict=True)
    return next(filter(None, (check(part, f"{field}.{i}") for i, (check, part) in enumerate(checked))), None)


_name = text(1, 200)
_words = text(0, 4000)
_short = or_null(text(0, 200))
_date = _passes(_is_date)
_instant = _passes(_is_instant)
_distance = number(0, MAX_MINOR)
_latitude = number(-90, 90)
_longitude = number(-180, 180)
_flag = _passes(lambda value: isinstance(value, bool))
_method = _passes(lambda value: isinstance(value, str) and value in METHODS)
_change = _passes(lambda value: isinstance(value, str) and value in STOP_CHANGES)
_channel = _passes(lambda value: isinstance(value, str) and value in REMOTE_CHANNELS)
_any_channel = _passes(lambda value: isinstance(value, str) and value in CHANNELS)
_receipt_id = matching(_RECEIPT_ID)
_currency = matching(_CURRENCY)
_cash = whole(0, MAX_CASH)
_signed_cash = whole(-MAX_CASH, MAX_CASH)
_POSITION = (_instant, _latitude, _longitude, or_null(_distance))

_place = record((
    ("lat", _latitude), ("lon", _longitude), ("accuracy", or_null(_distance)), ("mock", or_null(_flag)),
))  # fmt: skip
_payment = record((
    ("method", _method), ("amount", whole(1)), ("bank", _short), ("account", _short), ("number", _short),
    ("drawer", _short), ("cheque_on", or_null(_date)), ("reference", _short),
    ("transferred_on", or_null(_date)), ("brand", _short), ("last4", _short), ("authorisation", _short),
    ("tax", _short), ("access_key", _short), (VOUCHER, or_null(text(1, MAX_VOUCHER))),
    (PHOTOS, or_null(items(0, MOST_PHOTOS, record((("id", _name), ("sha256", matching(_HASH))))))),
))  # fmt: skip
_part = record((("invoice", _name), ("amount", whole(1))))
_signature = record((
    ("name", _name),
    ("strokes", items(1, MAX_STROKES, items(2, MAX_STROKE_NUMBERS, number(0, 1000)))),
))  # fmt: skip
_shown = record((
    ("customer", record((("name", _short), ("tax_id", _short), ("address", _short), ("city", _short)))),
    ("debt", record((
        ("currency", _currency), ("as_of", _date), ("total", whole(0)), ("count", whole(0)),
        ("invoices", items(0, MAX_SHOWN, record((
            ("number", _name), ("due_on", _date), ("balance", whole(1)),
        )))),
    ))),
))  # fmt: skip
_contact_check = record((("outcome", _name), ("codes", items(0, 20, _name)), ("exception", _short)))
_cheque = record((("receipt", _receipt_id), ("number", _short), ("amount", whole(1, MAX_CASH))))

COMMON: Fields = (
    ("company", matching(CODE)), ("collector", matching(CODE)), ("device", _name), ("created_at", _instant),
    ("local_on", _date),
)  # fmt: skip

FACTS: dict[str, Fields] = {
    "visit_start": (
        ("customer", _name), ("place", or_null(_place)), ("distance_m", or_null(_distance)),
        ("contact_check", or_null(_contact_check)),
    ),
    "visit": (
        ("customer", _name), ("start", _name), ("started_at", _instant), ("finished_at", _instant),
        ("place", or_null(_place)), ("outcome", _name), ("comment", _words),
        ("next_visit_at", or_null(_instant)), ("attended_by", _short), ("signature", or_null(_signature)),
        ("shown", or_null(_shown)), ("away_reason", _short),
    ),
    "receipt": (
        ("series", matching(SERIES)), ("counter", whole(1)), ("number", _name), ("customer", _name),
        ("visit", or_null(_name)), ("currency", _currency), ("total", whole(1)),
        ("payments", items(1, 100, _payment)),
        ("allocations", items(0, 1000, _part)), ("on_account", whole(0)),
        ("write_offs", or_null(items(0, 1000, _part))), ("place", or_null(_place)),
        ("previous_hash", matching(_HASH)), ("hash", matching(_HASH)),
        ("signature", or_null(matching(_SIGNATURE))),
    ),
    "receipt_void": (("receipt", _receipt_id), ("reason", _words)),
    "receipt_copy": (("receipt", _receipt_id), ("copy", whole(1)), ("means", _name)),
    "paper_copy": (
        ("paper", _name), ("of", _name), ("customer", _short), ("copy", whole(1)), ("means", _name),
    ),
    "promise": (
        ("customer", _name), ("invoices", items(0, 1000, _name)), ("amount", whole(1)),
        ("currency", _currency), ("promised_on", _date),
    ),
    "dispute": (
        ("customer", _name), ("invoice", _name), ("reason", _name), ("amount", whole(1)),
        ("currency", _currency), ("text", _words),
    ),
    "informed_payment": (
        ("customer", _name), ("invoices", items(0, 1000, _name)), ("amount", whole(1)),
        ("currency", _currency), ("paid_on", _date), ("bank", _short), ("reference", _short),
        ("text", _words),
    ),
    "note": (("customer", _name), ("text", text(1, 4000))),
    "location_update": (
        ("customer", _name), ("place", _place), ("reason", or_null(_words)), ("reference", or_null(_words)),
    ),
    "photo": (
        ("customer", _short), ("of", _short), ("subject", _name), ("source", _short),
        ("taken_at", _instant), ("place", or_null(_place)), ("bytes", whole(1)), ("sha256", matching(_HASH)),
    ),
    "deposit": (
        ("currency", _currency), ("total", whole(1, MAX_CASH)), ("cash", _cash),
        ("cheques", items(0, 1000, _cheque)), ("bank", _name), ("account", _short), ("number", _name),
        ("deposited_on", _date),
    ),
    "cash_close": (
        ("currency", _currency), ("closes_on", _date), ("previous", _short), ("opening", _signed_cash),
        ("collected", _cash), ("voided", _cash), ("deposited", _cash), ("expected", _signed_cash),
        ("counted", _cash), ("difference", _signed_cash),
        ("denominations", items(0, 100, record((("value", whole(1, MAX_CASH)), ("count", _cash))))),
        ("cheques", items(0, 1000, _cheque)), ("receipts", items(0, 10_000, _receipt_id)),
        ("deposits", items(0, 10_000, _name)), ("reason", _words), ("signature", or_null(_signature)),
        ("receiver", or_null(_signature)),
    ),
    "planned_stop": (
        ("route_on", _date), ("customer", _name), ("change", _change), ("position", or_null(whole(0))),
    ),
    "contact_attempt": (
        ("customer", _name), ("channel", _channel), ("direct", _flag), ("of", _short),
        ("contact_check", or_null(_contact_check)),
    ),
    "consent": (
        ("customer", _name), ("contact", _name), ("channels", items(1, 5, _any_channel)), ("given", _flag),
        ("version", _name), ("text", text(1, 4000)), ("signature", or_null(_signature)),
    ),
    "track": (
        ("positions", items(1, MAX_POSITIONS, _position)),
        ("mocked", or_null(items(0, MAX_POSITIONS, whole(0, MAX_POSITIONS - 1)))),
    ),
    "refusal": (("of", text(0, 1000)), ("reason", _words), ("document", text(0, 65536))),
}  # fmt: skip
"""What a phone may record; the server's own facts (`dunning_notice`) never enter a collector's database."""
