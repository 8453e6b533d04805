"""`/{db}/_changes`: what changed, once (normal), as soon as it does (longpoll), or as it goes on (continuous,
eventsource).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, request

from replica.errors import BadRequest, NotFound
from replica.selectors import compile_selector
from replica.server.feed import Feed, Selection
from replica.server.node import database, node, user
from replica.server.requests import request_object
from replica.server.routes.bulk import refuse_listing
from replica.server.sequences import read_since, wire_seq
from replica.server.served import ServedDatabase
from replica.server.watching import Watch, patience
from replica.server.wire import (
    body_object,
    dumps,
    has_already,
    json_argument,
    not_modified,
    positive,
    require_json_content_type,
    said,
    stream,
)

routes = Blueprint("changes", __name__)
Json = dict[str, Any]
LIMIT = 1_000_000_000_000_000
"""CouchDB's limit where none is given."""


@routes.route("/<seg:db>/_changes", methods=["GET", "POST"])
def changes(db: str) -> Response:
    refuse_listing(db)
    found = database(db)
    if request.method == "POST":
        require_json_content_type()
    body = body_object(default={}) if request.method == "POST" else {}
    kind = request.args.get("feed", "normal")
    if kind not in ("normal", "longpoll", "continuous", "live", "eventsource"):
        raise BadRequest("Supported `feed` types: normal, continuous, live, longpoll, eventsource")
    since = read_since(_asked_since(kind), found.store)
    limit = positive("limit")
    if limit == 0:
        limit = 1  # as CouchDB documents it
    interval = positive("seq_interval", 1)
    if not interval:
        raise BadRequest("invalid_seq_interval")
    feed = Feed(found, selection_of(found, body))
    here = node()
    if kind == "normal":
        etag = f'"{wire_seq(found.store.update_seq, found.store)}"'
        if has_already(etag):
            return not_modified(etag)
        rows = _normal(feed, since, limit, interval, descending=said("descending"))
        return stream(rows, etag=etag)
    watch = Watch(here, found, feed, patience(here, kind))
    if kind == "longpoll":
        return stream(_longpoll(feed, watch, since, limit))
    if kind == "eventsource":
        return stream(_eventsource(feed, watch, since, limit), "text/event-stream", cache="no-cache")
    return stream(_continuous(feed, watch, since, limit))


def _asked_since(kind: str) -> str | None:
    """A browser that opens its EventSource again says in a header where it was."""
    header = request.headers.get("Last-Event-ID") if kind == "eventsource" else None
    return header or request.args.get("last-event-id") or request.args.get("since")


# -- which rows --------------------------------------------------------------------------------


def selection_of(found: ServedDatabase, body: Json) -> Selection:
    style = request.args.get("style", "main_only")
    if style not in ("main_only", "all_docs"):
        raise BadRequest(f"Invalid style: {style}")
    options: Json = {
        "style": style,
        "include_docs": said("include_docs"),
        "conflicts": said("conflicts"),
        "attachments": said("attachments"),
    }
    name = request.args.get("filter", "")
    if name == "_doc_ids":
        options["doc_ids"] = _doc_ids(body)
    elif name == "_selector":
        if request.method != "POST":
            raise BadRequest("Selector must be specified in POST payload")
        selector = body.get("selector")
        if not isinstance(selector, dict):
            raise BadRequest("Selector error: expected a JSON object")
        matches = compile_selector(selector)
        options["judge"] = lambda documents: [matches(document) for document in documents]
    elif name == "_design":
        options["designs_only"] = True
    elif name == "_view":
        options["judge"] = _view_judge(found)
    elif name.startswith("_"):
        raise BadRequest("unknown builtin filter name")
    elif name:
        options["judge"] = _function_judge(found, name, body)
    return Selection(**options)


def _doc_ids(body: Json) -> list[str]:
    ids = body.get("doc_ids", json_argument("doc_ids"))
    if not isinstance(ids, list) or not all(isinstance(doc_id, str) for doc_id in ids):
        raise BadRequest("`doc_ids` filter parameter is not a list of doc ids.")
    return ids


def _parts(name: str, what: str) -> tuple[str, str]:
    design, _, function = name.partition("/")
    if not design or not function or "/" in function:
        raise BadRequest(f"`{what}` must be of the form `designname/{what}name`")
    return design, function


def _view_judge(found: ServedDatabase) -> Callable[[Sequence[Json]], list[bool]]:
    if not request.args.get("view"):
        raise BadRequest("`view` filter parameter is not provided.")
    design_name, view_name = _parts(request.args["view"], "view")
    design = found.design(design_name)
    if view_name not in design.views:
        raise NotFound(f"missing json key: {view_name}")
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


def _normal(feed: Feed, since: int, limit: int | None, interval: int, *, descending: bool) -> Iterator[bytes]:
    yield b'{"results":[\n'
    separator, reached, count = "", since, 0
    most = LIMIT if limit is None else limit
    # Backwards is from the end to the beginning, whatever `since` says.
    pages = iter([feed.backwards(0, limit)]) if descending else feed.pages(since, limit)
    for page in pages:
        reached = page.reached
        lines = []
        for row in page.rows:
            # CouchDB counts down from the limit, and tells a sequence wherever the interval divides that.
            lines.append(feed.line(row, with_seq=(most - count) % interval == 0))
            count += 1
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
            event = f'data: {feed.line(row)}\nid: "{row.seq}-{feed.tag}"\n\n'
            yield event.encode("utf-8", "surrogatepass")
