"""The customer signs the visit on the glass; whoever attended is named; both are optional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen


class Touch:
    def __init__(self, x: float, y: float) -> None:
        self.local_position = ft.Offset(x, y)


async def draw(screen: Screen, identifier: str) -> None:
    """One line across the field, as a finger would."""
    frame: Any = screen.by_id(identifier).content
    pad = frame.content
    pad.on_pan_start(Touch(10, 20))
    pad.on_pan_update(Touch(120, 60))
    pad.on_pan_end(Touch(120, 60))
    await screen.settle()


@pytest.mark.parametrize("signed", [True, False])
def test_the_signature_and_who_attended_stand_in_the_visit(tmp_path: Path, signed: bool) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("finish-visit")
        await screen.until(lambda: screen.has("outcome-paid"), "the outcomes are shown")
        assert not screen.has("attended-by"), "nobody was met yet"
        await screen.tap("outcome-paid")
        await screen.settle()
        if signed:
            await screen.type("attended-by", "Rosa Vega")
            await draw(screen, "visit-signature")
        await screen.tap("visit-save")
        await screen.until(lambda: phone.portfolio.visits, "the visit is saved")
        [visit] = phone.portfolio.visits.values()
        if signed:
            assert visit["attended_by"] == "Rosa Vega"
            assert visit["signature"]["name"] == "Rosa Vega"
            [stroke] = visit["signature"]["strokes"]
            assert len(stroke) == 4
        else:
            assert (visit["attended_by"], visit["signature"]) == (None, None)

    walk(tmp_path, story)
