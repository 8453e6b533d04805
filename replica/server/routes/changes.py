"""`/{db}/_changes`: what changed, once (normal), as soon as it does (longpoll), or as it goes on (continuous,
eventsource).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from replica.errors import BadRequest, NotFound
from replica.server.authentication import User
from replica.server.authorization import is_member
from replica.server.feed import Feed, Page, Selection
from replica.server.node import Node, database, node, user
from replica.server.requests import request_object
from replica.server.routes.bulk import refuse_listing
from replica.server.sequences import read_since
from replica.server.served import ServedDatabase
from replica.server.wire import body_object, dumps, flag, json_argument, positive, stream

routes = Blueprint("changes", __name__)
Json = dict[str, Any]
# A feed that nothing happens to looks this often whether its reader is still there.
WATCH_SECONDS = 5.0
DEFAULT_HEARTBEAT_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a feed waits: `heartbeat` or `timeout` seconds, and for as long as its reader may read."""

    heartbeat: float | None
    timeout: float | None
    user: User
    is_gone: Callable[[], bool]


@routes.route("/<seg:db>/_changes", methods=["GET", "POST"])
def changes(db: str) -> Response:
    refuse_listing(db)
    found = database(db)
    body = body_object(default={}) if request.method == "POST" else {}
    kind = request.args.get("feed", "normal")
    if kind not in ("normal", "longpoll", "continuous", "live", "eventsource"):
        raise BadRequest("Supported `feed` types: normal, continuous, live, longpoll, eventsource")
    asked = (
        request.headers.get("Last-Event-ID") or request.args.get("last-event-id") or request.args.get("since")
    )
    since = read_since(asked, found.store)
    limit = positive("limit")
    if limit == 0:
        limit = 1  # as CouchDB documents it
    feed = Feed(found, selection_of(found, body))
    here = node()
    if kind == "normal":
        interval = positive("seq_interval", 1) or 1
        return stream(_normal(feed, since, limit, interval, descending=flag("descending")))
    watch = Watch(here, found, feed, patience(here, kind))
    if kind == "longpoll":
        return stream(_longpoll(feed, watch, since, limit))
    if kind == "eventsource":
        return stream(_eventsource(feed, watch, since, limit), "text/event-stream")
    return stream(_continuous(feed, watch, since, limit))


def patience(here: Node, kind: str) -> Patience:
    text = request.args.get("heartbeat")
    heartbeat: int | None = None
    if text == "true" or (text is None and kind == "eventsource"):
        heartbeat = DEFAULT_HEARTBEAT_MS
    elif text not in (None, "false"):
        heartbeat = positive("heartbeat")
        if not heartbeat:
            raise BadRequest("heartbeat must be positive")
    timeout = positive("timeout", here.configuration.number("chttpd", "changes_timeout", 60_000))
    return Patience(
        heartbeat=heartbeat / 1000 if heartbeat else None,
        timeout=None if heartbeat or timeout is None else timeout / 1000,
        user=user(),
        is_gone=request.environ.get("replica.is_gone", lambda: False),
    )


# -- which rows --------------------------------------------------------------------------------


def selection_of(found: ServedDatabase, body: Json) -> Selection:
    style = request.args.get("style", "main_only")
    if style not in ("main_only", "all_docs"):
        raise BadRequest(f"Invalid style: {style}")
    options: Json = {
        "style": style,
        "include_docs": flag("include_docs"),
        "conflicts": flag("conflicts"),
        "attachments": flag("attachments"),
    }
    name = request.args.get("filter", "")
    if name == "_doc_ids":
        options["doc_ids"] = _doc_ids(body)
    elif name == "_selector":
        selector = body.get("selector")
        if not isinstance(selector, dict):
            raise BadRequest("Filter must be a JSON object")
        options["selector"] = selector
    elif name == "_design":
        options["designs_only"] = True
    elif name == "_view":
        options["judge"] = _view_judge(found)
    elif name:
        options["judge"] = _function_judge(found, name, body)
    return Selection(**options)


def _doc_ids(body: Json) -> list[str]:
    ids = body.get("doc_ids", json_argument("doc_ids"))
    if not isinstance(ids, list) or not all(isinstance(doc_id, str) for doc_id in ids):
        raise BadRequest("`doc_ids` filter parameter is not a list of doc ids.")
    return ids


def _parts(name: str, what: str) -> tuple[str, str]:
    design, slash, function = name.partition("/")
    if not slash or not function:
        raise BadRequest(f"`{what}` must be of the form `designname/{what}name`")
    return design, function


def _view_judge(found: ServedDatabase) -> Callable[[Sequence[Json]], list[bool]]:
    design_name, view_name = _parts(request.args.get("view", ""), "view")
    design = found.design(design_name)
    if view_name not in design.views:
        raise NotFound("missing_named_view")
    source = design.views[view_name]["map"]
    return lambda documents: list(
        found.scripts.call(design.map_program, "passes", source, dumps(list(documents)))
    )


