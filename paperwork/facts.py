"""What papers say of the facts that they are made from: short numbers, and the digest that proves them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from receivables.canonical import canonical_json
from receivables.documents import BadDocument
from receivables.money import MoneyError

_UNREADABLE = (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, MoneyError)
"""What reading a document raises that is not what its type says."""


@contextmanager
def reading(document: Mapping[str, Any]) -> Iterator[None]:
    """Make a paper of `document`; whatever its fields raise becomes a BadDocument that names it."""
    try:
        yield
    except BadDocument:
        raise
    except _UNREADABLE as error:
        raise BadDocument(f"{document.get('_id')!r}: {error!r}") from error


def paper_number(fact_id: str) -> str:
    """`ANA-01K9…` of `visit:ana:01K9…`, `R0001-00000004` of a receipt: what nobody gives twice.

    Raise ValueError for an id that is no fact's.
    """
    _type, writer, own = fact_id.split(":")
    return f"{writer.upper()}-{own}"


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves that a paper says what was written: the fact's digest, and what the QR code says of it."""

    digest: str
    scanned: str


def proof_of(fact: Mapping[str, Any]) -> Proof:
    """SHA-256 over a fact as it was written, without what databases and reconcile add."""
    body = {name: value for name, value in fact.items() if not name.startswith("_") and name != "source_rev"}
    digest = hashlib.sha256(canonical_json({**body, "_id": fact["_id"]})).hexdigest()
    return Proof(digest, f"recaudo:{fact['company']}:{fact['_id']}:{digest}")
