"""Photos of the field: which there are of a fact, and the picture of one."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from paperwork.pictures import is_picture
from receivables.access import PICTURE


def photos_by_fact(couch: Couch, company: str, facts: Iterable[str]) -> dict[str, list[Json]]:
    """By fact its photos in the order in which they were taken, as `{id, subject, source, taken_at}`."""
    keys = sorted(facts)
    found: dict[str, list[Json]] = defaultdict(list)
    for row in couch.view(company, DDOC, "photos_by_fact", keys=keys) if keys else ():
        found[row["key"]].append({"id": row["id"], **row["value"]})
    return {
        fact: sorted(each, key=lambda photo: (photo["taken_at"], photo["id"])) for fact, each in found.items()
    }


def picture_of(couch: Couch, company: str, photo: str) -> bytes | None:
    """The JPEG or PNG that was attached to `photo`; None for another id, and for what is no picture."""
    content = attached_to(couch, company, photo) if photo.startswith("photo:") else None
    return content if content and is_picture(content) else None


def attached_to(couch: Couch, company: str, photo: str) -> bytes | None:
    """Whatever was attached as the picture of `photo`."""
    whole = couch.get(company, photo, attachments=True) or {}
    data = whole.get("_attachments", {}).get(PICTURE, {}).get("data")
    return base64.b64decode(data) if isinstance(data, str) else None
