"""The ERP job and reconcile are killed fifty times while a day's receipts come in; the end is the same as
without.

Half the kills fall at the named points between two writes, the others at random instants. The seed makes a
run repeatable as far as the operating system allows; how many kills fell where is printed.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from backend.killpoints import KILL_STATUS, POINTS
from flet_app.collector.phone import Phone
from tests.support.field import a_phone, collect, until
from tests.support.outcome import expect_every_receipt_once, expect_excess_on_account, totals_by_method
from tests.support.stack import PASSWORD, Stack, stack

SEED = 20261121
KILLS = 50
PATIENCE_SECONDS = 60.0
FOREIGN_LEAF = "1-ffffffffffffffffffffffffffffffff"

VICTIMS = {"reconcile": "reconcile.", "scheduler": "erp."}
OF_OTHER_ERPS = ("erp.files.", "erp.tryton.")  # the demo's ERP is an SQL database
Json = dict[str, Any]


class Day:
    """Two collectors, their phones, and what they have collected so far."""

    def __init__(self, whole: Stack, dice: Random) -> None:
        self.whole, self.dice = whole, dice
        self.phones: dict[str, Phone] = {}
        self.receipts: dict[str, Json] = {}
        self.shared_invoice = ""
        self.moved: list[str] = []

    async def begin(self) -> None:
        for name in ("ana", "bruno"):
            phone = a_phone(self.whole.api_url, self.whole.folder / "phones" / name, name)
            await phone.start()
            await phone.sign_in(
                f"{name}@andina.example",
                PASSWORD,
                language="es",
                code=await asyncio.to_thread(self.whole.issue_code, name),
            )
            self.phones[name] = phone
        for phone in self.phones.values():
            await until(
                lambda phone=phone: len(phone.portfolio.invoices) > 100, seconds=90, what="first sync"
            )

    async def share_a_customer(self) -> None:
        """Ana keeps what she holds, offline, while the office gives her customer to Bruno."""
        ana, bruno = self.phones["ana"], self.phones["bruno"]
        customer, invoice = next(iter(_debts(ana)))
        await ana.stop()
        await asyncio.to_thread(self.assign, customer, "bruno")
        await until(lambda: invoice in bruno.portfolio.invoices, seconds=60, what="Bruno holds the customer")
        await bruno.stop()
        self.shared_invoice = invoice
        await asyncio.to_thread(self.whole.stop, "reconcile", "scheduler", "api")
        await asyncio.to_thread(self.whole.kill, *(["couchdb"] if "couchdb" in self.whole.running else []))
        for phone in self.phones.values():
            await phone.start()
            balance = int(phone.portfolio.invoices[invoice]["balance"])
            await self.record(phone, customer, [invoice], balance)

    async def work(self, phone: Phone, receipts: int) -> None:
        """Record `receipts` visits with a receipt each, at customers not yet visited by this phone."""
        seen = {document["customer"] for document in self.receipts.values()} | set(self.moved)
        for customer, invoice in _debts(phone):
            if receipts == 0:
                return
            if customer in seen:
                continue
            seen.add(customer)
            balance = int(phone.portfolio.invoices[invoice]["balance"])
            await self.record(phone, customer, [invoice], self.dice.randint(100, balance))
            receipts -= 1
        raise AssertionError("no customers left to visit")

    async def record(self, phone: Phone, customer: str, invoices: list[str], amount: int) -> None:
        cash = self.dice.randint(1, amount)
        payments: list[Json] = [{"method": "cash", "amount": min(cash, 50_000)}]
        rest = amount - payments[0]["amount"]
        if rest:
            reference = f"TR{self.dice.randrange(10**9):09d}"
            day = phone.today().isoformat()
            payments.append(
                {
                    "method": "transfer",
                    "amount": rest,
                    "bank": "pichincha",
                    "reference": reference,
                    "transferred_on": day,
                }
            )
        receipt = await collect(phone, customer, invoices, payments)
        self.receipts[receipt["_id"]] = receipt

    def assign(self, customer: str, collector: str) -> None:
        with self._office() as office:
            path = f"/companies/andina/assignments/{customer}"
            office.put(path, json={"collector": collector}).raise_for_status()

    def summary(self) -> Json:
        with self._office() as office:
            day = self.phones["ana"].today().isoformat()
            answer = office.get("/companies/andina/summary", params={"on": day})
            body: Json = answer.raise_for_status().json()
            return body

    @contextmanager
    def _office(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=f"{self.whole.api_url}/api/v1", timeout=60) as client:
            login = client.post("/auth/login", json={"email": "sofia@andina.example", "password": PASSWORD})
            client.headers["Authorization"] = f"Bearer {login.raise_for_status().json()['access_token']}"
            yield client

    # -- what leads to the rarer points -----------------------------------------------------
    async def provoke(self, point: str | None) -> None:
        """Make the work that leads to `point`, where an ordinary receipt doesn't."""
        match point:
            case "reconcile.move_announced" | "reconcile.move_settled":
                customer = _debts(self.phones["ana"])[-1 - len(self.moved)][0]
                self.moved.append(customer)
                await asyncio.to_thread(self.assign, customer, "bruno")
            case "reconcile.parked":
                await asyncio.to_thread(self._second_leaf, "andina-c-ana")
            case "reconcile.leaf_removed":
                await asyncio.to_thread(self._second_leaf, "andina")
            case "reconcile.equipped":
                command = ["-m", "backend", "add-collector", "dora", "--company", "andina"]
                command += ["--name", "Dora", "--email", "dora@andina.example"]
                await asyncio.to_thread(self.whole.run, *command)
            case "erp.out.exception_raised":
                await self._collect_what_the_office_took()
            case _:
                pass

    def _second_leaf(self, database: str) -> None:
        """A second first revision of a receipt, as a hostile phone or a second process could write it."""
        known = self.whole.get('andina/_all_docs?start_key="receipt:"&limit=1&include_docs=true')["rows"][0][
            "doc"
        ]
        forged = {**known, "_rev": FOREIGN_LEAF, "place": None}
        self.whole.post(f"{database}/_bulk_docs", {"docs": [forged], "new_edits": False})

    async def _collect_what_the_office_took(self) -> None:
        """The customer paid at the office; the collector, who can't know, takes the same money again."""
        ana = self.phones["ana"]
        seen = {document["customer"] for document in self.receipts.values()} | set(self.moved)
        customer, invoice = next(debt for debt in _debts(ana) if debt[0] not in seen)
        with closing(sqlite3.connect(self.whole.folder / "demo" / "erp.sqlite", timeout=30)) as erp, erp:
            erp.execute("UPDATE facturas SET saldo = 0 WHERE numero = ?", (invoice,))
        await self.record(ana, customer, [invoice], int(ana.portfolio.invoices[invoice]["balance"]))


