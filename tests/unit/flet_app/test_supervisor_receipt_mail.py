"""*Recibos por correo*: what will happen is said before it is saved, and can be taken back."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from receivables.access import Role
from tests.support.desk import DeskOffice, at_the_desk, problem
from tests.support.flet_harness import Screen

ROUTE = "/configuracion/correo"
SAMPLES = [
    {"kind": "receipt", "subject": "Comprobante de pago R0001-00000123", "text": "Recibimos su pago.\n"},
    {"kind": "void", "subject": "Comprobante R0001-00000123 anulado", "text": "Fue anulado.\n"},
]
OFF: dict[str, Any] = {"active": False, "from_on": None, "reply_to": None, "samples": SAMPLES}
ON = {**OFF, "active": True, "from_on": "2026-11-01", "reply_to": "cartera@andina.example"}


def saved(request: httpx.Request) -> dict[str, Any]:
    return {**OFF, **json.loads(request.content)}


def is_disabled(screen: Screen, identifier: str) -> bool:
    return bool(getattr(screen.by_id(identifier).content, "disabled", False))


async def shown(screen: Screen) -> None:
    await screen.until(lambda: screen.has("mail-save"), "the settings")


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_switched_on_from_a_day_on_and_taken_back(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert screen.by_id("mail-off").selected
        assert is_disabled(screen, "mail-save"), "nothing changed yet"
        assert screen.says("Ningún cliente recibe recibos por correo.")
        assert screen.says("Recibimos su pago.")
        assert screen.says("Fue anulado.")
        await screen.tap("mail-on")
        assert screen.by_id("mail-from-2026-11-20").selected, "today, until another day is chosen"
        await screen.tap("mail-from-2026-12-01")
        await screen.type("mail-reply-to", " cartera@andina.example ")
        assert screen.says("recibe una vez cada recibo desde el 1 dic 2026")
        await screen.tap("mail-save")
        await screen.until(lambda: screen.has("mail-saved"), "it is saved")
        await screen.tap("mail-undo")
        await screen.until(lambda: screen.by_id("mail-off").selected, "it is taken back")
        assert office.of("PUT /receipt-mail") == [
            {"active": True, "from_on": "2026-12-01", "reply_to": "cartera@andina.example"},
            {"active": False, "from_on": None, "reply_to": None},
        ]

    answers = {"GET /receipt-mail": OFF, "PUT /receipt-mail": saved}
    at_the_desk(story, route=ROUTE, roles=[Role.SUPERVISOR], answers=answers, width=width)


def test_what_stands_is_shown_and_a_draft_is_discarded() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert screen.by_id("mail-from-2026-11-01").selected
        assert screen.field("mail-reply-to").value == "cartera@andina.example"
        await screen.tap("mail-off")
        assert not screen.has("mail-reply-to")
        await screen.tap("mail-on")
        assert screen.by_id("mail-from-2026-11-01").selected, "the day that stands is not moved by a look"
        await screen.tap("mail-from-2026-11-21")
        await screen.tap("mail-discard")
        assert screen.by_id("mail-from-2026-11-01").selected
        assert not office.of("PUT /receipt-mail")

    at_the_desk(story, route=ROUTE, answers={"GET /receipt-mail": ON})


def test_what_cannot_be_is_said_at_its_field_and_the_draft_stays() -> None:
    fault = {"field": "reply_to", "code": "not_an_email", "detail": "Debe ser un correo electrónico."}
    refused = (400, problem("request_invalid", "Revise los campos.") | {"errors": [fault]})

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await shown(screen)
        await screen.type("mail-reply-to", "cartera")
        await screen.tap("mail-save")
        await screen.until(lambda: screen.field("mail-reply-to").error, "the reason")
        assert screen.field("mail-reply-to").value == "cartera"
        assert not screen.has("mail-failure"), "it is said once"
        assert not screen.has("mail-saved")

    at_the_desk(story, route=ROUTE, answers={"GET /receipt-mail": ON, "PUT /receipt-mail": refused})


def test_who_may_not_set_it_is_not_offered_it() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        assert screen.has("not-allowed")
        assert not office.of("GET /receipt-mail")

    at_the_desk(story, route=ROUTE, roles=(Role.BACKOFFICE,))
