"""Replication beside PouchDB: both against the same server, on the same documents, in the same run.

The server is the one of `COUCHDB_URL`, otherwise the embedded one. Each client runs in a process of its
own, so that its peak memory is its own. `python -m bench.replication ours URL PULLED PUSHED` is our
client's side.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from bench import pouchdb
from bench.figures import Figure
from replica import Database, RemoteDatabase, replicate

ROOT = Path(__file__).parents[1]
DOCUMENTS = 10_000
PUSHED = 1_000
ROUNDS = 3
COUCHDB_RAW = 12_074
"""Documents per second of CouchDB 3.5.0's own raw feed, on a like machine: what a real centre can give."""
TURNS = 4
"""Turns of ours and of the raw stream in each round: both are short, and no machine is quiet for long."""


def documents(count: int, kind: str = "customer") -> Iterator[dict[str, Any]]:
    """Documents of about 600 bytes, as a customer's is."""
    for number in range(count):
        yield {
            "_id": f"{kind}:{number:06d}",
            "schema": 1,
            "name": f"Distribuidora Número {number} Cía. Ltda.",
            "tax_id": f"17{number:08d}001",
            "phones": [f"+5939{number:08d}", f"+5932{number:07d}"],
            "email": f"compras{number}@example.com",
            "address": "Av. de los Shyris N34-152 y Holanda, edificio Torre Blanca, piso 4, " * 2,
            "city": "Quito",
            "location": {"lat": -0.18 + number / 1e5, "lon": -78.48},
            "credit_limit": number * 100,
            "currency": "USD",
            "observations": "Atiende por la mañana; preguntar por la señora Beatriz. " * 2,
        }


def figures() -> Iterable[Figure]:
    receipts = list(documents(PUSHED, "receipt"))
    with _server() as server:
        name = f"bench-{secrets.token_hex(4)}"
        with RemoteDatabase(f"{server}/{name}") as filled:
            filled.create(q="1")
            batch: list[dict[str, Any]] = []
            for document in documents(DOCUMENTS):
                batch.append(document)
                if len(batch) == 500:
                    filled.bulk_docs(batch)
                    batch = []
        raw: list[float] = []
        ours: list[dict[str, float]] = []
        theirs: dict[str, list[dict[str, float]]] = {"default": [], "1000": []}
        # Turn by turn, so that whatever else the machine does meets all of them; each one's best counts.
        for round_ in range(ROUNDS):
            for turn in range(TURNS):
                raw.append(_raw_rate(f"{server}/{name}"))
                ours.append(_ours(server, name, f"by-us-{round_}-{turn}"))
            for size, found in theirs.items():
                pushed = f"{name}-by-pouchdb-{size}-{round_}"
                found.append(
                    pouchdb.run("pouchdb_client.cjs", server, name, pushed, size, documents=receipts)
                )
        yield from _compare(max(raw), _best(ours), {size: _best(found) for size, found in theirs.items()})


