"""Nota: words for the next one who comes here; an empty or an endless one is refused and kept on screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen

NOTE = "/cliente/C0001/nota"


def test_a_note_is_kept_and_stands_in_the_history_with_its_author(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(NOTE)
        assert screen.says("Comercial El Rosal")
        await screen.type("note-text", "  Pregunte por Rosa  ")
        await screen.tap("note-save")
        await screen.until(lambda: phone.portfolio.notes, "the note is saved")
        assert screen.announces("Nota guardada")
        [note] = phone.portfolio.notes.values()
        assert note["text"] == "Pregunte por Rosa"
        await screen.tap("tab-activity")
        assert screen.says("Pregunte por Rosa")
        assert screen.says("10:30 · Ana Paredes"), "a person, not a code"

    walk(tmp_path, story)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Escriba la nota."),
        ("   ", "Escriba la nota."),
        ("a" * 4001, "El texto de «detalle» es demasiado largo; el máximo es 4000 caracteres."),
    ],
)
def test_a_note_that_cannot_be_is_told_and_stays(tmp_path: Path, typed: str, sentence: str) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(NOTE)
        await screen.type("note-text", typed)
        await screen.tap("note-save")
        assert screen.says(sentence)
        assert screen.field("note-text").value == typed
        assert not phone.portfolio.notes

    walk(tmp_path, story)
