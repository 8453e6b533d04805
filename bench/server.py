"""The embedded server over HTTP, beside the CouchDB of COUCHDB_URL in the same run, or its published figures.

    python -m bench.server            # the figures
    python -m bench.server --load     # … and 200 phones that push one receipt a second for a minute

One client, one connection, documents of about 600 bytes. The figures that CouchDB 3.5.0 gave on a 2-core
Debian 12 machine stand in where there is no CouchDB to ask.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from bench.figures import Figure, table
from bench.store import invoice
from tests.support.couch import start_couch

DOCUMENTS = 10_000
INDEXED = 100_000
BATCH = 500
PUTS = 1_000
QUERIES = 200
PUBLISHED = {"bulk": 6_966.0, "changes": 12_074.0, "put": 3.27}
"""CouchDB 3.5.0, one run: documents/s, documents/s, milliseconds at p50."""

VIEW = {
    "map": "function (doc) { if (doc.customer) { emit([doc.customer, doc.due_on], doc.balance); } }",
    "reduce": "_sum",
}


class Client:
    """One connection, and nothing else between the clock and the server."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {pair}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def __call__(self, method: str, path: str, body: Any = None) -> bytes:
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        self._connection.request(method, path, content, self._headers)
        answer = self._connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:200]!r}")
        return data

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`bulk` and `changes` in documents/s, `index` in documents/s, `put` and `query` in milliseconds at
    p50.
    """

    bulk: float
    changes: float
    put: float
    put_p99: float
    index: float
    query: float
    grouped: float


def measure(call: Client) -> Measured:
    name = f"/bench{secrets.token_hex(4)}"
    call("PUT", f"{name}?q=1")
    try:
        batches = [
            json.dumps({"docs": [invoice(n) for n in range(first, first + BATCH)]}).encode()
            for first in range(0, DOCUMENTS, BATCH)
        ]
        bulk = _per_second(
            DOCUMENTS, lambda: [call("POST", f"{name}/_bulk_docs", batch) for batch in batches]
        )
        changes = max(
            _per_second(DOCUMENTS, lambda: call("GET", f"{name}/_changes?include_docs=true"))
            for _ in range(3)
        )
        bodies = [json.dumps({**invoice(n), "_id": f"put:{n}"}).encode() for n in range(PUTS)]
        puts = [_milliseconds(lambda n=n: call("PUT", f"{name}/put:{n}", bodies[n])) for n in range(PUTS)]
        for first in range(DOCUMENTS, INDEXED, BATCH):
            call("POST", f"{name}/_bulk_docs", {"docs": [invoice(n) for n in range(first, first + BATCH)]})
        call("PUT", f"{name}/_design/bench", {"views": {"by_customer": VIEW}})
        view = f"{name}/_design/bench/_view/by_customer"
        index = _per_second(INDEXED + PUTS, lambda: call("GET", view))
        key = f"{view}?reduce=false&startkey=%5B%22C00100%22%5D&endkey=%5B%22C00100%22,%7B%7D%5D"
        query = statistics.median(_milliseconds(lambda: call("GET", key)) for _ in range(QUERIES))
        group = f"{view}?group_level=1&limit=20"
        grouped = statistics.median(_milliseconds(lambda: call("GET", group)) for _ in range(QUERIES))
    finally:
        call("DELETE", name)
    return Measured(
        bulk=bulk,
        changes=changes,
        put=statistics.median(puts),
        put_p99=statistics.quantiles(puts, n=100)[98],
        index=index,
        query=query,
        grouped=grouped,
    )


def _per_second(count: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def figures() -> Iterator[Figure]:
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(TemporaryDirectory()))
        couch = open_things.enter_context(start_couch(folder / "couch"))
        client = Client(couch.url, couch.user, couch.password)
        open_things.callback(client.close)
        ours = measure(client)
        theirs = _couchdb()
    name = "CouchDB" if theirs is not None else "CouchDB 3.5.0 (published)"
    bulk = theirs.bulk if theirs else PUBLISHED["bulk"]
    changes = theirs.changes if theirs else PUBLISHED["changes"]
    put = theirs.put if theirs else PUBLISHED["put"]
    yield Figure(
        name="_bulk_docs, 10,000 documents in batches of 500",
        value=ours.bulk,
        unit="docs/s",
        beside={name: bulk},
        target="≥ 1.5 × CouchDB",
        met=ours.bulk >= 1.5 * bulk,
    )
    yield Figure(
        name="_changes?include_docs=true of 10,000",
        value=ours.changes,
        unit="docs/s",
        beside={name: changes},
        target="≥ 3 × CouchDB",
        met=ours.changes >= 3 * changes,
    )
    yield Figure(
        name="1,000 single PUTs over one connection, p50",
        value=ours.put,
        unit="ms",
        beside={name: put, "our p99": ours.put_p99},
        target="≤ 1/2 of CouchDB",
        met=ours.put <= put / 2,
    )
    yield Figure(
        name="map/reduce index over 100,000 documents",
        value=ours.index,
        unit="docs/s",
        beside={name: theirs.index} if theirs else {},
        target="no slower than CouchDB",
        met=ours.index >= theirs.index if theirs else None,
    )
    yield Figure(
        name="rows of one key of a built view, p50",
        value=ours.query,
        unit="ms",
        beside={name: theirs.query} if theirs else {},
        target="≤ CouchDB",
        met=ours.query <= theirs.query if theirs else None,
    )
    yield Figure(
        name="twenty groups of a built view, p50",
        value=ours.grouped,
        unit="ms",
        beside={name: theirs.grouped} if theirs else {},
        target="≤ CouchDB",
        met=ours.grouped <= theirs.grouped if theirs else None,
    )


def _couchdb() -> Measured | None:
    url = os.environ.get("COUCHDB_URL")
    if not url:
        return None
    client = Client(url, os.environ.get("COUCHDB_USER", "admin"), os.environ.get("COUCHDB_PASSWORD", ""))
    try:
        return measure(client)
    finally:
        client.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__)
    parser.add_argument("--load", action="store_true", help="also 200 phones for a minute")
    found = list(figures())
    if parser.parse_args().load:
        from bench.server_load import figures as load_figures

        found += load_figures()
    print(table(found))


if __name__ == "__main__":
    main()
