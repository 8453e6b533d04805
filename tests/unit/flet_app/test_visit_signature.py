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


def test_who_was_met_is_forgotten_with_an_outcome_in_which_nobody_was(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("finish-visit")
        await screen.tap("outcome-paid")
        await screen.type("attended-by", "Rosa Vega")
        await screen.draw("visit-signature")
        await screen.tap("outcome-closed")
        assert not screen.has("attended-by")
        await screen.tap("outcome-paid")
        assert screen.field("attended-by").value == "Rosa Vega", "what was typed is there again"
        await screen.tap("outcome-closed")
        await screen.tap("next-3")
        await screen.tap("next-hour-15")
        await screen.tap("visit-save")
        await screen.until(lambda: phone.portfolio.visits, "the visit is saved")
        [visit] = phone.portfolio.visits.values()
        assert (visit["attended_by"], visit["signature"]) == (None, None)

    walk(tmp_path, story)


def test_a_name_longer_than_the_database_takes_is_told_at_its_field(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("finish-visit")
        await screen.tap("outcome-paid")
        await screen.type("attended-by", "a" * 201)
        await screen.tap("visit-save")
        assert "el máximo es 200 caracteres" in str(screen.field("attended-by").error)
        assert not phone.portfolio.visits

    walk(tmp_path, story)
