"""Keep a company's pack and its lists of holidays up to date; what the office wrote is left alone."""

from __future__ import annotations

from datetime import date

from backend.compliance.shipped import SHIPPED, holidays_document, shipped_pack
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict


def first_rules(country: str, *, on: date) -> list[Json]:
    """The pack, and the holidays of this year and the next, as far as they are known."""
    found = (
        shipped_pack(country),
        holidays_document(country, on.year),
        holidays_document(country, on.year + 1),
    )
    return [document for document in found if document is not None]


def refresh_rules(couch: Couch, company: str, *, country: str, on: date) -> list[str]:
    """Write what is missing or older than what this version ships; return the ids written.

    A list of holidays follows the library (a government may decree one); a pack is replaced by a higher
    version only.
    """
    written: list[str] = []
    for document in first_rules(country, on=on):
        standing = couch.get(company, document["_id"])
        if not _is_newer(document, standing):
            continue
        try:
            couch.put(company, document | ({"_rev": standing["_rev"]} if standing else {}))
        except Conflict:
            continue  # somebody else's write is as good; the next run looks again
        written.append(document["_id"])
    return written


def _is_newer(document: Json, standing: Json | None) -> bool:
    if standing is None:
        return True
    if document["_id"].startswith("compliance_pack:"):
        return standing.get("origin") == SHIPPED and document["version"] > standing["version"]
    return bool(document["days"] != standing.get("days"))
