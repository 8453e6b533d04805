"""Photos taken on the phone: picked or shot, refused, removed, kept over a death, saved with a form."""

from __future__ import annotations

import asyncio
import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from PIL import Image

from flet_app.collector.actions import letters
from flet_app.collector.phone import Phone
from paperwork.cash_papers import render_deposit
from paperwork.photographs import MOST_BYTES
from receivables.access import PICTURE, may_write, phone_roles
from receivables.photos import MOST_PHOTOS
from tests.support.collector_walk import NOW, begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.letters import picture as drawn

BACK = {"name": "0", "lens_direction": "back", "sensor_orientation": 90, "lens_type": "unknown"}
FRONT = BACK | {"name": "1", "lens_direction": "front"}
CAMERA = {"get_available_cameras": [FRONT, BACK], "initialize": {}, "take_picture": drawn("Fachada")}


def picked(*contents: bytes) -> dict[str, Any]:
    """What the file picker answers."""
    files = [
        {"id": number, "name": f"foto-{number}.jpg", "size": len(each), "path": None, "bytes": each}
        for number, each in enumerate(contents)
    ]
    return {"pick_files": files}


async def finishing(screen: Screen) -> None:
    await begin_visit(screen)
    await screen.go("/cliente/C0001/finalizar")


async def shoot(screen: Screen) -> None:
    await screen.tap("photo-take")
    await screen.until(lambda: ready(screen), "the camera is open")
    await screen.tap("camera-shoot")


def ready(screen: Screen) -> bool:
    button = screen.by_id("camera-shoot").content if screen.has("camera-shoot") else None
    return button is not None and not getattr(button, "disabled", True)


async def save_visit(screen: Screen, phone: Phone) -> dict[str, Any]:
    await screen.tap("outcome-paid")
    await screen.tap("visit-save")
    await screen.until(lambda: phone.portfolio.visits, "the visit is saved")
    (visit,) = phone.portfolio.visits.values()
    return visit


def stored(phone: Phone, photo: str) -> bytes:
    assert phone.store
    return phone.store.database.get_attachment(photo, PICTURE).read()


def test_photos_shot_and_picked_are_saved_with_the_visit(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await finishing(screen)
        await shoot(screen)
        await screen.until(lambda: screen.has("photo-0"), "the first photo is shown")
        assert not screen.has("camera-shoot"), "the camera is closed"
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.says(f"2 de {MOST_PHOTOS} fotos"), "the second photo is shown")
        assert not phone.portfolio.photos, "nothing is recorded before the visit is"
        visit = await save_visit(screen, phone)
        shot, file = sorted(phone.portfolio.photos.values(), key=lambda each: str(each["source"]))
        assert (shot["source"], file["source"]) == ("camera", "file")
        for photo in (shot, file):
            assert (photo["of"], photo["customer"], photo["subject"]) == (visit["_id"], "C0001", "visit")
            assert photo["place"] == {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False}
            content = stored(phone, photo["_id"])
            assert (len(content), hashlib.sha256(content).hexdigest()) == (photo["bytes"], photo["sha256"])
            assert photo["bytes"] <= MOST_BYTES
            assert Image.open(io.BytesIO(content)).format == "JPEG"
            assert phone.store
            assert phone.enrolment
            roles = phone_roles("andina", "ana", phone.enrolment.device, "R0001")
            whole = phone.store.database.get(photo["_id"])
            assert may_write(whole, None, database=phone.enrolment.database, roles=roles) is None
        assert phone.store
        assert phone.store.taken.of(f"visit:{visit['start']}") == ()

    walk(tmp_path, story, answers=CAMERA | picked(drawn("Letrero")))