def _debts(phone: Phone) -> list[tuple[str, str]]:
    """(customer, invoice) of what this phone may collect, one invoice each, by id so that a seed repeats."""
    first: dict[str, str] = {}
    for number, invoice in sorted(phone.portfolio.invoices.items()):
        if invoice["balance"] >= 1_000 and invoice["customer"] in phone.portfolio.customers:
            first.setdefault(invoice["customer"], number)
    return sorted(first.items())


def _kill_plan(dice: Random) -> list[tuple[str, str | None]]:
    """(victim, named point or None for a random instant): every point of both processes, the rest at
    random.
    """
    plan: list[tuple[str, str | None]] = []
    for victim, prefix in VICTIMS.items():
        plan += [
            (victim, point)
            for point in POINTS
            if point.startswith(prefix) and not point.startswith(OF_OTHER_ERPS)
        ]
    plan += [(dice.choice(sorted(VICTIMS)), None) for _ in range(KILLS - len(plan))]
    dice.shuffle(plan)
    return plan


@contextmanager
def _locked_erp(whole: Stack) -> Iterator[None]:
    """The ERP is there but busy with something of its own."""
    with closing(
        sqlite3.connect(whole.folder / "demo" / "erp.sqlite", timeout=30, isolation_level=None)
    ) as erp:
        erp.execute("BEGIN EXCLUSIVE")
        yield
        erp.execute("ROLLBACK")


def _wait_for_death(whole: Stack, victim: str, seconds: float) -> bool:
    """True when the process ended itself at its named point; otherwise it is killed -9 here."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (status := whole.process(victim).poll()) is not None:
            assert status == KILL_STATUS, f"{victim} ended with {status}\n{whole.log_of(victim)}"
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif("COUCHDB_URL" in os.environ, reason="the demo company would stay on that server")
@pytest.mark.timeout(1200)
def test_fifty_kills_of_the_erp_job_and_reconcile_change_nothing_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = Random(SEED)
    with stack(tmp_path) as whole:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.start("api", "reconcile", "scheduler")
        fell = asyncio.run(_a_day(Day(whole, dice), dice))
    with capsys.disabled():
        print(
            f"\n{sum(fell.values())} kills: " + ", ".join(f"{where} {n}" for where, n in sorted(fell.items()))
        )


async def _a_day(day: Day, dice: Random) -> Counter[str]:
    whole = day.whole
    fell: Counter[str] = Counter()
    await day.begin()
    await day.share_a_customer()
    await day.work(day.phones["ana"], 5)
    await day.work(day.phones["bruno"], 5)
    await asyncio.to_thread(whole.start, "couchdb", "api")
    for victim, point in _kill_plan(dice):
        other = next(name for name in VICTIMS if name != victim)
        await asyncio.to_thread(
            whole.spawn, victim, whole.COMMANDS[victim], **({"RECAUDO_KILL_AT": point} if point else {})
        )
        await asyncio.to_thread(whole.start, other)
        with ExitStack() as held:
            if point == "erp.out.retry_recorded":
                held.enter_context(_locked_erp(whole))
            await day.provoke(point)
            for phone in day.phones.values():
                await day.work(phone, 1)
                phone.nudge()
            patience = PATIENCE_SECONDS if point else dice.uniform(0.3, 3.0)
            reached = await asyncio.to_thread(_wait_for_death, whole, victim, patience)
        assert reached or not point, f"{point} was not reached\n{whole.log_of(victim)}"
        fell[point or "random instant"] += 1
        await asyncio.to_thread(whole.kill, victim, other)
    await asyncio.to_thread(whole.start, "reconcile", "scheduler")
    await _expect_everything_once(day)
    for phone in day.phones.values():
        await phone.stop()
    return fell


async def _expect_everything_once(day: Day) -> None:
    whole, receipts = day.whole, day.receipts
    postings = await asyncio.to_thread(expect_every_receipt_once, whole, receipts)
    expect_excess_on_account(whole, receipts, postings, day.shared_invoice)
    for name, phone in day.phones.items():
        phone.nudge()
        answers = {key: p for key, p in postings.items() if receipts[key]["collector"] == name}
        await until(
            lambda phone=phone, answers=answers: all(
                phone.portfolio.postings.get(key, {}).get("erp_number") == posting["erp_number"]
                for key, posting in answers.items()
            ),
            seconds=90,
            what=f"{name}'s phone shows the ERP's answers",
        )
        assert phone.status.unsent_count == 0
    summary = await asyncio.to_thread(day.summary)
    assert summary["collected"]["total"] == sum(r["total"] for r in receipts.values())
    assert summary["collected"]["by_method"] == totals_by_method(receipts)
