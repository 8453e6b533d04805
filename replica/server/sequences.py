"""Sequences on the wire: `<number>-<incarnation>`, as opaque to clients as CouchDB's.

A sequence of a database that was deleted and made again under the same name is not taken for one of the new
database: the feed then starts from the beginning, as CouchDB's does.
"""

from __future__ import annotations

from typing import Any

from replica.database import Database
from replica.errors import BadRequest

TAG = 8


def tag_of(store: Database) -> str:
    return store.uuid[:TAG]


def wire_seq(seq: int, store: Database) -> str:
    return f"{seq}-{tag_of(store)}"


def read_since(value: Any, store: Database) -> int:
    """The number behind a `since`. Raise `BadRequest` for what never was a sequence."""
    if value in (None, "", 0, "0"):
        return 0
    if value == "now":
        return store.update_seq
    text = str(value).strip('"')
    number, dash, tag = text.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        raise BadRequest("Malformed sequence supplied in 'since' parameter.")
    if dash and tag != tag_of(store):
        return 0
    return int(number)