def test_the_camera_that_looks_outward_is_used_without_sound(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await finishing(screen)
        await shoot(screen)
        (asked,) = [arguments for name, arguments in screen.connection.calls if name == "initialize"]
        assert asked["description"].name == "0"
        assert asked["enable_audio"] is False

    walk(tmp_path, story, answers=CAMERA)


def test_without_a_camera_the_sheet_says_so_and_a_file_does_as_well(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await finishing(screen)
        await screen.tap("photo-take")
        await screen.until(lambda: screen.says("No se puede usar la cámara"), "there is no camera")
        await screen.tap("camera-close")
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown")

    walk(tmp_path, story, answers={"get_available_cameras": []} | picked(drawn("Letrero")))


def test_a_desktop_window_offers_files_only(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await finishing(screen)
        assert screen.has("photo-pick")
        assert not screen.has("photo-take")

    walk(tmp_path, story, web=False, platform="linux", answers={"get_permission_status": "whileInUse"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 a slip that is no picture", "Este archivo no es una foto que se pueda abrir"),
        (drawn("Fachada")[:400], "Este archivo no es una foto que se pueda abrir"),
        (b"", "Este archivo no es una foto que se pueda abrir"),
    ],
    ids=["pdf", "cut", "empty"],
)
def test_what_is_no_picture_is_refused_in_words_and_the_next_one_taken(
    tmp_path: Path, content: bytes, words: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await finishing(screen)
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.says(words), "the refusal is told")
        assert not screen.has("photo-0")
        screen.connection.answers |= picked(drawn("Letrero"))
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "a good one is taken")
        assert not screen.has("photo-problem")
        await save_visit(screen, phone)
        assert len(phone.portfolio.photos) == 1

    walk(tmp_path, story, answers=picked(content))


def test_a_photo_removed_before_saving_is_gone(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await finishing(screen)
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.says("2 de"), "both are shown")
        assert phone.store
        start = phone.portfolio.open_visit()
        assert start
        first, second = phone.store.taken.of(f"visit:{start['_id']}")
        await screen.tap("photo-0-remove")
        await screen.until(lambda: screen.says("1 de"), "one is left")
        assert phone.store.taken.picture(first.ulid) is None
        await save_visit(screen, phone)
        assert [each.rpartition(":")[2] for each in phone.portfolio.photos] == [second.ulid]

    walk(tmp_path, story, answers=picked(drawn("Fachada"), drawn("Letrero")))


def test_a_seventh_photo_is_refused(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await finishing(screen)
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.says("Ya tiene 6 fotos"), "the seventh is refused")
        assert screen.says("6 de 6 fotos")
        for button in ("photo-take", "photo-pick"):
            assert getattr(screen.by_id(button).content, "disabled", False)
        await save_visit(screen, phone)
        assert len(phone.portfolio.photos) == MOST_PHOTOS

    walk(tmp_path, story, answers=picked(*[drawn(f"Foto {number}") for number in range(7)]))


def test_photos_survive_a_phone_that_dies_before_the_visit_is_saved(tmp_path: Path) -> None:
    async def before(screen: Screen, _phone: Phone) -> None:
        await finishing(screen)
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.says("2 de"), "both are shown")

    async def after(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001/finalizar")
        await screen.until(lambda: len(seen(screen)) == 2, "both are seen again")
        await save_visit(screen, phone)
        assert sorted(len(stored(phone, each)) for each in phone.portfolio.photos) == sorted(
            each["bytes"] for each in phone.portfolio.photos.values()
        )

    walk(tmp_path, before, answers=picked(drawn("Fachada"), drawn("Letrero")))
    walk(tmp_path, after, now=NOW + timedelta(minutes=1))


def seen(screen: Screen) -> list[ft.Image]:
    return [each for each in screen.walk() if isinstance(each, ft.Image)]


def test_the_acta_of_the_phone_has_the_photos_and_is_the_same_file_twice(tmp_path: Path) -> None:
    made: list[bytes] = []

    async def story(screen: Screen, phone: Phone) -> None:
        if not phone.portfolio.visits:
            await finishing(screen)
            await screen.tap("photo-pick")
            await screen.until(lambda: screen.has("photo-0"), "the photo is shown")
            await save_visit(screen, phone)
        (visit,) = phone.portfolio.visits.values()
        letter = await asyncio.to_thread(letters.acta(phone, visit, "Pagó", "es"))
        made.append(letter.content)

    walk(tmp_path, story, answers=picked(drawn("Letrero")))
    walk(tmp_path, story, now=NOW + timedelta(minutes=1))
    assert made[0] == made[1]
    assert b"/Subtype /Image" in made[0]


def test_far_from_the_customer_a_photo_and_a_reason_are_offered_and_recorded(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        customer = phone.portfolio.customers["C0001"]
        customer["location"] = {"lat": -0.10, "lon": -78.40}
        await begin_visit(screen)
        assert screen.has("visit-far-away")
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown at the visit")
        await screen.go("/cliente/C0001/finalizar")
        assert screen.has("away-notice")
        await screen.until(lambda: screen.has("photo-0"), "the same photo is in the form")
        await screen.type("away-reason", "Atiende en la bodega")
        visit = await save_visit(screen, phone)
        assert visit["away_reason"] == "Atiende en la bodega"
        assert len(phone.portfolio.photos) == 1

    walk(tmp_path, story, answers=picked(drawn("Bodega")))


def test_far_away_nothing_is_asked_twice_and_silence_is_recorded_too(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        phone.portfolio.customers["C0001"]["location"] = {"lat": -0.10, "lon": -78.40}
        await finishing(screen)
        visit = await save_visit(screen, phone)
        assert visit["away_reason"] is None
        assert not phone.portfolio.photos

    walk(tmp_path, story)


def test_a_position_carries_the_photo_of_the_door(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0002/ubicacion")
        await screen.until(lambda: not screen.says("Buscando"), "the position is known")
        await screen.type("location-reference", "Puerta azul")
        await screen.type("location-reason", "El punto era de otra tienda")
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown")
        await screen.tap("location-save")
        await screen.until(lambda: phone.portfolio.photos, "it is saved")
        (update,), (photo,) = phone.portfolio.location_updates.values(), phone.portfolio.photos.values()
        assert (photo["of"], photo["customer"], photo["subject"]) == (update["_id"], "C0002", "reference")

    walk(tmp_path, story, answers=picked(drawn("Puerta azul")))


def test_a_deposit_carries_the_photo_of_its_slip(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: phone.portfolio.receipts, "there is money to deposit")
        await screen.go("/caja/deposito")
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown")
        await screen.tap("deposit-bank-Pichincha")
        await screen.type("deposit-number", "778")
        await screen.tap("deposit-save")
        await screen.until(lambda: phone.portfolio.deposits, "the deposit is saved")
        (deposit,), (photo,) = phone.portfolio.deposits.values(), phone.portfolio.photos.values()
        assert (photo["of"], photo["customer"], photo["subject"]) == (deposit["_id"], None, "slip")
        paper = await asyncio.to_thread(letters.deposit(phone, deposit, "es"))
        assert paper.content == render_deposit(
            deposit, company=phone.portfolio.company, collector=phone.portfolio.collector,
            slip=stored(phone, photo["_id"]),
        )  # fmt: skip
        assert b"/Subtype /Image" in paper.content

    walk(tmp_path, story, answers=picked(drawn("Papeleta")))


def test_unsent_photos_are_counted_apart(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await finishing(screen)
        await screen.tap("photo-pick")
        await screen.until(lambda: screen.has("photo-0"), "the photo is shown")
        await save_visit(screen, phone)
        await screen.go("/sincronizacion")
        await screen.until(lambda: screen.has("sync-unsent-photos"), "photos are counted")
        records = screen.by_id("sync-unsent")
        assert "2" in [each.value for each in inside(records)], "the visit and its start"

    walk(tmp_path, story, answers=picked(drawn("Letrero")))


def inside(control: ft.Semantics) -> list[ft.Text]:
    row: Any = control.content
    return [each for each in all_of(row) if isinstance(each, ft.Text)]


def all_of(control: Any) -> list[Any]:
    below = [*(getattr(control, "controls", None) or []), getattr(control, "content", None)]
    return [control, *(each for child in below if child is not None for each in all_of(child))]
