"""A company on a real server, as reconcile meets it: phones push, the office edits, and what stands where."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from backend.companies import CompanyProfile, add_collector, create_company, put_if_absent
from backend.config import Settings
from backend.couch.client import Couch, connect
from backend.reconcile.reconciler import Report, run_once
from receivables.canonical import canonical_json
from receivables.documents import is_fact, new_fact
from receivables.identifiers import collector_database
from tests.support.builders import QUITO, a_receipt, an_invoice
from tests.support.stack import Stack

NOW = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)

Json = dict[str, Any]


@contextmanager
def a_server(folder: Path) -> Iterator[Stack]:
    """The embedded server, or the CouchDB that the environment names."""
    house = Stack(folder)
    try:
        house.start_couchdb()
        yield house
    finally:
        house.close()


class Company:
    """A company of its own for one test; everything it does goes through its own connection."""

    def __init__(self, settings: Settings, couch: Couch, code: str) -> None:
        self.settings = settings
        self.couch = couch
        self.code = code
        self._written = 0
        self._hashes: dict[tuple[str, int], str] = {}

    def hire(self, *collectors: str) -> None:
        """Each with a database and, the first time, the series R-<collector>, in capitals."""
        for collector in collectors:
            issued = {"_id": f"series:{series_of(collector)}", "device": "01KDEVICE", "collector": collector}
            put_if_absent(self.couch, self.code, issued)
            add_collector(
                self.couch, company=self.code, collector=collector, name=collector.title(), email=""
            )

    def put(self, document: Json) -> None:
        """Write centrally, over whatever stands there."""
        standing = self.couch.get(self.code, document["_id"])
        self.couch.put(self.code, document | ({"_rev": standing["_rev"]} if standing else {}))

    def remove(self, doc_id: str) -> None:
        standing = self.central(doc_id)
        self.couch.delete(self.code, doc_id, standing["_rev"])

    def central(self, doc_id: str) -> Json:
        document = self.couch.get(self.code, doc_id)
        assert document is not None, f"{doc_id} is not in the central database"
        return document

    def customer(self, code: str, collector: str | None, *invoices: str) -> None:
        self.put(
            {
                "_id": f"customer:{code}",
                "schema": 1,
                "code": code,
                "name": f"Cliente {code}",
                "currency": "USD",
            }
        )
        for number in invoices:
            self.bill(code, number)
        self.assign(code, collector)

    def bill(self, customer: str, number: str, **fields: Any) -> None:
        self.put(an_invoice(number, customer=customer, **fields))

    def assign(self, customer: str, collector: str | None) -> None:
        self.put({"_id": f"assignment:{customer}", "schema": 1, "customer": customer, "collector": collector})

    def receipt(self, owner: str, counter: int, *, collector: str = "", **fields: Any) -> Json:
        """A receipt of the series of `owner`, by the hand of `collector` where that is somebody else."""
        series = series_of(owner)
        named = {
            "_id": f"receipt:{series}:{counter:08d}",
            "series": series,
            "number": f"{series}-{counter:08d}",
            "company": self.code,
            "collector": collector or owner,
            "customer": "C1",
        }
        before = self._hashes.get((series, counter - 1))
        chained = {"previous_hash": before} if before else {}
        receipt = a_receipt(counter, **named | chained | fields)
        self._hashes[series, counter] = receipt["hash"]
        return receipt

    def fact(self, kind: str, collector: str, **body: Any) -> Json:
        self._written += 1
        return new_fact(
            kind, body, company=self.code, collector=collector, device="01KDEVICE",
            ulid=f"01KAKYX7M8{self._written:016d}", now=NOW, zone=QUITO,
        )  # fmt: skip

    def push(self, collector: str, *facts: Json) -> list[str]:
        """Bring facts into the collector's database as its phone does; return their revisions."""
        born = [{**fact, "_rev": rev_of(fact)} for fact in facts]
        refused = self.couch.bulk(collector_database(self.code, collector), born, new_edits=False)
        assert refused == []
        return [fact["_rev"] for fact in born]

    def phone(self, collector: str) -> dict[str, Json]:
        """The projections in a collector's database, without what is its own lineage."""
        rows = self.couch.all_docs(collector_database(self.code, collector), include_docs=True)
        return {
            row["id"]: {
                name: value for name, value in row["doc"].items() if name not in {"_id", "_rev", "source_rev"}
            }
            for row in rows
            if not row["id"].startswith("_design/") and not is_fact(row["id"])
        }

    def facts(self) -> dict[str, str]:
        """The facts in the central database, with their revisions."""
        return {
            row["id"]: row["value"]["rev"] for row in self.couch.all_docs(self.code) if is_fact(row["id"])
        }

    def exceptions(self, kind: str = "") -> list[Json]:
        prefix = f"exception:{kind}"
        rows = self.couch.all_docs(self.code, start_key=prefix, end_key=prefix + "\ufff0", include_docs=True)
        return [row["doc"] for row in rows]

    def picture(self, *collectors: str) -> Json:
        """All that reconcile answers for, comparable between two tellings of a story under one code.

        `without` takes out what depends on the instant at which the office was busy.
        """
        kinds = ("activity:", "received:", "exception:", "holding:")
        rows = self.couch.all_docs(self.code, include_docs=True)
        unlike = {"_rev", "raised_at"}
        made = {
            row["id"]: {name: value for name, value in row["doc"].items() if name not in unlike}
            for row in rows
            if row["id"].startswith(kinds)
        }
        return {
            "phones": {code: self.phone(code) for code in collectors},
            "facts": self.facts(),
            "made": made,
        }

    def reconcile(self, now: datetime = NOW) -> Report:
        return run_once(self.couch, self.code, now)

    def reconcile_elsewhere(self, kill_at: str = "", times: int = 1) -> ForkProcess:
        """The same in a process of its own, which ends itself at a kill point where one is named."""
        process = multiprocessing.get_context("fork").Process(
            target=_reconcile, args=(self.settings, self.code, kill_at, times)
        )
        process.start()
        return process


@contextmanager
def a_company(house: Stack, *collectors: str, code: str = "") -> Iterator[Company]:
    """A company that is gone afterwards, under a code of its own unless one is given."""
    settings = Settings.from_environment(house.env)
    with connect(settings) as couch:
        company = Company(settings, couch, code or a_code())
        create_company(couch, CompanyProfile(code=company.code, name="Distribuidora Andina"))
        company.hire(*collectors)
        try:
            yield company
        finally:
            for name in couch.all_dbs():
                if name.partition("-")[0] == company.code:
                    couch.delete_database(name)


def without(picture: Json, *kinds: str) -> Json:
    """The picture without exceptions of these kinds."""
    made = {
        doc_id: document
        for doc_id, document in picture["made"].items()
        if not doc_id.startswith(tuple(f"exception:{kind}:" for kind in kinds))
    }
    return picture | {"made": made}


def a_code() -> str:
    return f"t{secrets.token_hex(6)}"


def series_of(collector: str) -> str:
    return f"R{collector.upper()}"


def rev_of(fact: Json) -> str:
    digest = hashlib.md5(canonical_json(fact), usedforsecurity=False).hexdigest()
    return f"1-{digest}"


def _reconcile(settings: Settings, code: str, kill_at: str, times: int) -> None:
    os.environ["RECAUDO_KILL_AT"] = kill_at
    with connect(settings) as couch:
        for _ in range(times):
            run_once(couch, code, NOW)
    os._exit(0)
