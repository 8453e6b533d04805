"""For whom a projection is: everyone, one collector, or whoever holds a customer now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.couch.client import Json

LISTS_FOR_EVERYONE = ("catalogue:", "compliance_pack:", "holidays:")
"""Beginnings of ids: all such documents are for everyone."""

_FOR_EVERYONE = ("company:", "logo:", *LISTS_FOR_EVERYONE)
POLICIES_FOR_EVERYONE = ("policy:collection", "policy:tracking")
_BY_COLLECTOR_IN_ID = frozenset({"collector", "received", "route", "goal", "performance", "manifest"})
_BY_CUSTOMER_IN_ID = frozenset({"customer", "activity", "reference", "consents"})
_BY_CUSTOMER_IN_BODY = frozenset({"invoice", "withholding", "credit_note", "address", "contact"})
_BY_COLLECTOR_IN_BODY = frozenset({"posting", "reversal"})


@dataclass(frozen=True, slots=True)
class Everyone:
    """Every collector of the company."""


@dataclass(frozen=True, slots=True)
class Named:
    """The collector with this code."""

    collector: str


@dataclass(frozen=True, slots=True)
class HolderOf:
    """The collector to whom this customer is assigned."""

    customer: str


Audience = Everyone | Named | HolderOf


def audience_of(document: Json) -> Audience | None:
    """Whose phone the document goes to; None for what stays in the central database.

    A tombstone that no longer says whose it was is for everyone: removing what a database does not hold does
    nothing.
    """
    doc_id = str(document["_id"])
    kind, _, key = doc_id.partition(":")
    if doc_id.startswith(_FOR_EVERYONE) or doc_id in POLICIES_FOR_EVERYONE:
        return Everyone()
    if kind in _BY_COLLECTOR_IN_ID:
        return Named(key.partition(":")[0])
    if kind in _BY_CUSTOMER_IN_ID:
        return HolderOf(key)
    if kind in _BY_CUSTOMER_IN_BODY:
        return _or_everyone_if_deleted(document, HolderOf, document.get("customer"))
    if kind in _BY_COLLECTOR_IN_BODY:
        return _or_everyone_if_deleted(document, Named, document.get("collector"))
    return None


def _or_everyone_if_deleted(
    document: Json, audience: type[HolderOf] | type[Named], whose: Any
) -> Audience | None:
    if isinstance(whose, str) and whose:
        return audience(whose)
    return Everyone() if document.get("_deleted") else None
