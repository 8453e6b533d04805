"""The process follows notices, does without lost ones, outlives the database's absences, ends when told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.support.reconciling import Company, a_company, a_server
from tests.support.stack import Stack, eventually

COMMAND = "import sys; from backend.reconcile.process import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno") as company:
        company.couch.create_database("_global_changes")
        company.customer("C1", "ana", "F-1")
        yield company


def start(house: Stack, company: Company, *options: str) -> None:
    house.spawn("reconcile", ["-c", COMMAND, "--company", company.code, *options])
    eventually(lambda: "customer:C1" in company.phone("ana"), what="the customer is on the phone")


def test_notices_bring_a_receipt_up_and_an_invoice_down_long_before_the_next_sweep(
    house: Stack, company: Company
) -> None:
    start(house, company, "--sweep-seconds", "3600")
    company.push("ana", company.receipt("ana", 1))
    company.bill("C1", "F-1", balance=77)
    eventually(company.facts, seconds=15, what="the receipt is in the central database")
    eventually(lambda: "received:ana" in company.phone("ana"), seconds=15, what="the phone knows")
    eventually(
        lambda: company.phone("ana")["invoice:F-1"]["balance"] == 77, seconds=15, what="the balance is there"
    )
    house.stop("reconcile")
    assert "stopped" in house.log_of("reconcile")
    assert "no notices" not in house.log_of("reconcile")


@pytest.mark.skipif("COUCHDB_URL" in os.environ, reason="kills the database, so it needs the embedded one")
def test_a_notice_lost_with_the_database_is_made_up_for(house: Stack, company: Company) -> None:
    start(house, company, "--sweep-seconds", "2")
    reconcile = house.process("reconcile")
    reconcile.send_signal(signal.SIGSTOP)  # so that the notice is not taken before the database dies
    company.push("ana", company.receipt("ana", 1))
    house.kill("couchdb")
    reconcile.send_signal(signal.SIGCONT)
    time.sleep(1.0)
    house.start_couchdb()
    eventually(company.facts, what="the receipt is in the central database")
    company.push("ana", company.receipt("ana", 2))
    eventually(lambda: len(company.facts()) == 2, what="life goes on")
    house.stop("reconcile")


def test_a_collector_hired_while_it_runs_is_equipped(house: Stack, company: Company) -> None:
    start(house, company, "--sweep-seconds", "3600")
    company.hire("carla")
    company.assign("C1", "carla")
    eventually(lambda: "invoice:F-1" in company.phone("carla"), seconds=20, what="carla has the customer")
    house.stop("reconcile")


@pytest.mark.skipif("COUCHDB_URL" in os.environ, reason="takes the notices from everybody on that server")
def test_a_server_without_notices_is_asked_at_intervals(house: Stack, company: Company) -> None:
    company.couch.delete_database("_global_changes")
    start(house, company, "--sweep-seconds", "3600")
    company.push("ana", company.receipt("ana", 1))
    eventually(company.facts, seconds=15, what="the receipt is in the central database")
    house.stop("reconcile")
    assert house.log_of("reconcile").count("no notices") == 1
