"""The ERP job of one company: what the ERP knows comes in, what was collected goes out, both are compared.

Each opens the ERP anew and can be stopped at any instant, run again, or run twice at once; docs/erp-
connectors.md tells what holds then. An ERP that does not answer for a while is told to the supervisor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.couch.client import Couch, Json
from backend.couch.views import build_views
from backend.erp.port import Connector, ErpError
from backend.erp.registry import open_connector
from backend.services import erp_health
from backend.services.erp_comparison import run_comparison
from backend.services.erp_import import ImportReport, run_import
from backend.services.erp_posting import PostingReport, run_postings
from backend.services.posting_queue import Clock

MANY_DOCUMENTS = 1_000
"""What is written in one import and makes the next question to a view a slow one."""


def import_from_erp(
    couch: Couch, company: str, *, folder: Path, environment: Mapping[str, str], clock: Clock
) -> list[ImportReport]:
    with (
        _health(couch, company, "in", clock),
        _connected(folder, company, environment) as connector,
    ):
        reports = run_import(couch, company, connector, now=clock())
        erp_health.answered(couch, company, "in", now=clock())
        if sum(report.written for report in reports) >= MANY_DOCUMENTS:
            build_views(couch, company)
        return reports


def post_to_erp(
    couch: Couch, company: str, *, folder: Path, environment: Mapping[str, str], clock: Clock
) -> PostingReport:
    with (
        _health(couch, company, "out", clock),
        _connected(folder, company, environment) as connector,
    ):
        report = run_postings(couch, company, connector, clock=clock)
        if report.postponed:
            erp_health.alert_if_long(couch, company, "out", now=clock())
        else:
            erp_health.answered(couch, company, "out", now=clock())
        return report


def compare_with_erp(
    couch: Couch, company: str, *, on: str, folder: Path, environment: Mapping[str, str], clock: Clock
) -> Json:
    with _connected(folder, company, environment) as connector:
        return run_comparison(couch, company, connector, on=on, clock=clock)


@contextmanager
def _health(couch: Couch, company: str, direction: str, clock: Clock) -> Iterator[None]:
    try:
        yield
    except ErpError as error:
        erp_health.failed(couch, company, direction, str(error), now=clock())
        raise


@contextmanager
def _connected(folder: Path, company: str, environment: Mapping[str, str]) -> Iterator[Connector]:
    connector = open_connector(folder, company, environment=environment)
    try:
        yield connector
    finally:
        connector.close()
