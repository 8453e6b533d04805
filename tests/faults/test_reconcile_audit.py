"""The audit finds what does not agree and repairs it; where all is well it finds nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from backend.couch.preparation import prepare_couchdb
from backend.reconcile.audit import Drift, audit
from tests.support.reconciling import NOW, Company, a_company, a_server
from tests.support.stack import ROOT, Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno") as company:
        company.customer("C1", "ana", "F-1", "F-2")
        company.customer("C2", "bruno", "F-3")
        company.bill("C1", "F-1", state="paid", balance=0, issued_on="2020-01-01")
        company.push("ana", company.receipt("ana", 1))
        company.reconcile()
        yield company


def test_after_a_run_centre_and_collectors_agree(company: Company) -> None:
    company.assign("C1", "bruno")
    company.reconcile()
    assert audit(company.couch, company.code, NOW) == []


def test_what_was_spoiled_by_hand_is_found_and_repaired(company: Company) -> None:
    database, couch = f"{company.code}-c-ana", company.couch
    customer, invoice = couch.get(database, "customer:C1"), couch.get(database, "invoice:F-2")
    assert customer and invoice
    before = company.phone("ana")
    couch.delete(database, "customer:C1", customer["_rev"])
    couch.put(database, invoice | {"balance": 1})
    couch.put(database, {"_id": "invoice:F-3", "customer": "C2", "source_rev": "1-x"})
    company.push("ana", company.receipt("ana", 2))
    [drift] = audit(couch, company.code, NOW, repair=True)
    assert drift == Drift(
        collector="ana",
        missing=("customer:C1",),
        different=("invoice:F-2",),
        strange=("invoice:F-3",),
        unreceived=("receipt:RANA:00000002",),
    )
    assert company.phone("ana") == before
    assert "receipt:RANA:00000002" in company.facts()
    assert audit(couch, company.code, NOW) == []


def test_a_fact_that_was_parked_is_no_drift(company: Company) -> None:
    company.push("ana", company.receipt("bruno", 9, collector="ana"))
    company.reconcile()
    [poisoned] = company.exceptions("poisoned")
    assert poisoned["evidence"]["id"] == "receipt:RBRUNO:00000009"
    assert audit(company.couch, company.code, NOW) == []


def test_the_doctor_proves_agreement_and_repairs_what_drifted(house: Stack, company: Company) -> None:
    prepare_couchdb(company.couch, company.settings, now=NOW)

    def doctor(*options: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "backend", "doctor", "--company", company.code, *options]
        done = subprocess.run(command, cwd=ROOT, env=house.env, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout

    status, said = doctor()
    assert (status, f"ok  {company.code}/ana: agrees" in said) == (0, True), said
    company.couch.put(f"{company.code}-c-ana", {"_id": "invoice:F-3", "customer": "C2", "source_rev": "1-x"})
    status, said = doctor()
    assert status == 1
    assert f"NOT {company.code}/ana: 1 strange (invoice:F-3): python -m backend doctor --repair" in said
    assert f"ok  {company.code}/bruno: agrees" in said
    status, said = doctor("--repair")
    assert (status, f"ok  {company.code}/ana: repaired: 1 strange (invoice:F-3)" in said) == (0, True), said
    assert doctor()[0] == 0
    assert "invoice:F-3" not in company.phone("ana")


def test_the_command_says_what_drifted_and_ends_with_one_until_it_is_repaired(
    house: Stack, company: Company
) -> None:
    stray = {"_id": "invoice:F-3", "customer": "C2", "source_rev": "1-x"}
    company.couch.put(f"{company.code}-c-ana", stray)
    command = [sys.executable, "-m", "backend", "reconcile", "--company", company.code]
    told = [
        subprocess.run(
            [*command, option], cwd=ROOT, env=house.env, capture_output=True, text=True, timeout=60
        )
        for option in ("--audit", "--repair", "--audit")
    ]
    assert [(done.returncode, "invoice:F-3" in done.stdout) for done in told] == [
        (1, True),
        (0, True),
        (0, False),
    ]
