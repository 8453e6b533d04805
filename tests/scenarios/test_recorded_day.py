"""A whole day without a network, through the real screens; in the evening everybody has the same cents."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import httpx

from flet_app.collector import figures
from flet_app.collector.phone import Phone
from flet_app.collector.window import open_window
from tests.support.collector_walk import GPS, Followed
from tests.support.field import a_phone, until
from tests.support.flet_harness import Screen
from tests.support.outcome import documents, expect_every_receipt_once, totals_by_method, without_rev
from tests.support.recorded_day import CASH, CHEQUE, DAY, TOTALS, planned, spoken, work
from tests.support.stack import PASSWORD, Stack, stack

Json = dict[str, Any]
Balances = dict[str, int]

FACTS = 10 + 20 + 20 + 2
"""Receipts, visits with their starts, promises."""


def test_twenty_visits_and_ten_receipts_of_a_day_without_network_arrive_to_the_cent(tmp_path: Path) -> None:
    with stack(tmp_path) as whole:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api")
        asyncio.run(_the_day_of(whole, "ana"))


async def _the_day_of(whole: Stack, name: str) -> None:
    phone = a_phone(whole.api_url, whole.folder / "phones" / name, name)
    await phone.start()
    try:
        code = await asyncio.to_thread(whole.issue_code, name)
        await phone.sign_in(f"{name}@andina.example", PASSWORD, language="es", code=code)
        await until(lambda: phone.status.last_success_at, seconds=60, what="the phone is up to date")
        _hold_the_date(phone)
        owed_before = _owed(phone)
        whole.stop("api", "couchdb")

        async with Followed(lambda page: _open(page, phone), answers=dict(GPS)) as screen:
            await _work_the_route(screen, phone)
            await _expect_the_evening(screen)
        written = _facts(phone)
        await _restart(phone)
        assert _facts(phone) == written

        await asyncio.to_thread(whole.start, "couchdb", "api", "reconcile", "scheduler")
        phone.nudge()
        await until(lambda: not phone.status.unsent_count, seconds=120, what="nothing waits on the phone")
        receipts = {key: doc for key, doc in written.items() if key.startswith("receipt:")}
        postings = await asyncio.to_thread(expect_every_receipt_once, whole, receipts)
        assert {posting["state"] for posting in postings.values()} == {"posted"}
        await until(lambda: _all_posted(phone, receipts), seconds=60, what="the phone has the ERP's numbers")
        await asyncio.to_thread(_expect_the_same_at_the_centre, whole, phone, written)
        await _expect_the_same_balances(whole, phone, owed_before, receipts)
    finally:
        await phone.stop()


def _open(page: ft.Page, phone: Phone) -> None:
    open_window(page, phone)


def _hold_the_date(phone: Phone) -> None:
    """The day does not end while it is worked, at whatever hour the test runs."""
    begun = datetime.now(phone.zone)
    midnight = datetime.combine(begun.date() + timedelta(days=1), time(), tzinfo=phone.zone)
    last = midnight - timedelta(seconds=1)
    phone.world = replace(phone.world, now=lambda: min(datetime.now(UTC), last.astimezone(UTC)))


async def _work_the_route(screen: Screen, phone: Phone) -> None:
    stops = [stop.customer for stop in figures.day(phone.portfolio, on=phone.today()).stops]
    assert len(stops) == len(DAY)
    for customer, stop in planned(phone, stops):
        await work(screen, phone, customer, stop)


async def _expect_the_evening(screen: Screen) -> None:
    """What the collector sees before going home."""
    await screen.go("/cobros")
    assert screen.says("10 cobros")
    assert screen.says(spoken(TOTALS[CASH] + TOTALS[CHEQUE]))
    for method, total in TOTALS.items():
        assert screen.has(f"day-total-{method}")
        assert screen.says(spoken(total))
    assert screen.says("Visitas (20)")
    await screen.go("/")
    assert screen.says(f"{FACTS} por enviar")


def _facts(phone: Phone) -> dict[str, Json]:
    """Everything that the day wrote, by id, as it stands on the phone."""
    portfolio = phone.portfolio
    kinds = (portfolio.receipts, portfolio.visits, portfolio.visit_starts, portfolio.promises)
    return {doc["_id"]: without_rev(doc) for kind in kinds for doc in kind.values()}


async def _restart(phone: Phone) -> None:
    """The phone is switched off and on again before it has a network."""
    now = phone.world
    await phone.stop()
    phone.world = now
    await phone.start()


def _all_posted(phone: Phone, receipts: dict[str, Json]) -> bool:
    return all(phone.portfolio.postings.get(key, {}).get("state") == "posted" for key in receipts)


def _owed(phone: Phone) -> Balances:
    return {number: int(doc["balance"]) for number, doc in phone.portfolio.invoices.items()}


def _expect_the_same_at_the_centre(whole: Stack, phone: Phone, written: dict[str, Json]) -> None:
    """Each fact as it was written, and the supervisor's figures of the day."""
    for kind, count in (("receipt", 10), ("visit", 20), ("visit_start", 20), ("promise", 2)):
        central = {key: without_rev(doc) for key, doc in documents(whole, kind).items()}
        assert central == {key: doc for key, doc in written.items() if key.startswith(f"{kind}:")}
        assert len(central) == count
    summary = _summary(whole, phone.today().isoformat())
    assert summary["collected"]["by_method"] == TOTALS == totals_by_method(documents(whole, "receipt"))
    assert summary["collected"]["total"] == sum(TOTALS.values()) == 3_659_59
    assert summary["visits"]["started"] == summary["visits"]["finished"] == len(DAY)


def _summary(whole: Stack, on: str) -> Json:
    with httpx.Client(base_url=f"{whole.api_url}/api/v1", timeout=60) as office:
        login = office.post("/auth/login", json={"email": "sofia@andina.example", "password": PASSWORD})
        headers = {"Authorization": f"Bearer {login.raise_for_status().json()['access_token']}"}
        answer = office.get(f"/companies/andina/summary?on={on}", headers=headers)
        day: Json = answer.raise_for_status().json()
        return day


async def _expect_the_same_balances(
    whole: Stack, phone: Phone, before: Balances, receipts: dict[str, Json]
) -> None:
    """Each invoice owes what it owed less what the receipts paid: in the ERP, and on the phone again."""
    paid: Counter[str] = Counter()
    for receipt in receipts.values():
        for part in receipt["allocations"]:
            paid[part["invoice"]] += part["amount"]
    assert sum(paid.values()) == sum(TOTALS.values())
    expected = {number: balance - paid[number] for number, balance in before.items()}
    with closing(sqlite3.connect(whole.folder / "demo" / "erp.sqlite", timeout=30)) as erp:
        in_erp = dict(erp.execute("SELECT numero, saldo FROM facturas").fetchall())
    assert {number: in_erp[number] for number in expected} == expected
    open_ones = {number: balance for number, balance in expected.items() if balance}

    def arrived() -> bool:
        return {number: balance for number, balance in _owed(phone).items() if balance} == open_ones

    await until(arrived, seconds=60, what="the phone has the balances of the ERP")
