"""Five collectors with real stores, an office that moves customers about, lines that are cut; phones, server
and reconcile are killed: in the end each phone holds exactly what it may, and the centre every fact.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from backend.killpoints import POINTS
from backend.reconcile.audit import audit
from flet_app.collector.sync import CLASSES
from receivables.documents import PROJECTION_TYPES, is_fact
from receivables.identifiers import collector_database
from replica import Database, LiveReplication, RemoteDatabase
from tests.support.cutting import CuttingPeer
from tests.support.reconciling import NOW, Company, Json, a_company, a_server
from tests.support.stack import Stack

COLLECTORS = ("ana", "bruno", "carla", "diego", "elena")
CUSTOMERS = tuple(f"C{number}" for number in range(1, 8))
RECONCILE_POINTS = [point for point in POINTS if point.startswith("reconcile.")]
MANY = 1_000_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


class APhone:
    """A collector's store with the session that the app runs; `die` loses all but the file."""

    def __init__(self, path: Path, company: Company, collector: str) -> None:
        self._path = path
        self._company = company
        self.collector = collector
        self.receipts = 0
        self.store = Database.open(path)

    def die(self) -> None:
        self.store.close()
        self.store = Database.open(self._path)

    def sync(self, *, calls: int = MANY, delivered: bool = False) -> bool:
        """Push and pull on a line that is cut after so many requests; say whether it reached the end."""
        given = self._company.settings
        credentials = f"{quote(given.couchdb_user)}:{quote(given.couchdb_password)}"
        scheme, _, host = given.couchdb_url.partition("://")
        database = collector_database(self._company.code, self.collector)
        with RemoteDatabase(f"{scheme}://{credentials}@{host}/{database}") as remote:
            session = LiveReplication(
                self.store,
                CuttingPeer(remote, calls, delivered=delivered),
                push=CLASSES,
                manifest=f"manifest:{self.collector}",
                replaces=lambda doc_id: doc_id.partition(":")[0] in PROJECTION_TYPES,
            )
            return session.step(NOW).error is None

    def documents(self) -> dict[str, Json]:
        rows = self.store.all_docs(include_docs=True)["rows"]
        return {row["id"]: row["doc"] for row in rows if not row["id"].startswith("_design/")}

    def facts(self) -> dict[str, str]:
        return {doc_id: doc["_rev"] for doc_id, doc in self.documents().items() if is_fact(doc_id)}

    def customers(self) -> list[str]:
        return [each.partition(":")[2] for each in self.documents() if each.startswith("customer:")]


