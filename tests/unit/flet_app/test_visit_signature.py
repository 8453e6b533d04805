"""The customer signs the visit on the glass; whoever attended is named; both are optional."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen


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
            await screen.draw("visit-signature")
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
