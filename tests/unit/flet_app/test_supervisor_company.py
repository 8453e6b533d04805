"""*Empresa*: the look is seen before it is saved, refused in words, saved where it differs, and undone."""

from __future__ import annotations

import base64
import json
from typing import Any

import flet as ft
import httpx

from paperwork.logo import Logo, read_logo
from receivables.access import Role
from tests.support.brand import a_logo
from tests.support.desk import DeskOffice, a_desk, at_the_desk, problem
from tests.support.flet_harness import Screen

Json = dict[str, Any]
ROUTE = "/configuracion/empresa"


class OfficeOfOneLook:
    """An office that keeps what it is sent."""

    def __init__(self) -> None:
        self.look: Json = {"name": "Distribuidora Andina", "seed_color": "#006A60", "logo": None}

    def answers(self) -> Json:
        return {
            "GET /brand": lambda _request: self.look,
            "PUT /brand": self._named,
            "PUT /brand/logo": self._pictured,
            "DELETE /brand/logo": self._unpictured,
        }

    def _named(self, request: httpx.Request) -> Json:
        self.look |= json.loads(request.content)
        return self.look

    def _pictured(self, request: httpx.Request) -> Json:
        read = read_logo(request.content)
        assert isinstance(read, Logo)
        self.look["logo"] = base64.b64encode(read.picture).decode()
        return self.look

    def _unpictured(self, _request: httpx.Request) -> Json:
        self.look["logo"] = None
        return {}


def picked(content: bytes, name: str = "logo.png") -> Json:
    """What the file picker answers."""
    return {"pick_files": [{"id": 1, "name": name, "size": len(content), "path": None, "bytes": content}]}


async def shown(screen: Screen) -> None:
    await screen.until(lambda: screen.has("look-paper"), "the look on paper")


def can_save(screen: Screen) -> bool:
    return not getattr(screen.by_id("look-save").content, "disabled", False)


def paper_of(screen: Screen) -> bytes:
    [image] = [
        each for each in screen.walk() if isinstance(each, ft.Image) and each.width and each.width > 300
    ]
    assert isinstance(image.src, bytes)
    return image.src


def test_a_look_is_seen_before_it_is_saved_and_can_be_undone() -> None:
    company = OfficeOfOneLook()

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        plain = paper_of(screen)
        await screen.tap("logo-pick")
        await screen.until(lambda: screen.has("look-logo"), "the logo in the bar")
        await screen.until(lambda: paper_of(screen) != plain, "the logo on paper")
        await screen.type("look-name", "Andina Express")
        await screen.tap("look-color-7A1FA2")
        assert not office.of("PUT /brand")
        await screen.tap("look-save")
        await screen.until(lambda: screen.has("look-saved"), "it is saved")
        assert company.look["name"] == "Andina Express"
        assert company.look["seed_color"] == "#7A1FA2"
        assert company.look["logo"]
        assert screen.by_id("company-logo").label == "Andina Express"
        assert screen.says("Andina Express")

        await screen.tap("look-undo")
        await screen.until(lambda: company.look["logo"] is None, "it is as before")
        await screen.until(lambda: not screen.has("company-logo"), "the rail too")
        assert company.look["name"] == "Distribuidora Andina"
        assert company.look["seed_color"] == "#006A60"

    at_the_desk(story, route=ROUTE, answers=company.answers(), services=picked(a_logo()))


def test_only_what_differs_is_sent() -> None:
    company = OfficeOfOneLook()

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert not can_save(screen)
        await screen.type("look-name", "Andina")
        await screen.tap("look-save")
        await screen.until(lambda: screen.has("look-saved"), "it is saved")
        assert office.of("PUT /brand") == [{"name": "Andina", "seed_color": "#006A60"}]
        assert not office.of("PUT /brand/logo")
        assert not office.of("DELETE /brand/logo")

    at_the_desk(story, route=ROUTE, answers=company.answers())


def test_a_file_that_is_no_logo_is_refused_in_words_and_changes_nothing() -> None:
    company = OfficeOfOneLook()

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap("logo-pick")
        await screen.until(lambda: screen.has("look-failure"), "the refusal")
        assert screen.says("El logo debe ser un archivo PNG o JPEG (no SVG).")
        assert not screen.has("look-logo")
        assert not office.of("PUT /brand/logo")

    at_the_desk(story, route=ROUTE, answers=company.answers(), services=picked(b"<svg/>", "logo.svg"))


def test_what_cannot_be_is_said_at_its_field_and_not_sent() -> None:
    company = OfficeOfOneLook()

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await shown(screen)
        await screen.type("look-name", "  ")
        assert screen.says("Escriba el nombre, de hasta 120 letras")
        await screen.type("look-name", "Andina")
        await screen.type("look-color", "rojo")
        assert screen.says("Seis cifras después de #, como #0B6E4F")
        assert not can_save(screen)
        await screen.tap("look-discard")
        assert screen.field("look-color").value == "#006A60"

    at_the_desk(story, route=ROUTE, answers=company.answers())


def test_a_refusal_of_the_office_keeps_the_draft() -> None:
    company = OfficeOfOneLook()
    answers = company.answers() | {
        "PUT /brand": (409, problem("changed_meanwhile", "Otra persona lo cambió."))
    }

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await shown(screen)
        await screen.type("look-name", "Andina")
        await screen.tap("look-save")
        await screen.until(lambda: screen.says("Otra persona lo cambió."), "the refusal")
        assert screen.field("look-name").value == "Andina"
        assert not screen.has("look-saved")

    at_the_desk(story, route=ROUTE, answers=answers)


def test_who_may_not_set_it_is_not_offered_it() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        assert screen.has("not-allowed")
        assert not office.of("GET /brand")

    at_the_desk(story, route=ROUTE, roles=(Role.BACKOFFICE,))


def test_nothing_of_a_company_stays_for_who_signs_in_next() -> None:
    state = a_desk(Role.SUPERVISOR)
    state.logo, state.branded = a_logo(), True
    state.forget()
    assert (state.logo, state.branded) == (None, False)
