"""Runs the table over the facts of a batch: one read for all detectors, one write for all findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.reconcile import parking
from backend.reconcile.bulk import write_all
from backend.reconcile.detection.detector import Detector, Finding, Resolved, Scene
from backend.reconcile.detection.table import DETECTORS
from backend.reconcile.facts import park
from backend.zones import ZoneIndex
from receivables.documents import rfc3339
from receivables.identifiers import is_collector_code

log = logging.getLogger("recaudo.reconcile")

_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)


def concerned(facts: Iterable[Json]) -> list[Json]:
    """The facts that people wrote; what the server writes itself is not looked at."""
    return [fact for fact in facts if is_collector_code(str(fact.get("collector")))]


def wanted(facts: Sequence[Json], detectors: Sequence[Detector] = DETECTORS) -> set[str]:
    """Ids of central documents that the detectors want to see beside these facts."""
    ids: set[str] = set()
    for detector in detectors:
        for fact in _of(detector, facts):
            try:
                ids.update(detector.reads(fact))
            except _MALFORMED:
                continue  # `detect` will meet the same fault, and tell
    return {doc_id for doc_id in ids if is_writable(doc_id)}


def detect(
    couch: Couch,
    company: str,
    facts: Sequence[Json],
    known: Mapping[str, Json],
    *,
    zones: Callable[[], ZoneIndex],
    now: datetime,
    detectors: Sequence[Detector] = DETECTORS,
) -> int:
    """Raise an exception for each finding; return how many findings there were. Raise `CouchError`."""
    scene = Scene(now=now, known=known, view=partial(_view, couch, company), zones=zones)
    exceptions: dict[str, Json] = {}
    resolved: dict[str, str] = {}
    for detector in detectors:
        looked_at = _of(detector, facts)
        if not looked_at:
            continue
        found, spoiled = _look(detector, looked_at, scene)
        for fact, why in spoiled:
            document = parking.poisoned(fact, f"{detector.name}: {why}", collector=None, now=now)
            exceptions[document["_id"]] = document
        for each in found:
            if isinstance(each, Resolved):
                resolved[parking.exception_id(detector.name, each.key)] = each.comment
            else:
                document = parking.found(detector.name, each, now)
                exceptions[document["_id"]] = document
    park(couch, company, [document for doc_id, document in exceptions.items() if doc_id not in known])
    _close(couch, company, resolved, now)
    return len(exceptions)


def _of(detector: Detector, facts: Sequence[Json]) -> list[Json]:
    return [fact for fact in facts if fact["_id"].partition(":")[0] in detector.concerns]


def _look(
    detector: Detector, facts: Sequence[Json], scene: Scene
) -> tuple[list[Finding | Resolved], list[tuple[Json, str]]]:
    """Findings, and the facts that the detector stumbled over, each with what happened.

    One malformed document beside one fact must not hide what is wrong with the others.
    """
    try:
        return list(detector.detect(facts, scene)), []
    except _MALFORMED as error:
        log.warning("detector stumbled", extra={"detector": detector.name, "error": repr(error)})
        if len(facts) == 1:
            return [], [(facts[0], type(error).__name__)]
    found: list[Finding | Resolved] = []
    spoiled: list[tuple[Json, str]] = []
    for fact in facts:
        alone, faulty = _look(detector, [fact], scene)
        found += alone
        spoiled += faulty
    return found, spoiled


def _view(couch: Couch, company: str, name: str, keys: Sequence[object]) -> list[Json]:
    return couch.view(company, DDOC, name, keys=list(keys)) if keys else []


def _close(couch: Couch, company: str, resolved: Mapping[str, str], now: datetime) -> None:
    """Close what is still open; where a person is closing it in the same instant, theirs is the word."""
    standing = couch.get_many(company, sorted(resolved)) if resolved else {}
    write_all(
        couch,
        company,
        [
            document
            | {"state": "closed", "closed_at": rfc3339(now), "closed_by": None, "comment": resolved[doc_id]}
            for doc_id, document in standing.items()
            if document.get("state") == "open"
        ],
    )


def is_writable(doc_id: str) -> bool:
    """Half a surrogate pair could stand in no id, and would spoil the request for all others."""
    try:
        doc_id.encode()
    except UnicodeEncodeError:
        return False
    return True
