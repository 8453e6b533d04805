"""Photos: evidence of a fact, taken while it is written and recorded together with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from receivables.documents import Author, Json, rfc3339
from receivables.identifiers import fact_id
from receivables.validation import Problem

MOST_PHOTOS = 6
"""Of one visit, position or deposit: about a megabyte on the way."""

MOST_OF_A_CHEQUE = 2
"""Its two sides."""


class Subject(StrEnum):
    """What a photo of the app shows; papers and screens have words for these."""

    VISIT = "visit"
    REFERENCE = "reference"  # the customer's door, for whoever comes next
    SLIP = "slip"  # the bank's, of a deposit
    CHEQUE = "cheque"  # of a receipt; its payment line names the photo


class Source(StrEnum):
    """Where a picture came from: only the camera's shows the instant that is stamped on it."""

    CAMERA = "camera"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A photo before its fact is written. `bytes` and `sha256` are of the stamped picture."""

    ulid: str
    source: Source
    taken_at: datetime
    place: Mapping[str, Any] | None
    bytes: int
    sha256: str


def one_more(taken: Iterable[Taken], most: int = MOST_PHOTOS) -> Problem | None:
    """Why there can't be another photo beside those, or None where there can."""
    return Problem("photos_too_many", "photo", {"most": most}) if len([*taken]) >= most else None


def photo_references(taken: Iterable[Taken], collector: str) -> list[Json]:
    """`{id, sha256}` of each photo as a fact names it that is written together with them."""
    return [{"id": fact_id("photo", collector, each.ulid), "sha256": each.sha256} for each in taken]


def photo_facts(
    of: Mapping[str, Any], taken: Iterable[Taken], subject: Subject, author: Author
) -> list[Json]:
    """The `photo` facts of the fact `of`, each under the ULID that it was taken with, without its picture."""
    return [
        replace(author, ulid=each.ulid).fact(
            "photo",
            {
                "customer": of.get("customer"),
                "of": of["_id"],
                "subject": subject.value,
                "source": each.source.value,
                "taken_at": rfc3339(each.taken_at),
                "place": None if each.place is None else dict(each.place),
                "bytes": each.bytes,
                "sha256": each.sha256,
            },
        )
        for each in taken
    ]
