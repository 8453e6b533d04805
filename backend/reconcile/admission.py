"""Whether a fact may enter the central database: judged again, by where it was found.

The collector's database has judged the writer's token already. A server account, a restored backup or a hole
in a design document get past that; whoever wrote it, a fact enters only as what its id, its body, its
database and the owner of its series say together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.couch.client import Json
from backend.reconcile.placement import generation
from receivables.access import SERVER_ROLE, may_write
from receivables.fact_shapes import FACTS
from receivables.identifiers import BadIdentifier, collector_database, parse_receipt_id

UNISSUED = "series_unissued: series"
"""Nobody was given the series: what says to whom is missing, as after restoring an older central backup."""


LARGEST_PICTURE = 16 * 1024 * 1024
"""Bytes; the phone's own are below one megabyte, and a picture is read whole to be copied."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The database where a fact was found, and to whom each receipt series was issued."""

    company: str
    collector: str
    series_owners: Mapping[str, str]


def fault_of(document: Json, origin: Origin) -> str | None:
    """Why the fact may not enter, as `code: field`, or None where it may; pictures are there as stubs.

    An impossible time is no fault: time never refuses money.
    """
    if document["_id"].partition(":")[0] not in FACTS:
        return "server_only: _id"
    if generation(str(document["_rev"])) != 1:
        return "fact_deleted: _id" if document.get("_deleted") else "fact_immutable: _rev"
    database = collector_database(origin.company, origin.collector)
    # the role of the writer was judged on arrival; the token is not here any more
    fault = may_write(document, None, database=database, roles=[SERVER_ROLE])
    if fault is not None:
        return f"{fault.code}: {fault.field}"
    if any(
        picture.get("length", 0) > LARGEST_PICTURE for picture in document.get("_attachments", {}).values()
    ):
        return "picture_too_large: _attachments"
    series = series_of(document)
    if series is None or origin.series_owners.get(series) == origin.collector:
        return None
    return "foreign_series: series" if series in origin.series_owners else UNISSUED


def series_of(document: Json) -> str | None:
    """The series of the receipt that the fact is or that it voids; None for other facts."""
    receipt = document.get("receipt") if document["_id"].startswith("receipt_void:") else document["_id"]
    try:
        return parse_receipt_id(str(receipt)).series
    except BadIdentifier:
        return None
