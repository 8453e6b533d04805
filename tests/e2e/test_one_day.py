"""One day of collections on the real processes, in a browser.

Two phones; the database and every server are stopped; both collect, one invoice is paid by both; the phones
are killed with -9 and started again; the servers come back. Then every receipt is in the ERP once.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from replica import Database
from tests.e2e.browser import chromium, needs_chromium, screen
from tests.e2e.journeys import DESK, PHONE, confirm_receipt, finish_visit, pay, sign_in, start_receipt
from tests.support.outcome import expect_every_receipt_once, expect_excess_on_account, totals_by_method
from tests.support.stack import PASSWORD, Stack, eventually, stack

CASH_CAP = 2_000_00
"""What the demo company takes in cash on one receipt, in cents."""

Json = dict[str, Any]

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.mark.timeout(900)
def test_two_collectors_work_offline_and_every_receipt_is_posted_once(tmp_path: Path) -> None:
    with stack(tmp_path) as whole, chromium() as browser:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api", "reconcile", "scheduler")
        for name in ("ana", "bruno"):
            _sign_in(browser, whole, name)
        customer, invoice = _oldest_debt(whole, "ana")
        whole.kill("phone-ana")
        _assign(whole, customer, "bruno")
        _expect_on_phone(browser, whole, "bruno", customer)

        whole.stop("scheduler", "reconcile", "api", "couchdb")
        whole.start_phone("ana")
        _collect(browser, whole, "ana", customer, method="cash")
        _collect(browser, whole, "bruno", customer, method="transfer")
        _collect(browser, whole, "ana", _oldest_debt(whole, "ana", but=customer)[0], method="cheque")
        _collect(browser, whole, "bruno", _oldest_debt(whole, "bruno", but=customer)[0], method="mixed")
        receipts = {**_receipts_on(whole, "ana"), **_receipts_on(whole, "bruno")}
        assert len(receipts) == 4

        whole.kill("phone-ana", "phone-bruno")
        for name in ("ana", "bruno"):
            whole.start_phone(name)
            _expect_unsent(browser, whole, name)
        assert {**_receipts_on(whole, "ana"), **_receipts_on(whole, "bruno")} == receipts

        whole.start("couchdb", "api", "reconcile", "scheduler", "supervisor")
        postings = expect_every_receipt_once(whole, receipts)
        expect_excess_on_account(whole, receipts, postings, invoice)
        for name in ("ana", "bruno"):
            _expect_answers_on_phone(browser, whole, name, receipts, postings)
        _expect_supervisor_totals(browser, whole, receipts, postings)


def _sign_in(browser: Browser, whole: Stack, name: str) -> None:
    with screen(browser, whole.start_phone(name), **PHONE) as phone:
        phone.open()
        sign_in(phone, f"{name}@andina.example", code=whole.issue_code(name))
        phone.by_id("today-collected").wait_for(state="attached", timeout=120_000)
        phone.shows(re.compile("Al día"))
        assert phone.failures == []


def _phone(whole: Stack, name: str) -> str:
    return whole.url_of(f"phone-{name}")


def _database(whole: Stack, name: str) -> Path:
    return whole.folder / "phones" / name / f"andina-c-{name}.sqlite"


def _oldest_debt(whole: Stack, name: str, *, but: str = "") -> tuple[str, str]:
    """A customer on this phone who may pay all in cash, and the invoice that the app proposes first."""
    with Database.open(_database(whole, name)) as database:
        rows = database.all_docs(start_key="invoice:", end_key="invoice:~", include_docs=True)["rows"]
    owed = [row["doc"] for row in rows if row["doc"]["balance"] > 0 and row["doc"]["customer"] != but]
    debts: Counter[str] = Counter()
    for invoice in owed:
        debts[invoice["customer"]] += invoice["balance"]
    payable = [invoice for invoice in owed if debts[invoice["customer"]] < CASH_CAP]
    oldest = min(payable, key=lambda doc: (doc["due_on"], doc["issued_on"], doc["number"]))
    return oldest["customer"], oldest["number"]


def _receipts_on(whole: Stack, name: str) -> dict[str, Json]:
    with Database.open(_database(whole, name)) as database:
        rows = database.all_docs(start_key="receipt:", end_key="receipt:~", include_docs=True)["rows"]
    return {row["id"]: row["doc"] for row in rows}


def _assign(whole: Stack, customer: str, collector: str) -> None:
    with httpx.Client(base_url=f"{whole.api_url}/api/v1", timeout=60) as office:
        login = office.post("/auth/login", json={"email": "sofia@andina.example", "password": PASSWORD})
        token = login.raise_for_status().json()["access_token"]
        path = f"/companies/andina/assignments/{customer}"
        headers = {"Authorization": f"Bearer {token}"}
        office.put(path, json={"collector": collector}, headers=headers).raise_for_status()


def _expect_on_phone(browser: Browser, whole: Stack, name: str, customer: str) -> None:
    with screen(browser, _phone(whole, name), **PHONE) as phone:
        phone.open("/clientes")
        phone.type("customer-search", customer)
        phone.by_id(f"customer-{customer}").wait_for(state="attached", timeout=90_000)


def _collect(browser: Browser, whole: Stack, name: str, customer: str, *, method: str) -> None:
    """Visit, receipt of the proposed amount, finish: through the screens, with the radio off."""
    with screen(browser, _phone(whole, name), **PHONE) as phone:
        start_receipt(phone, customer)
        pay(phone, method)
        confirm_receipt(phone)
        phone.shows(re.compile("En este teléfono"))
        finish_visit(phone)
        assert phone.failures == []


def _expect_unsent(browser: Browser, whole: Stack, name: str) -> None:
    with screen(browser, _phone(whole, name), **PHONE) as phone:
        phone.open()
        phone.by_id("today-collected").wait_for(state="attached", timeout=60_000)
        phone.shows(re.compile(r"por enviar"))


def _expect_answers_on_phone(
    browser: Browser, whole: Stack, name: str, receipts: dict[str, Json], postings: dict[str, Json]
) -> None:
    own = {key: receipt for key, receipt in receipts.items() if receipt["collector"] == name}

    def arrived() -> bool:
        with Database.open(_database(whole, name)) as database:
            rows = database.all_docs(start_key="posting:", end_key="posting:~", include_docs=True)["rows"]
        numbers = {row["doc"]["receipt"]: row["doc"]["erp_number"] for row in rows}
        return all(numbers.get(key) == postings[key]["erp_number"] for key in own)

    eventually(arrived, seconds=120, what=f"the ERP's numbers are on {name}'s phone")
    with screen(browser, _phone(whole, name), **PHONE) as phone:
        phone.open("/cobros")
        for key in own:
            phone.shows(re.compile(re.escape(postings[key]["erp_number"])))
        phone.shows(re.compile("Al día"))


def _expect_supervisor_totals(
    browser: Browser, whole: Stack, receipts: dict[str, Json], postings: dict[str, Json]
) -> None:
    total = sum(receipt["total"] for receipt in receipts.values())
    with screen(browser, whole.url_of("supervisor"), **DESK) as desk:
        desk.open()
        sign_in(desk, "sofia@andina.example")
        desk.by_id("panel-collected").wait_for(state="attached", timeout=60_000)
        assert _spoken(total) in desk.text_of("panel-collected")
        for method, amount in totals_by_method(receipts).items():
            assert _spoken(amount) in desk.text_of(f"panel-method-{method}")
        desk.go_to("Cobros")
        for posting in postings.values():
            desk.shows(re.compile(re.escape(posting["erp_number"])))
        assert desk.failures == []


def _spoken(minor: int) -> str:
    """As the company's locale writes it: `1.332,01`."""
    return f"{minor // 100:,}".replace(",", ".") + f",{minor % 100:02d}"


def test_a_receipt_of_a_blocked_customer_shows_the_refusal_of_the_erp(tmp_path: Path) -> None:
    """The ERP says no in its own words, and the words reach the phone."""
    with stack(tmp_path) as whole, chromium() as browser:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api", "reconcile", "scheduler")
        with closing(sqlite3.connect(whole.folder / "demo" / "erp.sqlite", timeout=30)) as erp, erp:
            erp.execute("UPDATE clientes SET bloqueo = 'cheque protestado'")
        _sign_in(browser, whole, "carla")
        customer, _invoice = _oldest_debt(whole, "carla")
        with screen(browser, _phone(whole, "carla"), **PHONE) as phone:
            start_receipt(phone, customer)
            confirm_receipt(phone)
            phone.shows(re.compile("cheque protestado"))