def _best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The least of each: all are times, bytes or requests."""
    return {name: min(one[name] for one in rounds) for name in rounds[0]}


def _compare(raw: float, ours: dict[str, float], theirs: dict[str, dict[str, float]]) -> Iterator[Figure]:
    best_pull = max(DOCUMENTS / one["pull"] * 1000 for one in theirs.values())
    best_push = max(PUSHED / one["push"] * 1000 for one in theirs.values())
    pull = DOCUMENTS / ours["pull"] * 1000
    push = PUSHED / ours["push"] * 1000
    noop = min(one["noop"] for one in theirs.values())
    memory = min(one["memory"] for one in theirs.values())
    yield Figure(
        name=f"first pull of {DOCUMENTS:,}, of the raw stream",
        value=pull,
        unit="docs/s",
        beside={"raw _changes": raw, "CouchDB 3.5.0 raw (published)": COUCHDB_RAW},
        target="≥ 0.7 × raw",
        met=pull >= 0.7 * raw,
    )
    yield Figure(
        name=f"first pull of {DOCUMENTS:,}, of PouchDB's best",
        value=pull,
        unit="docs/s",
        beside={f"PouchDB batch {size}": DOCUMENTS / one["pull"] * 1000 for size, one in theirs.items()},
        target="≥ 2 × PouchDB",
        met=pull >= 2 * best_pull,
    )
    yield Figure(
        name="first push of 0 changes after it, requests",
        value=ours["first_push_requests"],
        unit="requests",
        target="≤ 3",
        met=ours["first_push_requests"] <= 3,
    )
    yield Figure(
        name="first push of 0 changes after it, time",
        value=ours["first_push"],
        unit="ms",
        beside={"PouchDB": min(one["firstPush"] for one in theirs.values())},
    )
    yield Figure(
        name=f"push of {PUSHED:,}",
        value=push,
        unit="docs/s",
        beside={f"PouchDB batch {size}": PUSHED / one["push"] * 1000 for size, one in theirs.items()},
        target="≥ 2 × PouchDB",
        met=push >= 2 * best_push,
    )
    yield Figure(
        name="no-op two-way sync, requests",
        value=ours["noop_requests"],
        unit="requests",
        target="≤ 8",
        met=ours["noop_requests"] <= 8,
    )
    yield Figure(
        name="no-op two-way sync, time",
        value=ours["noop"],
        unit="ms",
        beside={"PouchDB": noop},
        target="≤ PouchDB",
        met=ours["noop"] <= noop,
    )
    yield Figure(
        name="peak memory of the client in the first pull",
        value=ours["memory"] / 1e6,
        unit="MB",
        beside={"PouchDB": memory / 1e6},
        target="≤ 1/2 of PouchDB",
        met=ours["memory"] <= memory / 2,
    )


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("COUCHDB_URL")
    if given:
        user, password = os.environ["COUCHDB_USER"], os.environ["COUCHDB_PASSWORD"]
        parts = urlsplit(given)
        yield f"{parts.scheme}://{quote(user)}:{quote(password)}@{parts.netloc}{parts.path.rstrip('/')}"
        return
    password = secrets.token_hex(8)
    folder = tempfile.mkdtemp(prefix="replication-bench-")
    process = subprocess.Popen(
        [sys.executable, "-m", "replica.server", "--port", "0", "--data", folder],
        cwd=ROOT,
        env={**os.environ, "COUCHDB_USER": "admin", "COUCHDB_PASSWORD": password},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://admin:{password}@{urlsplit(process.stdout.readline().split()[-1]).netloc}"
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        shutil.rmtree(folder)


def _raw_rate(url: str) -> float:
    """Documents per second of reading `_changes?include_docs=true` and doing nothing with it."""
    with httpx.Client(timeout=120) as client:
        began = time.perf_counter()
        with client.stream("GET", f"{url}/_changes?include_docs=true") as response:
            size = sum(len(piece) for piece in response.iter_raw())
        seconds = time.perf_counter() - began
    assert size > DOCUMENTS * 300
    return DOCUMENTS / seconds


def _ours(server: str, name: str, pushed: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.replication", "ours", server, name, f"{name}-{pushed}"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    return json.loads(done.stdout)  # type: ignore[no-any-return]


class _Counting(httpx.HTTPTransport):
    requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        return super().handle_request(request)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _peak_memory() -> int:
    """Bytes. Not getrusage: its maximum is handed down from the process that started this one."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024


def measure_ours(server: str, name: str, pushed: str) -> dict[str, float]:
    """Our client's figures, in milliseconds and bytes: pull `name`, push into a new database `pushed`."""
    folder = Path(tempfile.mkdtemp(prefix="replication-bench-"))
    transport = _Counting()
    with (
        httpx.Client(transport=transport) as client,
        Database.open(folder / "pulled.sqlite") as local,
        Database.open(folder / "pushed.sqlite") as source,
        RemoteDatabase(f"{server}/{name}", client=client) as remote,
        RemoteDatabase(f"{server}/{pushed}", client=client) as target,
    ):
        found: dict[str, float] = {"pull": _milliseconds(lambda: replicate(remote, local))}
        found["memory"] = _peak_memory()
        assert local.info().doc_count == DOCUMENTS
        before = transport.requests
        found["first_push"] = _milliseconds(lambda: replicate(local, remote))
        found["first_push_requests"] = transport.requests - before
        before = transport.requests
        found["noop"] = _milliseconds(lambda: (replicate(local, remote), replicate(remote, local)))
        found["noop_requests"] = transport.requests - before
        source.bulk_docs(list(documents(PUSHED, "receipt")))
        target.create(q="1")
        found["push"] = _milliseconds(lambda: replicate(source, target))
        assert target.info().doc_count == PUSHED
    shutil.rmtree(folder)
    return found


if __name__ == "__main__":
    assert sys.argv[1] == "ours", "usage: python -m bench.replication ours URL PULLED PUSHED"
    print(json.dumps(measure_ours(*sys.argv[2:])))
