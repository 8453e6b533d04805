"""One page of a view at a time, with a cursor that stays right while documents arrive."""

from __future__ import annotations

import base64
import binascii
import json
from itertools import takewhile
from typing import Any, NamedTuple

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.json_values import is_whole_text, read_json

LARGEST_PAGE = 500


class BadCursor(ValueError):
    """The text is not a cursor of this list."""


class Page(NamedTuple):
    """`next_cursor` is None on the last page."""

    rows: list[Json]
    next_cursor: str | None


def read_page(
    couch: Couch,
    db: str,
    view: str,
    *,
    start: list[Any],
    end: list[Any],
    limit: int,
    cursor: str | None,
    ddoc: str = DDOC,
    **options: Any,
) -> Page:
    """Rows with their documents between two keys, in the order asked for. Raise BadCursor.

    The cursor names the first row of the next page by key and id, so that rows added before it shift nothing.
    """
    bounds: dict[str, Any] = {"start_key": start, "end_key": end}
    if cursor is not None:
        key, doc_id = decode_cursor(cursor)
        shared = [low for low, _ in takewhile(lambda pair: pair[0] == pair[1], zip(start, end, strict=False))]
        if not isinstance(key, list) or key[: len(shared)] != shared:
            raise BadCursor("the cursor belongs to another list")
        bounds |= {"start_key": key, "start_key_doc_id": doc_id}
    rows = couch.view(db, ddoc, view, include_docs=True, reduce=False, limit=limit + 1, **bounds, **options)
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], encode_cursor(rows[limit]["key"], rows[limit]["id"]))


def encode_cursor(key: Any, doc_id: str) -> str:
    """Opaque text that names a row."""
    return base64.urlsafe_b64encode(json.dumps([key, doc_id], separators=(",", ":")).encode()).decode()


def decode_cursor(cursor: str) -> tuple[Any, str]:
    """The key and id of a row; raise BadCursor."""
    try:
        key, doc_id = read_json(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadCursor("not a cursor") from error
    if not isinstance(doc_id, str) or not is_whole_text([key, doc_id]):
        raise BadCursor("not a cursor")
    return key, doc_id
