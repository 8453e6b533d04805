"""What fails is told in words, and the app goes on: a full disk, a handler, a screen that can't be drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.phone import Phone
from flet_app.collector.views import customer_rows
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen


async def until_told(screen: Screen, words: str) -> None:
    """Wait for a passing word; the failure itself is what the test is about."""
    for _ in range(50):
        await asyncio.sleep(0.05)
        if screen.announces(words):
            break
    assert screen.announces(words)
    assert screen.failures
    assert not screen.has_crashed
    screen.forgive()


def test_a_full_disk_is_told_and_the_receipt_is_recorded_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register"):
            await screen.tap(button)

        async def full(_action: Any) -> None:
            raise OSError(28, "No space left on device")

        confirm = screen.by_id("receipt-confirm").content
        assert confirm
        with monkeypatch.context() as patch:
            patch.setattr(phone.store, "write", full)
            await screen.session.dispatch_event(confirm._i, "click", None)
            await until_told(screen, "No se pudo guardar en este teléfono")
        assert not phone.portfolio.receipts
        await screen.tap("receipt-confirm")
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")

    walk(tmp_path, story)


def test_a_part_of_a_screen_that_cannot_be_drawn_does_not_take_the_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        def broken(*_arguments: Any, **_options: Any) -> Any:
            raise ValueError("one bad document")

        with monkeypatch.context() as patch:
            patch.setattr(customer_rows, "customer_row", broken)
            route = {"route": "/clientes"}
            screen.session.apply_page_patch(route)
            await screen.session.dispatch_event(screen.page._i, "route_change", route)
            await asyncio.sleep(0.2)
            phone.announce()
            await until_told(screen, "Algo salió mal. Intente de nuevo.")
        phone.announce()
        await asyncio.sleep(0.2)  # it was tried once more, and drawn
        screen.forgive()
        await screen.go("/mas")
        await screen.until(lambda: screen.says("Ana Paredes"), "another screen is drawn")

    walk(tmp_path, story)
