"""The local store beside a bare `sqlite3` loop that writes the same bytes just as durably.

    python -m bench.store            # the figures, with the cost at 10,000 and at 1,000,000 documents
    python -m bench.store --small    # … and at 100,000 instead (seconds)

Runs alternate between the store and the bare loop, so that whatever else the machine does meets both; each
figure is the median of its rounds. The bare loop makes the same bytes from the same documents; `ready_made`
is the floor below it, where even those are made beforehand.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import pouchdb
from bench.figures import Figure, Lacking
from replica import Database, replicate

Json = dict[str, Any]

BATCH = 500
DOCUMENTS = 10_000
ROUNDS = 5
PUTS = 300
READS = 5_000
GROWTH_TURNS = 150
ALL = 11_000

BARE_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000", "cache_size = -8192")
BARE_TABLE = (
    "CREATE TABLE documents (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev TEXT, body TEXT) STRICT"
)
BARE_INSERT = "INSERT INTO documents (id, rev, body) VALUES (?, ?, ?)"
BARE_GET = "SELECT body FROM documents WHERE id = ?"
A_REVISION = "1-" + "0123456789abcdef" * 2


def invoice(number: int) -> Json:
    """Return a document of about 600 bytes, as those of the published figures."""
    return {
        "_id": f"invoice:001-001-{number:09d}",
        "schema": 1,
        "number": f"001-001-{number:09d}",
        "customer": f"C{number % 4000:05d}",
        "issued_on": "2026-08-01",
        "due_on": "2026-09-01",
        "total": 100_00 + number,
        "balance": 60_00 + number,
        "currency": "USD",
        "state": "open",
        "reflects": [f"receipt:R0001:{number % 90:08d}"],
        "lines": [
            {"code": f"P{line:04d}", "text": "Tornillo hexagonal galvanizado", "amount": 12_50}
            for line in range(4)
        ],
        "source_rev": A_REVISION,
    }


@contextmanager
def bare_file(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in BARE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(BARE_TABLE)
        yield connection


def bare_rows(documents: list[Json]) -> list[tuple[str, str, str]]:
    """Return what the bare loop writes: the same ids, revisions and bodies, ready-made."""
    return [
        (
            document["_id"],
            A_REVISION,
            json.dumps(
                {name: value for name, value in document.items() if name != "_id"}, separators=(",", ":")
            ),
        )
        for document in documents
    ]


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bulk_rates(folder: Path) -> dict[str, float]:
    """Return documents per second, by way of writing."""
    documents = [invoice(number) for number in range(DOCUMENTS)]
    received = [{**document, "_rev": A_REVISION} for document in documents]
    ready_made = bare_rows(documents)

    def bare(path: Path, rows: Callable[[int], list[tuple[str, str, str]]]) -> float:
        def write(connection: sqlite3.Connection) -> None:
            for start in range(0, DOCUMENTS, BATCH):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(BARE_INSERT, rows(start))
                connection.execute("COMMIT")

        with bare_file(path) as connection:
            return timed(lambda: write(connection))

    def ours(path: Path, given: list[Json], *, new_edits: bool) -> float:
        def write(database: Database) -> None:
            for start in range(0, DOCUMENTS, BATCH):
                database.bulk_docs(given[start : start + BATCH], new_edits=new_edits)

        with Database.open(path) as database:
            return timed(lambda: write(database))

    ways: dict[str, Callable[[Path], float]] = {
        "bulk_edits": lambda path: ours(path, documents, new_edits=True),
        "bulk_bare": lambda path: bare(path, lambda start: bare_rows(documents[start : start + BATCH])),
        "bulk_replicated": lambda path: ours(path, received, new_edits=False),
        "bulk_ready_made": lambda path: bare(path, lambda start: ready_made[start : start + BATCH]),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(ROUNDS):
        for way, write in ways.items():
            times[way].append(write(folder / f"{way}-{number}"))
    return {way: DOCUMENTS / statistics.median(times[way]) for way in ways}


def put_times(folder: Path) -> tuple[float, float]:
    """Return the median seconds of one durable write: the store's, and the bare loop's."""
    ours, bare = [], []
    rows = bare_rows([invoice(number) for number in range(PUTS)])
    with Database.open(folder / "put") as database, bare_file(folder / "put-bare") as connection:

        def insert(row: tuple[str, str, str]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(BARE_INSERT, row)
            connection.execute("COMMIT")

        for number, row in enumerate(rows):
            document = invoice(number)
            ours.append(timed(lambda document=document: database.put(document)))
            bare.append(timed(lambda row=row: insert(row)))
    return statistics.median(ours), statistics.median(bare)


def read_times(folder: Path) -> tuple[float, float, float]:
    """Return the median seconds of a get, of the bare loop's, and of reading all of 11,000 documents.

    The bare get is one SELECT of the same body and one `json.loads`: what Python needs at least.
    """
    with Database.open(folder / "read") as database, bare_file(folder / "read-bare") as connection:
        fill(database, ALL)
        connection.executemany(BARE_INSERT, bare_rows([invoice(number) for number in range(ALL)]))
        ids = [invoice(number * 7919 % ALL)["_id"] for number in range(READS)]
        gets, bare = [], []
        for document_id in ids:
            gets.append(timed(lambda document_id=document_id: database.get(document_id)))
            bare.append(
                timed(lambda one=document_id: json.loads(connection.execute(BARE_GET, (one,)).fetchone()[0]))
            )
        everything = [timed(lambda: database.all_docs(include_docs=True)) for _ in range(ROUNDS)]
    return statistics.median(gets), statistics.median(bare), statistics.median(everything)


def fill(database: Database, upto: int, since: int = 0) -> None:
    for start in range(since, upto, 5_000):
        batch = [{**invoice(number), "_rev": A_REVISION} for number in range(start, min(start + 5_000, upto))]
        database.bulk_docs(batch, new_edits=False, origin="bench")


def growth(folder: Path, sizes: list[int]) -> list[Json]:
    """Return the median cost of a put, a get and a no-op two-way sync, at each size of the database.

    The databases take turns, so that whatever else the machine does meets all of them. A sync is with a copy
    of the database in this process: over HTTP the network's share would be the same at every size.
    """
    with ExitStack() as open_files:
        pairs = [_pair(folder / str(size), size, open_files) for size in sizes]
        gets: list[list[float]] = [[] for _ in sizes]
        puts: list[list[float]] = [[] for _ in sizes]
        syncs: list[list[float]] = [[] for _ in sizes]
        for turn in range(GROWTH_TURNS):
            for at, (size, (here, there)) in enumerate(zip(sizes, pairs, strict=True)):
                # A no-op sync writes nothing, so that the put before it is what it has to look past.
                for number in range(5):
                    name = invoice((turn * 5 + number) * 7919 % size)["_id"]
                    gets[at].append(timed(lambda here=here, name=name: here.get(name)))
                put = {**invoice(0), "_id": f"put:{turn}"}
                puts[at].append(timed(lambda here=here, put=put: here.put(put)))
                _sync(here, there)
                syncs[at].append(timed(lambda here=here, there=there: _sync(here, there)))
        return [
            {
                "documents": size,
                "put_us": round(statistics.median(puts[at]) * 1e6, 1),
                "get_us": round(statistics.median(gets[at]) * 1e6, 1),
                "sync_us": round(statistics.median(syncs[at]) * 1e6, 1),
            }
            for at, size in enumerate(sizes)
        ]


def _pair(folder: Path, size: int, open_files: ExitStack) -> tuple[Database, Database]:
    """Return two databases of `size` documents that know of each other that they are equal."""
    folder.mkdir()
    with Database.open(folder / "here") as database:
        fill(database, size)
    shutil.copy(folder / "here", folder / "there")
    here, there = (open_files.enter_context(Database.open(folder / name)) for name in ("here", "there"))
    there.put_setting("uuid", f"another {size}")
    there.uuid = f"another {size}"
    _sync(here, there)
    return here, there


def _sync(here: Database, there: Database) -> None:
    assert replicate(here, there).ok
    assert replicate(there, here).ok


def compaction_waits(folder: Path) -> tuple[float, float]:
    """Return the median and the longest seconds that a write took while compaction ran."""
    import threading

    with Database.open(folder / "compaction") as database:
        fill(database, ALL)
        rows = database.all_docs(include_docs=True)["rows"]
        for start in range(0, len(rows), BATCH):
            database.bulk_docs([{**row["doc"], "balance": 0} for row in rows[start : start + BATCH]])
        compacting = threading.Thread(target=database.compact)
        compacting.start()
        waits: list[float] = []
        while compacting.is_alive():
            waits.append(timed(lambda: database.put({"_id": f"put:{len(waits)}"})))
            time.sleep(0.005)
        compacting.join()
    return statistics.median(waits), max(waits)


def measure(*, large: bool) -> Json:
    """Run everything once. Rates are documents per second, times as their names say."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        bulk = bulk_rates(folder)
        put, bare_put = put_times(folder)
        get, bare_get, everything = read_times(folder)
        median_wait, longest_wait = compaction_waits(folder)
        sizes = [10_000, 1_000_000 if large else 100_000]
        return {
            **{f"{way}_per_s": round(rate) for way, rate in bulk.items()},
            "bulk_edits_ratio": round(bulk["bulk_edits"] / bulk["bulk_bare"], 2),
            "bulk_replicated_ratio": round(bulk["bulk_replicated"] / bulk["bulk_bare"], 2),
            "put_p50_ms": round(put * 1e3, 3),
            "put_bare_p50_ms": round(bare_put * 1e3, 3),
            "put_ratio": round(put / bare_put, 2),
            "get_p50_us": round(get * 1e6, 1),
            "get_bare_p50_us": round(bare_get * 1e6, 1),
            "all_11000_ms": round(everything * 1e3, 1),
            "write_while_compacting_p50_ms": round(median_wait * 1e3, 2),
            "write_while_compacting_max_ms": round(longest_wait * 1e3, 2),
            "growth": growth(folder, sizes),
        }


