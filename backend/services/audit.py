"""Reading the audit: by person, action, subject and day, a page at a time or all of it as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from backend.couch.client import Couch, Json
from backend.services.pages import LARGEST_PAGE, read_page
from backend.spreadsheets import csv_text, xlsx
from receivables.documents import rfc3339

FIELDS = ("at", "by", "action", "subject", "outcome", "values", "address", "agent", "device", "of")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """What is asked for; days are the company's own and both included."""

    by: str | None = None
    action: str | None = None
    subject: str | None = None
    since_on: date | None = None
    until_on: date | None = None

    def bounds(self, zone: tzinfo) -> tuple[list[str | None], list[str | None]]:
        """The last and the first key of the view, as it is read: newest first."""
        named = [self.by, self.action, self.subject]
        first = _midnight(self.since_on, zone) if self.since_on else ""
        last = _midnight(self.until_on + timedelta(days=1), zone) if self.until_on else "\ufff0"
        return [*named, last], [*named, first]


def list_audit(
    couch: Couch, db: str, query: AuditQuery, *, zone: tzinfo, limit: int, cursor: str | None
) -> Json:
    """A page of the entries, newest first. Raise BadCursor."""
    last, first = query.bounds(zone)
    page = read_page(
        couch, db, "entries", ddoc="audit", start=last, end=first, limit=limit, cursor=cursor, descending=True
    )
    return {"items": [_describe(row["doc"]) for row in page.rows], "next_cursor": page.next_cursor}


def all_entries(couch: Couch, db: str, query: AuditQuery, *, zone: tzinfo) -> Iterator[Json]:
    """Every entry, newest first, in memory one page at a time."""
    cursor: str | None = None
    while True:
        page = list_audit(couch, db, query, zone=zone, limit=LARGEST_PAGE, cursor=cursor)
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def as_json_lines(entries: Iterator[Json]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps(entry, ensure_ascii=False) + "\n"


def as_csv(entries: Iterator[Json]) -> Iterator[str]:
    """RFC 4180 with a header; no cell can be taken for a formula."""
    yield _csv_line(["id", *FIELDS])
    for entry in entries:
        yield _csv_line([csv_text(_text(entry[name])) for name in ("id", *FIELDS)])


def as_xlsx(entries: Iterator[Json]) -> Iterator[bytes]:
    """The same table as a workbook; no cell is a formula."""
    columns = ("id", *FIELDS)
    return xlsx("audit", columns, ([_text(entry[name]) for name in columns] for entry in entries))


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _describe(document: Json) -> Json:
    return {"id": document["_id"].partition(":")[2], **{name: document.get(name) for name in FIELDS}}


def _midnight(on: date, zone: tzinfo) -> str:
    return rfc3339(datetime.combine(on, time.min, zone).astimezone(UTC))