def _function_judge(found: ServedDatabase, name: str, body: Json) -> Callable[[Sequence[Json]], list[bool]]:
    design_name, function = _parts(name, "filter")
    design = found.design(design_name)
    filters = design.document.get("filters")
    if not isinstance(filters, dict) or function not in filters:
        raise NotFound(f"missing json key: {function}")
    path, asked = dumps(["filters", function]), dumps(request_object(found, user(), body))
    return lambda documents: list(
        found.scripts.call(design.program, "filter", path, dumps(list(documents)), asked)
    )


# -- the four feeds ------------------------------------------------------------------------------


class Watch:
    """Waits for the next change, and knows why to stop waiting."""

    def __init__(self, here: Node, found: ServedDatabase, feed: Feed, patience: Patience) -> None:
        self._here, self._found, self._feed, self._patience = here, found, feed, patience

    def ended(self) -> bool:
        reader = self._patience.user
        return (
            self._here.closing.is_set()
            or self._found.deleted.is_set()
            or self._patience.is_gone()
            or (reader.expires_at is not None and time.time() >= reader.expires_at)
            or not is_member(reader, self._found.security)
        )

    def pages(self, since: int, limit: int | None) -> Iterator[Page | None]:
        """Pages with rows as they come; None where a heartbeat is due; ends when patience does."""
        quiet_since = beaten_at = time.monotonic()
        moves = self._found.moves
        while not self.ended():
            seen = moves.count
            page = self._feed.page(since, limit)
            since = page.reached
            if page.rows:
                yield page
                quiet_since = beaten_at = time.monotonic()
                if limit is not None:
                    limit -= len(page.rows)
                    if limit <= 0:
                        return
            if not page.complete:
                continue
            yield Page([], since, complete=True)
            while not moves.wait(seen, self._slice(quiet_since, beaten_at)):
                now = time.monotonic()
                if self.ended() or (
                    self._patience.timeout is not None and now - quiet_since >= self._patience.timeout
                ):
                    return
                if self._patience.heartbeat is not None and now - beaten_at >= self._patience.heartbeat:
                    beaten_at = now
                    yield None

    def _slice(self, quiet_since: float, beaten_at: float) -> float:
        now = time.monotonic()
        slices = [WATCH_SECONDS]
        if self._patience.timeout is not None:
            slices.append(quiet_since + self._patience.timeout - now)
        if self._patience.heartbeat is not None:
            slices.append(beaten_at + self._patience.heartbeat - now)
        if self._patience.user.expires_at is not None:
            slices.append(self._patience.user.expires_at - time.time())
        return max(min(slices), 0.0)


def _normal(feed: Feed, since: int, limit: int | None, interval: int, *, descending: bool) -> Iterator[bytes]:
    yield b'{"results":[\n'
    separator, reached, count = "", since, 0
    pages = iter([feed.backwards(since, limit)]) if descending else feed.pages(since, limit)
    for page in pages:
        reached = page.reached
        lines = []
        for row in page.rows:
            count += 1
            lines.append(feed.line(row, with_seq=interval == 1 or count % interval == 0))
        if lines:
            yield (separator + ",\n".join(lines)).encode("utf-8", "surrogatepass")
            separator = ",\n"
    pending = 0 if descending else feed.pending(reached)
    yield f'\n],\n"last_seq":"{reached}-{feed.tag}","pending":{pending}}}\n'.encode()


def _longpoll(feed: Feed, watch: Watch, since: int, limit: int | None) -> Iterator[bytes]:
    yield b'{"results":[\n'
    reached = since
    for page in watch.pages(since, limit):
        if page is None:
            yield b"\n"
            continue
        reached = page.reached
        if page.rows:
            yield ",\n".join(feed.line(row) for row in page.rows).encode("utf-8", "surrogatepass")
            break
    yield f'\n],\n"last_seq":"{reached}-{feed.tag}","pending":{feed.pending(reached)}}}\n'.encode()


def _continuous(feed: Feed, watch: Watch, since: int, limit: int | None) -> Iterator[bytes]:
    reached = since
    # Headers go out with the first bytes: a client must not wait for the first change to know that it
    # is connected.
    yield b""
    for page in watch.pages(since, limit):
        if page is None:
            yield b"\n"
            continue
        reached = page.reached
        if page.rows:
            yield "".join(feed.line(row) + "\n" for row in page.rows).encode("utf-8", "surrogatepass")
    yield f'{{"last_seq":"{reached}-{feed.tag}","pending":{feed.pending(reached)}}}\n'.encode()


def _eventsource(feed: Feed, watch: Watch, since: int, limit: int | None) -> Iterator[bytes]:
    for page in watch.pages(since, limit):
        if page is None:
            yield b"event: heartbeat\ndata: \n\n"
            continue
        for row in page.rows:
            yield f"data: {feed.line(row)}\nid: {row.seq}-{feed.tag}\n\n".encode("utf-8", "surrogatepass")
