"""Brings the views of a database up to date, for whoever asks next.

CouchDB builds a view when it is asked, so after a large import a person at a screen would wait for it, and
be turned away when it takes longer than a question may.
"""

from __future__ import annotations

import logging

from backend.couch.documents import DESIGN_PREFIX, Documents
from backend.couch.errors import CouchError

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3600.0  # an index of millions of documents; whoever waits here is a job, not a person


def build_views(couch: Documents, db: str) -> None:
    """Wait until every view of `db` knows what is in it. A failure is logged: it only costs time later."""
    designs = couch.all_docs(db, start_key=DESIGN_PREFIX, end_key=f"{DESIGN_PREFIX}\ufff0", include_docs=True)
    for design in (row["doc"] for row in designs):
        name = design["_id"].removeprefix(DESIGN_PREFIX)
        view = next(iter(design.get("views", {})), None)  # all of a design document stand in one index
        if view is None or design.get("language") == "query":
            continue
        try:
            couch.view(db, name, view, limit=0, wait_seconds=PATIENCE_SECONDS)
        except CouchError as error:
            log.warning("the views of %s/%s are not built: %s", db, name, error)
