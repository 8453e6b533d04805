"""The file: durable, shared by threads and processes, migrated in named steps, and honest when it is
damaged.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from replica import CorruptFile, Database, FileTooNew, StorageError, doctor
from replica.storage import schema
from replica.storage.connection import connect

ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from replica import Database
name, path, count = sys.argv[1:]
with Database.open(path) as db:
    for n in range(int(count)):
        db.put({"_id": f"{name}-{n:05d}", "n": n})
        print(n, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, name, str(path), str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_process_that_is_killed_loses_nothing_it_was_told_is_written(path: Path) -> None:
    with writer(path, "w", 100_000) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(60)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().splitlines() if line.isdigit()]
    with Database.open(path) as db:
        found = {row["id"] for row in db.all_docs()["rows"]}
        assert found >= {f"w-{n:05d}" for n in acknowledged}
        assert db.info().doc_count == len(found)
    assert doctor.examine(path) == []


def test_two_processes_write_the_same_file(path: Path) -> None:
    processes = [writer(path, name, 30) for name in ("a", "b")]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with Database.open(path) as db:
        assert (db.info().doc_count, db.update_seq) == (60, 60)
        assert len({row["seq"] for row in db.changes().results}) == 60


def test_many_threads_share_one_database(db: Database) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for n in range(20):
                rev = db.put({"_id": f"{name}-{n}"})
                assert db.get(f"{name}-{n}")["_rev"] == rev
                db.all_docs(include_docs=True)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert db.info().doc_count == 160


def test_a_reader_does_not_wait_for_the_writer(db: Database) -> None:
    db.put({"_id": "a"})
    with db.transaction() as t:
        t.put({"_id": "b"})
        found: list[str] = []
        reading = threading.Thread(target=lambda: found.extend(row["id"] for row in db.all_docs()["rows"]))
        reading.start()
        reading.join(5)
        assert found == ["a"]


def test_every_commit_reaches_the_disk(db: Database) -> None:
    with db.transaction() as t:
        connection = t._connection
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_identity_survives_and_differs_between_files(path: Path, tmp_path: Path) -> None:
    with Database.open(path, now=lambda: 1_700_000_000.5) as db:
        info = db.info()
    with Database.open(path, uuid="ignored") as again:
        assert again.info() == info
    with Database.open(tmp_path / "other.sqlite", uuid="given") as other:
        assert other.info().uuid == "given" != info.uuid
    assert (info.name, info.instance_start_time) == ("ana", "1700000000500000")


def test_a_closed_database_says_so(path: Path) -> None:
    db = Database.open(path)
    db.close()
    db.close()
    for use in (lambda: db.get("a"), lambda: db.put({"_id": "a"})):
        with pytest.raises(StorageError, match="closed"):
            use()


def test_a_closed_file_is_one_file(path: Path) -> None:
    with Database.open(path) as db:
        db.put({"_id": "a"})
        db.get("a")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_full_disk_is_a_storage_error_and_loses_nothing(db: Database) -> None:
    db.put({"_id": "a"})
    with db.transaction() as t:
        pages = t._connection.execute("PRAGMA page_count").fetchone()[0]
        t._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="full"):
        db.put({"_id": "b", "text": "x" * 100_000})
    assert db.get("a")
    assert db.update_seq == 1


# -- migrations ----------------------------------------------------------------------------------------

RELEASED = sorted((ROOT / "tests" / "data").glob("replica-schema-*.sqlite"))


def test_there_is_a_file_of_every_released_schema() -> None:
    assert [file.name for file in RELEASED] == [
        f"replica-schema-{n}.sqlite" for n in range(1, len(schema.STEPS) + 1)
    ]


@pytest.mark.parametrize("released", RELEASED, ids=lambda file: file.stem)
def test_a_file_of_a_released_schema_opens_and_reads_the_same(released: Path, path: Path) -> None:
    path.write_bytes(released.read_bytes())
    with Database.open(path) as db:
        assert db.get("customer:C0001")["name"] == "Comercial Ñandú"
        assert db.get("customer:C0001", revs=True)["_revisions"]["start"] == 2
        assert len(db.open_revisions("note:1")) == 2
        assert db.all_docs(keys=["gone"])["rows"][0]["value"]["deleted"] is True
        assert db.get_attachment("photo:1", "a.txt").read() == b"hello"
        assert db.get_local("counter") == {"_id": "_local/counter", "_rev": "0-1", "next": 5}
        assert [d["_id"] for d in db.find({"kind": "note"})["docs"]] == ["note:1"]
        assert db.changes(exclude_origin="peer").results[-1]["id"] == "photo:1"
        rev = db.put({"_id": "new"})
        assert db.get("new")["_rev"] == rev
    assert doctor.examine(path) == []


def test_a_step_and_its_number_are_committed_together(path: Path) -> None:
    steps = (
        schema.Step("one", ("CREATE TABLE one (a) ",)),
        schema.Step("two", ("CREATE TABLE two (a)", "nonsense")),
    )
    with closing(connect(path, ())) as connection:
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection, path, steps=steps)
        assert schema.version_of(connection) == 1
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        assert tables == ["one"]
        repaired = (steps[0], schema.Step("two", ("CREATE TABLE two (a)",)))
        assert schema.migrate(connection, path, steps=repaired) == ["two"]
        assert schema.migrate(connection, path, steps=repaired) == []


def test_a_file_newer_than_the_program_is_refused_and_left_alone(path: Path) -> None:
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(FileTooNew, match="newer version"):
        Database.open(path)
    with pytest.raises(FileTooNew):
        doctor.examine(path)
    assert path.read_bytes() == before


# -- damage ----------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_told_apart(path: Path) -> None:
    path.write_bytes(os.urandom(8192))
    with pytest.raises(CorruptFile, match=r"ana\.sqlite"):
        Database.open(path)
    assert doctor.examine(path) == ["file is not a database"]
    assert doctor.main([str(path)]) == 1


def test_the_doctor_finds_damage_and_saves_what_is_readable(path: Path, tmp_path: Path) -> None:
    with Database.open(path) as db:
        db.bulk_docs([{"_id": f"d{n:04d}", "text": "x" * 500} for n in range(500)])
        db.bulk_docs([{"_id": "d0000", "_rev": "1-0", "lost": False}], new_edits=False)
        db.put_local("counter", {"next": 7})
    content = bytearray(path.read_bytes())
    dice = random.Random(7)
    for page in dice.sample(range(30, len(content) // 4096), 3):
        content[page * 4096 : page * 4096 + 4096] = bytes(4096)
    path.write_bytes(content)
    assert doctor.examine(path) != []
    saved = tmp_path / "saved.jsonl"
    assert doctor.main([str(path), "--export", str(saved)]) == 1
    documents = [json.loads(line) for line in saved.read_text().splitlines()]
    assert len(documents) > 450
    with Database.open(tmp_path / "new.sqlite") as restored:
        local = [document for document in documents if document["_id"].startswith("_local/")]
        assert [document["next"] for document in local] == [7]
        failures = restored.bulk_docs([d for d in documents if d not in local], new_edits=False)
        assert failures == []
        assert len(restored.open_revisions("d0000")) == 2


def test_reading_a_damaged_page_is_an_error_not_an_empty_answer(path: Path) -> None:
    with Database.open(path) as db:
        db.bulk_docs([{"_id": f"d{n:04d}", "text": "x" * 500} for n in range(500)])
    content = bytearray(path.read_bytes())
    content[40 * 4096 :] = bytes(len(content) - 40 * 4096)
    path.write_bytes(content)
    with Database.open(path) as db, pytest.raises(CorruptFile):
        db.all_docs(include_docs=True)


def test_the_doctor_finds_a_sound_file_sound(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Database.open(path) as db:
        rev = db.put_attachment("a", "f", b"x" * 600_000, "text/plain")
        db.delete("a", rev)
        db.put({"_id": "b"})
    assert doctor.main([str(path)]) == 0
    assert "is sound" in capsys.readouterr().out
    assert doctor.examine(path.with_name("absent")) == [f"{path.with_name('absent')} does not exist"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            "UPDATE documents SET rev = '2-9' WHERE id = 'a'",
            "a: its row and its tree of revisions do not agree",
        ),
        ("UPDATE documents SET other_leaves = NULL", "a: its row and its tree of revisions do not agree"),
        ("DELETE FROM revisions", "a: the body of 2-b is lost"),
        (
            "UPDATE documents SET body = '{\"n\":' WHERE id = 'b'",
            "b: Expecting value: line 1 column 6 (char 5)",
        ),
    ],
)
def test_the_doctor_finds_a_document_that_contradicts_itself(path: Path, spoil: str, told: str) -> None:
    histories = ({"start": 2, "ids": ["c", "a"]}, {"start": 2, "ids": ["b", "a"]})
    with Database.open(path) as db:
        db.put({"_id": "b", "n": 1})
        db.bulk_docs(
            [{"_id": "a", "_rev": f"2-{one['ids'][0]}", "_revisions": one} for one in histories],
            new_edits=False,
        )
    assert doctor.examine(path) == []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(spoil)
    assert doctor.examine(path) == [told]
