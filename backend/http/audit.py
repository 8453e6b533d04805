"""The audit, for those who answer for the office."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.couch.client import Json
from backend.http.guard import CompanyClock
from backend.http.inputs import Inputs
from backend.services.audit import (
    AuditQuery,
    all_entries,
    as_csv,
    as_json_lines,
    as_xlsx,
    list_audit,
)
from backend.spreadsheets import CONTENT_TYPE

FORMATS: Mapping[str, tuple[Callable[[Iterator[Json]], Iterable[str] | Iterable[bytes]], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "jsonl": (as_json_lines, "application/jsonl"),
    "xlsx": (as_xlsx, CONTENT_TYPE),
}
LONGEST = 200


def audit_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("audit", __name__, url_prefix="/companies/<company>")

    @routes.get("/audit")
    def audit(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        query, limit = _query(inputs), inputs.limit()
        inputs.check()
        cursor = request.args.get("cursor")
        return list_audit(services.couch, company, query, zone=clock.zone, limit=limit, cursor=cursor)

    @routes.get("/audit/export")
    def export(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        query, form = _query(inputs), inputs.choice("format", tuple(FORMATS), "csv") or "csv"
        inputs.check()
        write, content_type = FORMATS[form]
        parts = write(all_entries(services.couch, company, query, zone=clock.zone))
        name = f"auditoria-{company}-{clock.today.isoformat()}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(parts, content_type=content_type, headers=headers)

    return routes


def _query(inputs: Inputs) -> AuditQuery:
    def text(field: str) -> str | None:
        return inputs.text(field, longest=LONGEST, required=False) or None

    return AuditQuery(
        by=text("by"),
        action=text("action"),
        subject=text("subject"),
        since_on=inputs.day("from", None),
        until_on=inputs.day("to", None),
    )
