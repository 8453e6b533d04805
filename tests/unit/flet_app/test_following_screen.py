"""*Recorridos*: the office turns following on in hours that can be meant, and sees that it was saved."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from receivables.access import Role
from tests.support.desk import DeskOffice, at_the_desk, problem
from tests.support.flet_harness import Screen

OFF: dict[str, Any] = {
    "active": False, "days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00", "metres": 50, "seconds": 60,
    "accuracy": 100, "send_minutes": 10, "retention_days": 90,
}  # fmt: skip
ROUTE = "/configuracion/recorridos"


def saved(request: httpx.Request) -> dict[str, Any]:
    return {**OFF, **json.loads(request.content)}


def is_disabled(screen: Screen, identifier: str) -> bool:
    return bool(getattr(screen.by_id(identifier).content, "disabled", False))


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_turned_on_for_the_days_and_hours_that_were_chosen(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("following-save"), "the hours")
        assert screen.by_id("following-off").selected
        assert is_disabled(screen, "following-save"), "nothing changed yet"
        await screen.tap("following-on")
        await screen.tap("following-day-6")
        await screen.type("following-from", "07:30")
        await screen.tap("following-save")
        await screen.until(lambda: screen.has("following-saved"), "it is saved")
        assert office.of("PUT /tracking") == [
            {"active": True, "days": [1, 2, 3, 4, 5, 6], "from": "07:30", "to": "18:00", "retention_days": 90}
        ]
        await screen.type("following-kept", "120")
        assert not screen.has("following-saved"), "what is typed now is not"

    answers = {"GET /tracking": OFF, "PUT /tracking": saved}
    at_the_desk(story, route=ROUTE, roles=[Role.SUPERVISOR], answers=answers, width=width)


def test_what_can_not_be_meant_is_said_and_not_sent() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("following-save"), "the hours")
        for name, wrong, right, words in (
            ("following-to", "08:00", "17:00", "Horas como 08:00 y 18:00"),
            ("following-to", "5 pm", "17:00", "Horas como 08:00 y 18:00"),
            ("following-kept", "30", "90", "Al menos 70 días"),
            ("following-kept", "noventa", "90", "Al menos 70 días"),
        ):
            await screen.type(name, wrong)
            assert screen.says(words), wrong
            assert is_disabled(screen, "following-save")
            await screen.type(name, right)
            assert not screen.says(words)
        for day in range(1, 6):
            await screen.tap(f"following-day-{day}")
        assert screen.says("Elija al menos un día.")
        assert office.of("PUT /tracking") == []

    at_the_desk(story, route=ROUTE, roles=[Role.SUPERVISOR], answers={"GET /tracking": OFF})


def test_a_refusal_is_shown_and_what_was_chosen_stays() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("following-save"), "the hours")
        await screen.tap("following-on")
        await screen.tap("following-save")
        await screen.until(lambda: screen.says("Otra persona lo cambió."), "the reason")
        assert screen.by_id("following-on").selected

    refused = (409, problem("changed_meanwhile", "Otra persona lo cambió."))
    answers = {"GET /tracking": OFF, "PUT /tracking": refused}
    at_the_desk(story, route=ROUTE, roles=[Role.SUPERVISOR], answers=answers)