def figures() -> Iterator[Figure]:
    """The store beside the bare loop and, where it is installed, PouchDB."""
    ours = measure(large=True)
    try:
        theirs = pouchdb.run(
            "pouchdb_store.cjs", str(BATCH), documents=[invoice(number) for number in range(ALL)]
        )
    except Lacking as lack:
        print(f"store: {lack}")
        theirs = {}

    def beside(name: str, scale: float = 1) -> dict[str, float]:
        return {"PouchDB (no fsync)": theirs[name] * scale} if theirs else {}

    yield Figure(
        name=f"bulk write, batches of {BATCH}, durable",
        value=ours["bulk_edits_per_s"],
        unit="docs/s",
        beside={"bare sqlite3": ours["bulk_bare_per_s"], **beside("bulk")},
        target="≥ 0.6 × bare",
        met=ours["bulk_edits_ratio"] >= 0.6,
    )
    yield Figure(
        name="put p50, durable",
        value=ours["put_p50_ms"],
        unit="ms",
        beside={"bare sqlite3": ours["put_bare_p50_ms"], **beside("put")},
        target="≤ 1.5 × bare",
        met=ours["put_ratio"] <= 1.5,
    )
    get_ms = ours["get_p50_us"] / 1e3
    yield Figure(
        name="get p50",
        value=ours["get_p50_us"],
        unit="µs",
        beside={**beside("get", 1e3), "bare SELECT and json.loads": ours["get_bare_p50_us"]},
        target="≤ 1/8 of PouchDB",
        met=get_ms <= theirs["get"] / 8 if theirs else None,
    )
    yield Figure(
        name=f"read all {ALL:,} documents",
        value=ours["all_11000_ms"],
        unit="ms",
        beside=beside("all"),
        target="≤ 1/6 of PouchDB",
        met=ours["all_11000_ms"] <= theirs["all"] / 6 if theirs else None,
    )
    yield Figure(
        name="longest wait of a write while compaction runs",
        value=ours["write_while_compacting_max_ms"],
        unit="ms",
        beside={"median": ours["write_while_compacting_p50_ms"]},
        target="≤ 50",
        met=ours["write_while_compacting_max_ms"] <= 50,
    )
    small, large = ours["growth"]
    for what, label in (("put", "put"), ("get", "get"), ("sync", "no-op two-way sync")):
        yield Figure(
            name=f"{label} at {large['documents']:,} documents",
            value=large[f"{what}_us"],
            unit="µs",
            beside={f"at {small['documents']:,}": small[f"{what}_us"]},
            target="≤ 2 × that",
            met=large[f"{what}_us"] <= 2 * small[f"{what}_us"],
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.store")
    parser.add_argument("--small", action="store_true", help="grow to 100,000 documents only")
    figures = measure(large=not parser.parse_args().small)
    for name, value in figures.items():
        if name != "growth":
            print(f"{name:32} {value:>12}")
    for row in figures["growth"]:
        print(f"at {row['documents']:>9,} documents: {row}")
    print(json.dumps({"store": figures}))


if __name__ == "__main__":
    main()
