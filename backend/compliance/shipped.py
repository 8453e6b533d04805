"""The packs that come with Recaudo, one file for each country, and the holidays by the `holidays` library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import holidays

from backend.couch.client import Json
from receivables.documents import SCHEMA

PACKS = Path(__file__).parent / "packs"
SHIPPED = "recaudo"
"""The `origin` of a pack that nobody changed; the office's own says `office` and is never replaced."""

# Wherever it has them: the names stand on Spanish screens.
LANGUAGE = "es"


def shipped_pack(country: str) -> Json | None:
    """The `compliance_pack` document of a country (ISO 3166, `EC`), or None where there is none."""
    path = PACKS / f"{country.lower()}.json"
    if not path.is_file():
        return None
    rules = cast(Json, json.loads(path.read_text(encoding="utf-8")))
    return {"_id": f"compliance_pack:{country}", "schema": SCHEMA, "origin": SHIPPED, **rules}


def holidays_document(country: str, year: int) -> Json | None:
    """The `holidays` document of a country and year, or None where the library doesn't know the country.

    A holiday that is kept on another day is there with both.
    """
    try:
        calendar = holidays.country_holidays(country, years=[year], language=LANGUAGE)
    except NotImplementedError:
        return None
    return {
        "_id": f"holidays:{country}:{year}",
        "schema": SCHEMA,
        "country": country,
        "year": year,
        "days": [{"on": on.isoformat(), "name": name} for on, name in sorted(calendar.items())],
    }
