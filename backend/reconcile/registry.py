"""Which companies and which collectors' databases there are: the databases themselves say so."""

from __future__ import annotations

import json

from backend.couch.client import Couch
from receivables.identifiers import is_code, parse_collector_database


def companies(couch: Couch) -> list[str]:
    """Codes of the companies: databases named by a code that hold their own `company` document."""
    return [name for name in couch.all_dbs() if is_code(name) and couch.get(name, f"company:{name}")]


def collectors_of(couch: Couch, company: str) -> list[str]:
    """Codes of the collectors who have a database, in order. One request."""
    prefix = f"{company}-c-"
    between = {"start_key": json.dumps(prefix), "end_key": json.dumps(prefix + "\ufff0")}
    names: list[str] = couch.request("GET", "/_all_dbs", params=between, idempotent=True)
    return [
        parsed[1] for name in names if (parsed := parse_collector_database(name)) and parsed[0] == company
    ]
