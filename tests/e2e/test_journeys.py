"""The five things a collector does all day, in a browser of 360 × 800, in daylight and in the dark.

Four of them on a phone whose office cannot be reached. On every screen the fingers must find their buttons
and nothing may stick out.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from receivables.documents import Json
from replica import Database
from tests.e2e.browser import Screen, chromium, needs_chromium, screen
from tests.e2e.journeys import (
    PHONE,
    confirm_receipt,
    finish_visit,
    open_customer,
    pay,
    sign_in,
    start_receipt,
    start_visit,
)
from tests.e2e.usability import expect_usable
from tests.support.stack import ROOT, Stack, stack

pytestmark = [pytest.mark.browser, needs_chromium]

CUSTOMER = "C0001"

in_both_lights = pytest.mark.parametrize("dark", [False, True], ids=["daylight", "dark"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Stack]:
    """A phone that has synchronised once; no server runs."""
    with stack(tmp_path) as whole:
        folder = whole.folder / "phones" / "ana"
        subprocess.run(
            [sys.executable, "-m", "tests.support.seed_phone", str(folder), "--customers", "40"],
            cwd=ROOT, check=True, timeout=120, capture_output=True,
        )  # fmt: skip
        whole.start_phone("ana")
        yield whole


def _window(browser: Browser, whole: Stack, *, dark: bool) -> AbstractContextManager[Screen]:
    return screen(browser, whole.url_of("phone-ana"), **PHONE, dark=dark)


def _facts(whole: Stack, kind: str) -> list[Json]:
    with Database.open(whole.folder / "phones" / "ana" / "andina-c-ana.sqlite") as database:
        rows = database.all_docs(start_key=f"{kind}:", end_key=f"{kind}:~", include_docs=True)["rows"]
    return [row["doc"] for row in rows]


@in_both_lights
def test_a_new_phone_is_enrolled_and_fills_itself(tmp_path: Path, browser: Browser, dark: bool) -> None:
    with stack(tmp_path) as whole:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api")
        whole.start_phone("ana")
        with _window(browser, whole, dark=dark) as phone:
            phone.open().by_id("sign-in-email").wait_for(state="attached")
            expect_usable(phone, dark=dark)
            sign_in(phone, "ana@andina.example", code=whole.issue_code("ana"))
            phone.starting_with("next-").first.wait_for(state="attached", timeout=120_000)
            phone.shows(re.compile("Al día"))
            expect_usable(phone, dark=dark)
            phone.tap("nav-clientes")
            phone.starting_with("customer-C").first.wait_for(state="attached")
            expect_usable(phone, dark=dark)


@in_both_lights
def test_a_visit_ends_with_a_receipt_its_voucher_and_an_outcome(
    alone: Stack, browser: Browser, dark: bool
) -> None:
    with _window(browser, alone, dark=dark) as phone:
        start_receipt(phone, CUSTOMER)
        pay(phone, "mixed")
        expect_usable(phone, dark=dark)
        confirm_receipt(phone)
        phone.shows(re.compile("En este teléfono"))
        expect_usable(phone, dark=dark)
        with phone.page.expect_download() as download:
            phone.tap("receipt-share")
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
        finish_visit(phone)
        phone.tap("nav-cobros")
        phone.by_id("day-total").wait_for(state="attached")
        expect_usable(phone, dark=dark)
    (receipt,) = _facts(alone, "receipt")
    assert [line["method"] for line in receipt["payments"]] == ["cash", "transfer"]
    assert receipt["visit"] == _facts(alone, "visit")[0]["start"]


@in_both_lights
def test_who_does_not_pay_promises_and_is_visited_again(alone: Stack, browser: Browser, dark: bool) -> None:
    with _window(browser, alone, dark=dark) as phone:
        open_customer(phone, CUSTOMER)
        start_visit(phone)
        expect_usable(phone, dark=dark)
        phone.tap("tab-activity")
        phone.open(f"/cliente/{CUSTOMER}/promesa").by_id("promise-save").wait_for(state="attached")
        expect_usable(phone, dark=dark)
        phone.tap("promise-save")
        phone.by_id("finish-visit").wait_for(state="attached")
        phone.tap("finish-visit")
        phone.tap("outcome-promise")
        phone.type("comment", "Paga cuando le depositen el viernes.")
        phone.tap("visit-save")
        phone.shows(re.compile("próxima visita"))
        _reach(phone, "next-7")
        phone.tap("next-7")
        expect_usable(phone, dark=dark)
        phone.tap("visit-save")
        phone.by_id("nav-hoy").wait_for(state="attached")
    (promise,), (visit,) = _facts(alone, "promise"), _facts(alone, "visit")
    assert promise["customer"] == visit["customer"] == CUSTOMER
    assert visit["outcome"] == "promise"
    assert visit["next_visit_at"]


@in_both_lights
def test_the_route_is_ordered_and_followed(alone: Stack, browser: Browser, dark: bool) -> None:
    with _window(browser, alone, dark=dark) as phone:
        phone.open("/ruta").by_id("route-plan").wait_for(state="attached")
        expect_usable(phone, dark=dark)
        phone.tap("route-plan")
        phone.by_id("route-accept").wait_for(state="attached")
        expect_usable(phone, dark=dark)
        phone.tap("route-accept")
        phone.by_id("route-plan").wait_for(state="attached")
        phone.open("/")
        phone.starting_with("next-").first.click()
        phone.by_id("customer-balance").wait_for(state="attached")
        expect_usable(phone, dark=dark)
    assert _facts(alone, "planned_stop")


@in_both_lights
def test_the_cash_of_the_day_is_deposited_and_closed(alone: Stack, browser: Browser, dark: bool) -> None:
    with _window(browser, alone, dark=dark) as phone:
        start_receipt(phone, CUSTOMER)
        pay(phone, "cash")
        confirm_receipt(phone)
        finish_visit(phone)
        phone.open("/caja/deposito").by_id("deposit-save").wait_for(state="attached")
        expect_usable(phone, dark=dark)
        phone.type("deposit-cash", "20,00")
        phone.tap("deposit-bank-Pichincha")
        phone.type("deposit-number", "778899")
        phone.tap("deposit-save")
        phone.by_id("cash-in-hand").wait_for(state="attached")
        expect_usable(phone, dark=dark)
        phone.open("/caja/cierre").by_id("close-save").wait_for(state="attached")
        expect_usable(phone, dark=dark)
        _reach(phone, "close-reason")
        phone.type("close-reason", "El resto queda en la caja fuerte.")
        _reach(phone, "close-signature")
        _sign(phone, "close-signature")
        _reach(phone, "close-receiver-name")
        phone.type("close-receiver-name", "Sofía Herrera")
        _reach(phone, "close-receiver")
        _sign(phone, "close-receiver")
        phone.tap("close-save")
        phone.by_id("cash-in-hand").wait_for(state="attached")
    (deposit,), (close,) = _facts(alone, "deposit"), _facts(alone, "cash_close")
    assert deposit["cash"] == 20_00
    assert close["expected"] == _facts(alone, "receipt")[0]["total"] - 20_00
    assert close["receiver"]["name"] == "Sofía Herrera"
    assert close["signature"]["strokes"]


def _reach(phone: Screen, identifier: str) -> None:
    """Scroll with the wheel until the control is well above the action at the bottom."""
    phone.page.mouse.move(180, 300)
    for _turn in range(20):
        control = phone.by_id(identifier)
        box = control.bounding_box() if control.count() else None
        if box and box["y"] + box["height"] < 700:
            return
        phone.page.mouse.wheel(0, 200)
        phone.page.wait_for_timeout(150)
    raise AssertionError(f"{identifier} cannot be reached by scrolling")


def _sign(phone: Screen, identifier: str) -> None:
    box = phone.by_id(identifier).bounding_box()
    assert box is not None
    left, middle = box["x"] + 40, box["y"] + box["height"] / 2
    phone.page.mouse.move(left, middle)
    phone.page.mouse.down()
    for step in range(1, 9):
        phone.page.mouse.move(left + 20 * step, middle + (15 if step % 2 else -15))
        phone.page.wait_for_timeout(30)
    phone.page.mouse.up()
    phone.page.wait_for_timeout(300)
