"""A receipt is recorded once: whatever fails after it is on disk, and however often the button is pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.actions.receipts import save_receipt
from flet_app.collector.actions.visits import start_visit
from flet_app.collector.bootstrap import Settings, World
from flet_app.collector.phone import Phone
from flet_app.collector.store import SERIES, Store
from flet_app.collector.window import open_window
from receivables.money import Money
from receivables.payments import PaymentLine
from receivables.receipts import GENESIS_HASH, ReceiptDraft
from tests.support.flet_harness import Screen
from tests.support.seed_phone import seed_phone

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
GPS = {"get_current_position": {"latitude": -0.18, "longitude": -78.48, "accuracy": 12.0, "mocked": False}}


def on_a_phone(folder: Path, story: Callable[[Phone], Coroutine[Any, Any, None]]) -> None:
    """Run `story` on a seeded phone whose office can't be reached."""

    async def run() -> None:
        seed_phone(folder, now=NOW, customers=12)
        settings = Settings(
            api_url="http://127.0.0.1:9", data=folder, host="127.0.0.1", port=0, device_name="test"
        )
        counter = iter(range(1, 10_000))
        world = World(now=lambda: NOW, random_bytes=lambda size: next(counter).to_bytes(size, "big"))
        phone = Phone(settings, world)
        await phone.start()
        try:
            await story(phone)
        finally:
            await phone.stop()

    asyncio.run(run())


async def ten_in_cash(phone: Phone) -> ReceiptDraft:
    visit = await start_visit(phone, "C0001", place=None)
    assert isinstance(visit, dict)
    line = PaymentLine("cash", Money(1_000, "USD"))
    return ReceiptDraft(customer="C0001", currency="USD", visit=visit["_id"], payments=(line,))


def test_what_is_on_disk_is_acknowledged_though_it_cannot_be_shown_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        store = Store.open(tmp_path / "phone.sqlite")

        def unreadable(*_arguments: Any) -> None:
            raise OSError("a page can't be read")

        with monkeypatch.context() as patch:
            patch.setattr(store.portfolio, "apply", unreadable)
            await store.write(lambda transaction: transaction.put({"_id": "note:ana:01"}))
        assert store.database.get("note:ana:01")
        await store.refresh()
        assert list(store.portfolio.facts) == ["note:ana:01"]
        store.close()

    asyncio.run(story())


def test_a_form_confirmed_again_returns_its_receipt_and_another_form_makes_another(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        draft = await ten_in_cash(phone)
        one, again, other = [
            await save_receipt(phone, draft, place=None, form=form) for form in ("A", "A", "B")
        ]
        assert isinstance(one, dict)
        assert isinstance(again, dict)
        assert isinstance(other, dict)
        assert (one["number"], again["number"]) == ("R0001-00000001", "R0001-00000001")
        assert other["number"] == "R0001-00000002"
        assert len(phone.portfolio.receipts) == 2

    on_a_phone(tmp_path, story)


@pytest.mark.parametrize("fails", [False, True], ids=["taken", "disk-full-at-first"])
def test_two_presses_of_the_button_make_one_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    async def story(phone: Phone) -> None:
        async with Screen(lambda page: open_window(page, phone), answers=GPS) as screen:
            await start_visit(phone, "C0001", place=None)
            await screen.go("/cliente/C0001/cobro")
            for button in ("receipt-continue", "receipt-register"):
                await screen.tap(button)
            button = screen.by_id("receipt-confirm").content
            assert isinstance(button, ft.Button | ft.FilledButton)
            if fails:
                await press_on_a_full_disk(screen, phone, button)
            press = screen.session.dispatch_event
            await asyncio.gather(press(button._i, "click", None), press(button._i, "click", None))
            await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
            assert len(phone.portfolio.receipts) == 1

    async def press_on_a_full_disk(screen: Screen, phone: Phone, button: ft.Control) -> None:
        async def full(*_arguments: Any) -> None:
            raise OSError("no space left")

        assert phone.store is not None
        with monkeypatch.context() as patch:
            patch.setattr(phone.store, "write", full)
            await screen.session.dispatch_event(button._i, "click", None)
        assert screen.connection.errors
        screen.connection.errors.clear()
        assert not phone.portfolio.receipts

    on_a_phone(tmp_path, story)


def test_a_series_goes_on_after_its_last_receipt_whatever_the_phone_remembers(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        draft = await ten_in_cash(phone)
        receipts = [await save_receipt(phone, draft, place=None) for _ in range(2)]
        store, last = phone.store, receipts[-1]
        assert store is not None
        assert isinstance(last, dict)

        def counting() -> tuple[str, int, str]:
            kept = store.database.get_local(SERIES) or {}
            return kept["series"], kept["counter"], kept["last_hash"]

        store.begin_series("R0001")
        assert counting() == ("R0001", 2, last["hash"])
        store.begin_series("R0002")
        assert counting() == ("R0002", 0, GENESIS_HASH)
        store.begin_series("R0001")
        assert counting() == ("R0001", 2, last["hash"])
        put_back = {**(store.database.get_local(SERIES) or {}), "counter": 1, "last_hash": "of the first"}
        store.database.put_local(SERIES, put_back)
        store.begin_series("R0001")
        assert counting() == ("R0001", 2, last["hash"])

    on_a_phone(tmp_path, story)
