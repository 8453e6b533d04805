"""The documents of what goes to the ERP, `posting:…` and `reversal:…`: read, brought on, never moved back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from receivables.documents import BadDocument

log = logging.getLogger("recaudo.erp")

FINAL = frozenset({"posted", "rejected", "voided"})

SETTLE_ATTEMPTS = 5


class PostingBook:
    """One company's."""

    def __init__(self, couch: Couch, company: str) -> None:
        self._couch = couch
        self._company = company

    def document(self, document_id: str) -> Json:
        """Raise BadDocument where it is missing."""
        document = self._couch.get(self._company, document_id)
        if document is None:
            raise BadDocument(f"{document_id} is missing")
        return document

    def in_states(self, *states: str, since: str = "") -> list[Json]:
        """Those in one of the states and claimed `since` then, in the order in which they were claimed."""
        found = [row["doc"] for state in states for row in self._in_state(state, since)]
        return sorted(found, key=lambda each: (each["claimed_at"], each["_id"]))

    def latest(self, state: str, most: int) -> list[Json]:
        """Those in a state that were claimed last, the last first, at most so many."""
        rows = self._couch.view(
            self._company, DDOC, "postings_by_state", reduce=False, include_docs=True, descending=True,
            start_key=[state, {}], end_key=[state], limit=most,
        )  # fmt: skip
        return [row["doc"] for row in rows]

    def settle(self, posting: Json, fields: dict[str, Any]) -> Json:
        """Write the new state over whatever revision is current, unless that already is an end."""
        current = posting
        for _ in range(SETTLE_ATTEMPTS):
            document = {**current, **fields}
            try:
                return {**document, "_rev": self._couch.put(self._company, document)}
            except Conflict:
                current = self.document(posting["_id"])
                if current["state"] in FINAL:
                    return current
        raise Conflict(f"{self._company}/{posting['_id']}", "conflict", "kept changing while it was settled")

    def raise_once(self, exception: Json) -> None:
        """One that was raised before stays as it is, open or closed."""
        try:
            self._couch.put(self._company, exception)
        except Conflict:
            log.debug("%s was raised before", exception["_id"])

    def raise_anew(self, exception: Json) -> None:
        """One that was raised before is open again, with the new detail."""
        for _ in range(SETTLE_ATTEMPTS):
            standing = self._couch.get(self._company, exception["_id"])
            try:
                self._couch.put(self._company, exception | ({"_rev": standing["_rev"]} if standing else {}))
            except Conflict:
                continue
            return

    def close(self, exceptions: Iterable[str], fields: Json) -> None:
        """Close those of these exceptions that are open."""
        for exception in exceptions:
            standing = self._couch.get(self._company, exception)
            if standing is None or standing["state"] != "open":
                continue
            try:
                self._couch.put(self._company, standing | {"state": "closed"} | fields)
            except Conflict:
                log.debug("%s was closed by somebody else", exception)

    def _in_state(self, state: str, since: str) -> list[Json]:
        return self._couch.view(
            self._company, DDOC, "postings_by_state", reduce=False, include_docs=True,
            start_key=[state, since] if since else [state], end_key=[state, {}],
        )  # fmt: skip