class AFieldUnderFire(RuleBasedStateMachine):
    """Each rule is something that happens on a working day; `teardown` is the evening."""

    house: Stack

    @initialize()
    def morning(self) -> None:
        self._closing = ExitStack()
        folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="field-")))
        self.company = self._closing.enter_context(a_company(self.house, *COLLECTORS))
        for number, customer in enumerate(CUSTOMERS):
            self.company.customer(customer, COLLECTORS[number % 5], f"F-{customer}")
        self.company.reconcile()
        self.phones = {code: APhone(folder / f"{code}.sqlite", self.company, code) for code in COLLECTORS}
        for phone in self.phones.values():
            assert phone.sync()

    @rule(customer=st.sampled_from(CUSTOMERS), collector=st.sampled_from([*COLLECTORS, None]))
    def office_assigns(self, customer: str, collector: str | None) -> None:
        self.company.assign(customer, collector)

    @rule(customer=st.sampled_from(CUSTOMERS), balance=st.integers(1, 9999))
    def erp_changes_an_invoice(self, customer: str, balance: int) -> None:
        self.company.bill(customer, f"F-{customer}", balance=balance)

    @rule(customer=st.sampled_from(CUSTOMERS), other=st.sampled_from(CUSTOMERS))
    def erp_bills_or_deletes(self, customer: str, other: str) -> None:
        if self.company.couch.get(self.company.code, f"invoice:G-{customer}"):
            self.company.remove(f"invoice:G-{customer}")
        else:
            self.company.bill(other, f"G-{customer}")

    @rule(collector=st.sampled_from(COLLECTORS), kind=st.sampled_from(["receipt", "note", "note"]))
    def collector_works(self, collector: str, kind: str) -> None:
        phone = self.phones[collector]
        for customer in phone.customers()[:1]:
            if kind == "note":
                fact = self.company.fact("note", collector, customer=customer, text="Perro bravo")
            else:
                phone.receipts += 1
                paid = {f"F-{customer}": 1}
                fact = self.company.receipt(collector, phone.receipts, customer=customer, allocations=paid)
            phone.store.put(fact)

    @rule(collector=st.sampled_from(COLLECTORS), calls=st.integers(0, 14), delivered=st.booleans())
    def phone_syncs_until_the_line_is_cut(self, collector: str, calls: int, delivered: bool) -> None:
        self.phones[collector].sync(calls=calls, delivered=delivered)

    @rule(collector=st.sampled_from(COLLECTORS))
    def phone_syncs(self, collector: str) -> None:
        assert self.phones[collector].sync()

    @rule(collector=st.sampled_from(COLLECTORS))
    def phone_dies(self, collector: str) -> None:
        self.phones[collector].die()

    @rule()
    def reconcile_runs(self) -> None:
        self.company.reconcile()

    @rule(point=st.sampled_from(RECONCILE_POINTS), occurrence=st.integers(1, 2))
    def reconcile_is_killed(self, point: str, occurrence: int) -> None:
        self.company.reconcile_elsewhere(kill_at=f"{point}:{occurrence}").join(60)

    @rule()
    def database_is_killed(self) -> None:
        if "COUCHDB_URL" not in os.environ:
            self.house.kill("couchdb")
            self.house.start_couchdb()

    def teardown(self) -> None:
        try:
            if hasattr(self, "phones"):
                self.evening()
        finally:
            for phone in getattr(self, "phones", {}).values():
                phone.store.close()
            if hasattr(self, "_closing"):
                self._closing.close()

    def evening(self) -> None:
        """Every line is whole again: up, through the centre, and down."""
        for phone in self.phones.values():
            assert phone.sync()
        self.company.reconcile()
        for phone in self.phones.values():
            assert phone.sync()
        assert audit(self.company.couch, self.company.code, NOW) == []
        at_centre = self.company.facts()
        recorded: dict[str, str] = {}
        for collector, phone in self.phones.items():
            recorded |= phone.facts()
            assert self.held(phone) == self.allowed(collector), collector
        assert at_centre == recorded

    def held(self, phone: APhone) -> Json:
        return {
            doc_id: _body(document)
            for doc_id, document in phone.documents().items()
            if doc_id.startswith(("customer:", "invoice:", "activity:"))
        }

    def allowed(self, collector: str) -> Json:
        """What the office's documents say that this collector holds."""
        rows = self.company.couch.all_docs(self.company.code, include_docs=True)
        documents: dict[str, Any] = {row["id"]: row["doc"] for row in rows}
        mine = {
            each["customer"]
            for doc_id, each in documents.items()
            if doc_id.startswith("assignment:") and each["collector"] == collector
        }
        whose = {
            doc_id: document["customer"] if doc_id.startswith("invoice:") else doc_id.partition(":")[2]
            for doc_id, document in documents.items()
            if doc_id.startswith(("customer:", "invoice:", "activity:"))
        }
        return {doc_id: _body(documents[doc_id]) for doc_id, customer in whose.items() if customer in mine}


def _body(document: Json) -> Json:
    return {name: value for name, value in document.items() if not name.startswith(("_", "source_rev"))}


def _run(house: Stack, *, examples: int, steps: int, phases: tuple[Phase, ...]) -> None:
    class OfThisHouse(AFieldUnderFire):
        pass

    OfThisHouse.house = house
    run_state_machine_as_test(
        OfThisHouse,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
            deadline=None,
            derandomize=phases == (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_each_phone_holds_what_it_may_and_the_centre_every_fact(house: Stack) -> None:
    _run(house, examples=3, steps=20, phases=(Phase.generate,))


@pytest.mark.slow
def test_many_days_under_fire_end_the_same(house: Stack) -> None:
    _run(house, examples=120, steps=60, phases=(Phase.generate, Phase.shrink))
