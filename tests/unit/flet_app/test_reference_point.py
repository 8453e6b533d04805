"""The reference point on a customer's screen: from the office or from this phone, whichever is newer."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import flet as ft
from PIL import Image

from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.reference import reference_of
from paperwork.photographs import miniature
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.letters import picture as drawn

PLACE = {"lat": -0.19, "lon": -78.49, "accuracy": 8.0, "mock": False}


def office(picture: bytes | None = None) -> dict[str, Any]:
    """`reference:C0003` as reconcile brings it."""
    told = {
        "at": "2026-11-10T15:00:00Z",
        "ref": "location_update:beto:01KA0000000000000000000001",
        "by": "beto",
    }
    small = miniature(picture or drawn("Puerta verde"), 480, 20_000) or b""
    return {
        "_id": "reference:C0003", "schema": 1, "customer": "C0003", "source_rev": "1-a",
        "point": {**told, "place": PLACE}, "words": {**told, "text": "Puerta verde, tocar el timbre"},
        "photo": {
            "at": told["at"], "ref": "photo:beto:01KA0000000000000000000002",
            "picture": base64.b64encode(small).decode(),
        },
    }  # fmt: skip


async def bring(phone: Phone, *documents: dict[str, Any]) -> None:
    assert phone.store
    await phone.store.write(lambda transaction: [transaction.put(each) for each in documents])


def shown(screen: Screen) -> list[ft.Image]:
    return [each for each in screen.walk() if isinstance(each, ft.Image)]


def test_what_another_collector_found_is_shown_without_a_network(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await bring(phone, office())
        assert "picture" not in phone.portfolio.references["C0003"]["photo"], "pictures stay on the disk"
        await screen.go("/cliente/C0003")
        await screen.until(lambda: screen.has("reference-photo"), "the door is shown")
        assert screen.says("Puerta verde, tocar el timbre")
        button: Any = screen.by_id("reference-navigate").content
        assert "destination=-0.19,-78.49" in button.action.url
        await screen.tap("reference-photo")
        await screen.until(lambda: screen.has("picture-close"), "the photo is shown large")
        await screen.tap("picture-close")

    walk(tmp_path, story)


def test_a_customer_of_whom_nobody_knows_more_shows_nothing(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cliente/C0003")
        assert not screen.has("reference-point")

    walk(tmp_path, story)


def test_a_picture_that_cannot_be_read_costs_the_picture_only(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        broken = office()
        broken["photo"]["picture"] = "%%%"
        await bring(phone, broken)
        await screen.go("/cliente/C0003")
        assert screen.says("Puerta verde, tocar el timbre")
        assert not screen.has("reference-photo")

    walk(tmp_path, story)


def test_the_door_that_was_photographed_here_is_shown_at_once_and_large(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await bring(phone, office())
        await screen.go("/cliente/C0003/ubicacion")
        await screen.until(lambda: not screen.says("Buscando"), "the position is known")
        await screen.type("location-reference", "Puerta azul")
        await screen.type("location-reason", "Se mudó")
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown")
        await screen.tap("location-save")
        await screen.until(lambda: phone.portfolio.photos, "it is saved")
        await screen.go("/cliente/C0003")
        await screen.until(lambda: screen.has("reference-photo"), "the door is shown")
        assert screen.says("Puerta azul")
        assert not screen.says("Puerta verde")
        found = reference_of(phone.portfolio, "C0003")
        assert found
        assert found.is_own
        await screen.tap("reference-photo")
        await screen.until(lambda: screen.has("picture-close"), "the photo is shown large")
        large = max((Image.open(io.BytesIO(each.src)).width for each in shown(screen)), default=0)  # type: ignore[arg-type]
        assert large > 480

    walk(tmp_path, story, answers={"pick_files": [picked(drawn("Puerta azul, larga"))]})


def picked(content: bytes) -> dict[str, Any]:
    image = Image.open(io.BytesIO(content)).resize((1600, 1200))
    written = io.BytesIO()
    image.save(written, "JPEG")
    whole = written.getvalue()
    return {"id": 0, "name": "puerta.jpg", "size": len(whole), "path": None, "bytes": whole}


def test_each_part_is_the_newest_and_the_own_one_where_both_have_it() -> None:
    portfolio = Portfolio()
    portfolio.references["C1"] = {
        "point": {"at": "2026-11-10T15:00:00Z", "ref": "location_update:b:2", "place": PLACE},
        "words": {"at": "2026-11-10T15:00:00Z", "ref": "location_update:b:2", "text": "Del otro"},
        "photo": {"at": "2026-11-10T15:00:00Z", "ref": "photo:a:1"},
    }
    own = {"_id": "location_update:a:1", "customer": "C1", "place": {**PLACE, "lat": 1.0}, "reference": None}
    portfolio.location_updates["1"] = {**own, "created_at": "2026-11-12T15:00:00Z"}
    portfolio.photos["photo:a:1"] = {"_id": "photo:a:1", "of": own["_id"], "taken_at": "2026-11-10T15:00:00Z"}
    found = reference_of(portfolio, "C1")
    assert found
    assert found.place == {**PLACE, "lat": 1.0}
    assert found.words == "Del otro"
    assert (found.photo, found.is_own) == ("photo:a:1", True)


def test_the_history_shows_the_photos_of_a_visit_made_here(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/cliente/C0001/finalizar")
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown")
        await screen.tap("outcome-paid")
        await screen.tap("visit-save")
        await screen.until(lambda: phone.portfolio.photos, "the visit is saved")
        (photo,) = phone.portfolio.photos
        await screen.go("/cliente/C0001")
        await screen.tap("tab-activity")
        await screen.until(lambda: screen.has(f"open-{photo}"), "the photo stands in the history")
        await screen.go("/cobros")
        await screen.tap("history-visits")
        await screen.until(lambda: screen.has(f"open-{photo}"), "and in the visits of the day")

    walk(tmp_path, story, answers={"pick_files": [picked(drawn("Letrero"))]})
