"""A phone that holds too much opens slowly: the office is told before it hurts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from backend.couch.client import Couch, Json
from backend.reconcile.detection.detector import Finding
from backend.reconcile.facts import park
from backend.reconcile.parking import found
from receivables.assignments import DOCUMENTS_MANY, DOCUMENTS_TOO_MANY
from receivables.identifiers import collector_database

KIND = "documents_many"


class Fullness:
    """What one process has told already; what stands centrally, open or closed, is not raised again."""

    def __init__(self, couch: Couch, company: str) -> None:
        self._couch = couch
        self._company = company
        self._told: set[str] = set()

    def look(self, infos: Mapping[str, Json | None], now: datetime) -> None:
        """Raise an exception, at most one a month, for each collector whose database has too many documents.

        `infos` are those of `_dbs_info` by collector: nothing more is read. Raise `CouchError`.
        """
        exceptions = []
        for collector, info in infos.items():
            documents = int((info or {}).get("doc_count", 0))
            key = f"{collector}-{now:%Y-%m}"
            if documents < DOCUMENTS_MANY or key in self._told:
                continue
            finding = Finding(
                key=key,
                fact={"_id": collector_database(self._company, collector), "collector": collector},
                detail=f"{documents} documents on the phone: {DOCUMENTS_MANY} are many, "
                f"beyond {DOCUMENTS_TOO_MANY} no customer is added",
                evidence={"documents": documents, "many": DOCUMENTS_MANY, "too_many": DOCUMENTS_TOO_MANY},
            )
            exceptions.append(found(KIND, finding, now))
            self._told.add(key)
        park(self._couch, self._company, exceptions)
