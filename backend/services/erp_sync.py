"""The ERP job of one company: what the ERP knows comes in, what was collected goes out.

Both halves open the ERP anew and can be stopped at any instant, run again, or run twice at once; docs/erp-
connectors.md tells what holds then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.couch.client import Couch
from backend.erp.port import Connector
from backend.erp.registry import open_connector
from backend.services.erp_import import ImportReport, run_import
from backend.services.erp_posting import Clock, PostingReport, run_postings


def import_from_erp(
    couch: Couch, company: str, *, folder: Path, environment: Mapping[str, str], clock: Clock
) -> list[ImportReport]:
    with _connected(folder, company, environment) as connector:
        return run_import(couch, company, connector, now=clock())


def post_to_erp(
    couch: Couch, company: str, *, folder: Path, environment: Mapping[str, str], clock: Clock
) -> PostingReport:
    with _connected(folder, company, environment) as connector:
        return run_postings(couch, company, connector, clock=clock)


@contextmanager
def _connected(folder: Path, company: str, environment: Mapping[str, str]) -> Iterator[Connector]:
    connector = open_connector(folder, company, environment=environment)
    try:
        yield connector
    finally:
        connector.close()
