"""A fault inside the app: logged, told in a sentence, and the window goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.phone import Phone
from flet_app.collector.views import cash
from flet_app.components.failures import shielded
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen


def broken(*_arguments: Any, **_options: Any) -> Any:
    raise OverflowError("a figure that nobody thought of")


def test_a_screen_that_cannot_be_drawn_costs_that_screen_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        with monkeypatch.context() as patch, screen.faulty() as faults:
            patch.setattr(cash, "cash_card", broken)
            await screen.go("/mas/caja")
            assert "OverflowError" in faults[0]
            assert screen.says("Esta pantalla no se puede mostrar")
            assert not any("OverflowError" in text for text in screen.texts())
            await screen.tap("fault-today")
            assert screen.has("today-cash")
        await screen.go("/mas/caja")
        assert screen.has("cash-in-hand")

    walk(tmp_path, story)


def test_a_screen_that_failed_is_shown_again_as_soon_as_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/caja")
        with monkeypatch.context() as patch, screen.faulty():
            patch.setattr(cash, "cash_card", broken)
            phone.announce()
            await screen.settle()
            assert screen.has("fault")
        phone.announce()
        await screen.settle()
        assert screen.has("cash-in-hand")

    walk(tmp_path, story)


def test_a_press_that_fails_is_told_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001/nota")
        await screen.type("note-text", "Atiende la hija los martes.")
        with monkeypatch.context() as patch, screen.faulty():
            patch.setattr(phone.store, "write", broken)
            await screen.tap("note-save")
        assert screen.announces("Algo salió mal. Intente de nuevo.")
        assert screen.field("note-text").value == "Atiende la hija los martes."
        await screen.tap("note-save")
        await screen.until(lambda: phone.portfolio.notes, "the note is recorded")
        assert len(phone.portfolio.notes) == 1

    walk(tmp_path, story)


def test_a_shielded_view_is_the_same_component_wherever_it_is_used() -> None:
    @ft.component
    def view() -> ft.Control:
        return ft.Text("")

    @ft.component
    def instead() -> ft.Control:
        return ft.Text("")

    assert shielded(view, instead) is shielded(view, instead), "else a form forgot what stands in it"
