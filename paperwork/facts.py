"""What papers say of the facts that they are made from: short numbers, and the digest that proves them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from receivables.canonical import canonical_json
from receivables.money import MoneyError

UNREADABLE = (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, MoneyError)
"""What reading a document raises that is not what its type says."""


def paper_number(fact_id: str) -> str:
    """`ANA-01K9…` of `visit:ana:01K9…`, `R0001-00000004` of a receipt: what nobody gives twice.

    Raise ValueError for an id that is no fact's.
    """
    _type, writer, own = fact_id.split(":")
    return f"{writer.upper()}-{own}"


def fact_digest(fact: Mapping[str, Any]) -> str:
    """SHA-256 over a fact as it was written, without what databases and reconcile add."""
    body = {name: value for name, value in fact.items() if not name.startswith("_") and name != "source_rev"}
    return hashlib.sha256(canonical_json({**body, "_id": fact["_id"]})).hexdigest()


def scanned(fact: Mapping[str, Any], digest: str) -> str:
    """What the QR code of a paper says."""
    return f"recaudo:{fact['company']}:{fact['_id']}:{digest}"
