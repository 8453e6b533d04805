"""`reference:<customer>`: what leads to the door, for whoever comes next: the point, words, a picture.

Merged from the proposals of positions and their photos one by one, in any order and any number of times, with
the same result: of each part the newest is kept, by (instant, fact). The picture is a miniature in the body,
so that it travels and moves with the customer like every other projection.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.couch.client import Couch, Json
from backend.reconcile.facts import fetch_leaves
from backend.reconcile.sharding import Shard
from paperwork.photographs import miniature
from receivables.access import PICTURE
from receivables.documents import SCHEMA

SIDE, MOST_BYTES = 480, 20 * 1024
"""Of the miniature: five hundred customers with one make ten megabytes on a phone."""

MOST_WORDS = 500

PARTS = ("point", "words", "photo")

_OF = "location_update:"


def reference_id(customer: str) -> str:
    return f"reference:{customer}"


def reference_parts(couch: Couch, company: str, facts: Iterable[Json], shard: Shard) -> dict[str, list[Json]]:
    """By customer what these facts, each of a customer, add: parts as `{"point": …}`.

    Reads the newest picture of each customer. Raise `CouchError`.
    """
    parts: dict[str, list[Json]] = defaultdict(list)
    photos: dict[str, Json] = {}
    for fact in facts:
        customer = str(fact["customer"])
        if not shard.owns(customer):
            continue
        if fact["_id"].startswith(_OF):
            parts[customer] += _said(fact)
        elif fact["_id"].startswith("photo:") and str(fact.get("of")).startswith(_OF):
            photos[customer] = max(photos.get(customer, fact), fact, key=_taken)
    for customer, photo in photos.items():
        if picture := _picture(couch, company, photo):
            at, ref = _taken(photo)
            parts[customer].append({"photo": {"at": at, "ref": ref, "picture": picture}})
    return parts


def merge_reference(current: Json | None, customer: str, parts: Sequence[Mapping[str, Json]]) -> Json:
    """The document with `parts` in it; unchanged where newer ones stand there."""
    merged: Json = {"_id": reference_id(customer), "schema": SCHEMA, "customer": customer}
    merged |= {name: (current or {}).get(name) for name in PARTS}
    for part in parts:
        for name, value in part.items():
            before = merged[name]
            if before is None or (before["at"], before["ref"]) < (value["at"], value["ref"]):
                merged[name] = value
    return merged


def _said(fact: Json) -> list[Json]:
    told = {"at": str(fact.get("created_at")), "ref": fact["_id"], "by": str(fact.get("collector"))}
    place, words = fact.get("place"), fact.get("reference")
    return [
        *([{"point": {**told, "place": place}}] if isinstance(place, dict) else []),
        *([{"words": {**told, "text": words[:MOST_WORDS]}}] if isinstance(words, str) and words else []),
    ]


def _taken(photo: Json) -> tuple[str, str]:
    return str(photo.get("taken_at")), str(photo["_id"])


def _picture(couch: Couch, company: str, photo: Json) -> str | None:
    """The miniature as base64; None where what is attached is no picture, or is gone."""
    for whole in fetch_leaves(couch, company, [(photo["_id"], photo["_rev"])], attachments=True):
        data: Any = whole.get("_attachments", {}).get(PICTURE, {}).get("data")
        small = miniature(base64.b64decode(data), SIDE, MOST_BYTES) if isinstance(data, str) else None
        return base64.b64encode(small).decode() if small else None
    return None
