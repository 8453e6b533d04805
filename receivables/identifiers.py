"""The grammar of document ids, series, receipt numbers and database names.

An id carries its type and its writer, so that a duplicate is a conflict in the database instead of a second
receipt, and so that nobody has to open a document to know what it is. Ids are `type:key`; the parts of a key
stand between colons.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

SERIES = re.compile(r"[A-Z][A-Z0-9]{1,9}")
"""A receipt series; the office issues one to each enrolled device and never the same one again."""

CODE = re.compile(r"[a-z][a-z0-9]{1,29}")
"""A company, a collector or another writer. No hyphen, which separates the parts of a database's name."""

RESERVED_WRITERS = frozenset({"office", "portal", "mail", "erp"})
"""Writers that are not people; a collector can't take one of these codes."""

COUNTER_DIGITS = 8
MAX_COUNTER = 10**COUNTER_DIGITS - 1

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_RECEIPT_KEY = re.compile(rf"({SERIES.pattern}):([0-9]{{{COUNTER_DIGITS}}})")
_RECEIPT_NUMBER = re.compile(rf"({SERIES.pattern})-([0-9]{{{COUNTER_DIGITS}}})")
_COLLECTOR_DATABASE = re.compile(rf"({CODE.pattern})-c-({CODE.pattern})")
_ULID_RANDOM_BYTES = 10


class BadIdentifier(ValueError):
    """Text that isn't an id, number, code or database name of Recaudo."""


@dataclass(frozen=True, slots=True)
class DocumentId:
    """An id taken apart: `receipt:R0001:00000004` is type `receipt`, key `R0001:00000004`, and two parts."""

    type: str
    key: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.type}:{self.key}"


class ReceiptKey(NamedTuple):
    """What makes a receipt unique in its company."""

    series: str
    counter: int


def is_code(text: str) -> bool:
    """May `text` name a company or a writer?"""
    return CODE.fullmatch(text) is not None


def is_collector_code(text: str) -> bool:
    """May `text` name a collector: a code, and not one of the writers that are not people?"""
    return is_code(text) and text not in RESERVED_WRITERS


def is_series(text: str) -> bool:
    return SERIES.fullmatch(text) is not None


def parse_id(document_id: str) -> DocumentId:
    """Take an id apart at its colons; raise BadIdentifier where it has no type or no key.

    The type need not be known: an old phone meets types that were invented after it.
    """
    kind, colon, key = document_id.partition(":")
    if not kind or not colon or not key:
        raise BadIdentifier(f"{document_id!r} is not of the form type:key")
    return DocumentId(kind, key, tuple(key.split(":")))


def receipt_id(series: str, counter: int) -> str:
    """`receipt:R0001:00000004`; raise BadIdentifier for a series or counter that can't be."""
    return f"receipt:{_receipt_key(series, counter, ':')}"


def receipt_number(series: str, counter: int) -> str:
    """`R0001-00000004`, as people read it."""
    return _receipt_key(series, counter, "-")


def parse_receipt_id(document_id: str) -> ReceiptKey:
    """The series and counter of a receipt's id; raise BadIdentifier for any other id."""
    kind, _, key = document_id.partition(":")
    match = _RECEIPT_KEY.fullmatch(key)
    if kind != "receipt" or not match:
        raise BadIdentifier(f"{document_id!r} is not the id of a receipt")
    return ReceiptKey(match[1], int(match[2]))


def parse_receipt_number(number: str) -> ReceiptKey:
    """The series and counter of `R0001-00000004`; raise BadIdentifier for any other text."""
    match = _RECEIPT_NUMBER.fullmatch(number)
    if not match:
        raise BadIdentifier(f"{number!r} is not the number of a receipt")
    return ReceiptKey(match[1], int(match[2]))


def posting_id(receipt: str) -> str:
    """The id of the ERP's answer to the receipt with the id `receipt`."""
    return f"posting:{_receipt_key(*parse_receipt_id(receipt), ':')}"


def reversal_id(receipt: str, name: str) -> str:
    """`reversal:R0001:00000004:void`; without a name the beginning of the ids of all of a receipt's."""
    return f"reversal:{_receipt_key(*parse_receipt_id(receipt), ':')}:{name}"


def fact_id(kind: str, writer: str, ulid: str) -> str:
    """`visit:ana:01K…`; raise BadIdentifier where `writer` is no code or `ulid` no ULID."""
    if not is_code(writer):
        raise BadIdentifier(f"{writer!r} is not the code of a writer")
    if not ULID.fullmatch(ulid):
        raise BadIdentifier(f"{ulid!r} is not a ULID")
    return f"{kind}:{writer}:{ulid}"


def dunning_key(policy: str, customer: str, on: date, currency: str | None = None) -> str:
    """The idempotency key of a notice: `standard-C0001-2026-11-21`, with any currency but the company's."""
    return f"{policy}-{customer}-{on.isoformat()}" + (f"-{currency}" if currency else "")


def new_ulid(now: datetime, random_bytes: bytes) -> str:
    """A ULID (github.com/ulid/spec) of the milliseconds of `now` (aware) and ten random bytes."""
    if now.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    if len(random_bytes) != _ULID_RANDOM_BYTES:
        raise ValueError(f"a ULID takes {_ULID_RANDOM_BYTES} random bytes, not {len(random_bytes)}")
    milliseconds = int(now.timestamp()) * 1000 + now.microsecond // 1000
    return _crockford(int.from_bytes(milliseconds.to_bytes(6, "big") + random_bytes, "big"))


def following_ulid(ulid: str) -> str:
    """The next ULID, for facts recorded in one go: sorted by id they keep their order."""
    value = 0
    for digit in ulid:
        value = value * 32 + _CROCKFORD.index(digit)
    return _crockford(value + 1)


def _crockford(value: int) -> str:
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def collector_database(company: str, collector: str) -> str:
    """`andina-c-ana`; raise BadIdentifier where either code can't be."""
    if not is_code(company) or not is_collector_code(collector):
        raise BadIdentifier(f"{company!r}, {collector!r} are not the codes of a company and a collector")
    return f"{company}-c-{collector}"


def parse_collector_database(name: str) -> tuple[str, str] | None:
    """The company and collector of a collector's database; None for any other database."""
    match = _COLLECTOR_DATABASE.fullmatch(name)
    return (match[1], match[2]) if match and is_collector_code(match[2]) else None


def _receipt_key(series: str, counter: int, mark: str) -> str:
    if not is_series(series):
        raise BadIdentifier(f"{series!r} is not a receipt series")
    if isinstance(counter, bool) or not 1 <= counter <= MAX_COUNTER:
        raise BadIdentifier(f"{counter!r} is not the counter of a receipt")
    return f"{series}{mark}{counter:0{COUNTER_DIGITS}d}"
