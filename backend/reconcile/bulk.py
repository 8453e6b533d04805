"""Writing many documents so that a single bad one is found and set aside instead of stopping the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backend.couch.client import Couch, Json
from backend.couch.errors import BadRequest, CouchError, ServerFailure, TooLarge
from backend.reconcile.tuning import DOCUMENTS_PER_WRITE

_PASSING = frozenset({"conflict", "os_process_error", "timeout", "internal_server_error"})
"""Per-document errors that say nothing about the document: the same write may succeed later."""


class Outcome(NamedTuple):
    """Revisions by id, ids that lost a race, and refused documents with CouchDB's reason."""

    revs: dict[str, str]
    conflicts: set[str]
    refused: list[tuple[Json, str]]


def write_all(couch: Couch, db: str, documents: Sequence[Json], *, new_edits: bool = True) -> Outcome:
    """Write the documents, in order, in as few requests as possible.

    A batch that CouchDB refuses as a whole (ill-named document, too large) is halved until the guilty one
    stands alone. Raise `CouchError` where the database, not a document, is in trouble.
    """
    outcome = Outcome({}, set(), [])
    for start in range(0, len(documents), DOCUMENTS_PER_WRITE):
        _write(couch, db, documents[start : start + DOCUMENTS_PER_WRITE], new_edits, outcome)
    return outcome


def _write(couch: Couch, db: str, documents: Sequence[Json], new_edits: bool, outcome: Outcome) -> None:
    try:
        answers = couch.bulk(db, documents, new_edits=new_edits)
    except (BadRequest, TooLarge) as error:
        if len(documents) == 1:
            outcome.refused.append((documents[0], error.error or "bad_request"))
            return
    except ServerFailure:
        # one document of many may be what breaks it; alone, nothing tells it from a server in trouble
        if len(documents) == 1:
            raise
    else:
        _sort(db, documents, answers, outcome)
        return
    middle = len(documents) // 2
    _write(couch, db, documents[:middle], new_edits, outcome)
    _write(couch, db, documents[middle:], new_edits, outcome)


def _sort(db: str, documents: Sequence[Json], answers: Sequence[Json], outcome: Outcome) -> None:
    by_id = {document["_id"]: document for document in documents}
    for answer in answers:
        doc_id = answer.get("id", "")
        error = answer.get("error")
        if error is None:
            outcome.revs[doc_id] = answer["rev"]
        elif error == "conflict":
            outcome.conflicts.add(doc_id)
        elif error in _PASSING:
            raise CouchError(f"{db}/{doc_id}", error, str(answer.get("reason", "")))
        else:
            outcome.refused.append((by_id[doc_id], f"{error}: {answer.get('reason', '')}"[:500]))
