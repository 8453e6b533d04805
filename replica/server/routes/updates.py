"""`/_db_updates`: the feed of databases that were created, updated or deleted."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request

from replica.errors import BadRequest
from replica.server.authorization import require_server_admin
from replica.server.feed import Feed, Row, Selection
from replica.server.global_changes import NAME
from replica.server.node import database, node, user
from replica.server.sequences import read_since
from replica.server.watching import Watch, patience
from replica.server.wire import dumps, flag, loads, positive, stream

routes = Blueprint("updates", __name__)


@routes.get("/_db_updates")
def updates() -> Response:
    require_server_admin(user())
    found = database(NAME)
    kind = request.args.get("feed", "normal")
    if kind not in ("normal", "longpoll", "continuous", "eventsource"):
        raise BadRequest("Supported `feed` types: normal, continuous, longpoll, eventsource")
    since, limit = read_since(request.args.get("since"), found.store), positive("limit")
    feed = Feed(found, Selection())
    if kind == "normal":
        return stream(_normal(feed, since, limit, descending=flag("descending")))
    watch = Watch(node(), found, feed, patience(node(), kind))
    if kind == "longpoll":
        return stream(_longpoll(feed, watch, since, limit))
    content_type = "text/event-stream" if kind == "eventsource" else "application/json"
    return stream(_continuous(feed, watch, since, limit, events=kind == "eventsource"), content_type)


def _entry(feed: Feed, row: Row) -> str | None:
    """`{db_name, type, seq}`; None for a design document of `_global_changes` itself."""
    kind, colon, name = str(loads("{" + row.text[1:])["id"]).partition(":")
    if not colon:
        return None
    return f'{{"db_name":{dumps(name)},"type":"{kind}","seq":"{row.seq}-{feed.tag}"}}'


def _entries(feed: Feed, rows: list[Row]) -> list[str]:
    return [text for row in rows if (text := _entry(feed, row)) is not None]


def _normal(feed: Feed, since: int, limit: int | None, *, descending: bool) -> Iterator[bytes]:
    pages = [feed.backwards(since, limit)] if descending else list(feed.pages(since, limit))
    entries = [text for page in pages for text in _entries(feed, page.rows)]
    reached = pages[-1].reached if pages else since
    yield ('{"results":[' + ",\n".join(entries) + f'],\n"last_seq":"{reached}-{feed.tag}"}}\n').encode()


def _longpoll(feed: Feed, watch: Watch, since: int, limit: int | None) -> Iterator[bytes]:
    yield b'{"results":['
    reached = since
    for page in watch.pages(since, limit):
        if page is None:
            yield b"\n"
            continue
        reached = page.reached
        entries = _entries(feed, page.rows)
        if entries:
            yield ",\n".join(entries).encode()
            break
    yield f'],\n"last_seq":"{reached}-{feed.tag}"}}\n'.encode()


def _continuous(feed: Feed, watch: Watch, since: int, limit: int | None, *, events: bool) -> Iterator[bytes]:
    reached = since
    for page in watch.pages(since, limit):
        if page is None:
            yield b"event: heartbeat\ndata: \n\n" if events else b"\n"
            continue
        reached = page.reached
        for text in _entries(feed, page.rows):
            yield f"data: {text}\n\n".encode() if events else f"{text}\n".encode()
    if not events:
        yield f'{{"last_seq":"{reached}-{feed.tag}"}}\n'.encode()
