"""A cheque's photo in its line of the receipt: taken or picked, asked for, kept over a death."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.actions.receipts import cheque_album
from flet_app.collector.phone import Phone
from receivables.access import may_write, phone_roles
from receivables.receipts import receipt_hash
from tests.support.collector_walk import arrive, begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.letters import picture as drawn
from tests.unit.flet_app.test_photos_of_the_phone import CAMERA, picked, ready, stored

Story = Callable[[Screen, Phone], Awaitable[None]]
REQUIRED = {"_id": "policy:collection", "cheque_photo": "required"}
ANSWERS: dict[str, Any] = {"answers": CAMERA | picked(drawn("Cheque 000123"))}
PHOTO = "receipt-line-0-photo"


async def paying_by_cheque(screen: Screen) -> None:
    await begin_visit(screen)
    await screen.tap("new-receipt")
    await screen.tap("receipt-continue")
    await screen.tap("receipt-method-cheque")
    for name, text in (("account", "2100"), ("number", "000123"), ("drawer", "Rosa Vera")):
        await screen.type(f"receipt-line-0-{name}", text)
    await screen.choose("receipt-line-0-bank", "Pichincha")


async def recorded(screen: Screen, phone: Phone) -> dict[str, Any]:
    await screen.tap("receipt-register")
    await screen.tap("receipt-confirm")
    await screen.until(lambda: phone.portfolio.receipts, "the receipt is recorded")
    (receipt,) = phone.portfolio.receipts.values()
    return receipt


def test_a_cheque_is_photographed_and_its_receipt_names_the_photos(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await paying_by_cheque(screen)
        assert screen.says("Foto del cheque (opcional)")
        await screen.tap(f"{PHOTO}-take")
        await screen.until(lambda: ready(screen), "the camera is open")
        await screen.tap("camera-shoot")
        await screen.until(lambda: screen.has(f"{PHOTO}-0"), "the front is shown")
        await screen.tap(f"{PHOTO}-pick")
        await screen.until(lambda: screen.says("2 de 2 fotos"), "the back is shown")
        assert getattr(screen.by_id(f"{PHOTO}-pick").content, "disabled", False), "a cheque has two sides"
        assert not phone.portfolio.photos, "nothing is recorded before the receipt is"
        receipt = await recorded(screen, phone)
        named = receipt["payments"][0]["photos"]
        assert [each["id"] for each in named] == sorted(phone.portfolio.photos)
        for each in named:
            fact = phone.portfolio.photos[each["id"]]
            assert (fact["of"], fact["subject"]) == (receipt["_id"], "cheque")
            assert fact["customer"] == "C0001"
            assert hashlib.sha256(stored(phone, each["id"])).hexdigest() == each["sha256"] == fact["sha256"]
        assert receipt["hash"] == receipt_hash(receipt["previous_hash"], receipt)
        assert phone.enrolment
        roles = phone_roles("andina", "ana", phone.enrolment.device, "R0001")
        assert may_write(receipt, None, database=phone.enrolment.database, roles=roles) is None
        await screen.until(lambda: screen.has(f"open-{named[0]['id']}"), "the voucher shows it")

    walk(tmp_path, story, **ANSWERS)


def test_a_cheque_without_a_photo_is_recorded_where_nobody_asks_for_one(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await paying_by_cheque(screen)
        receipt = await recorded(screen, phone)
        assert "photos" not in receipt["payments"][0]

    walk(tmp_path, story, **ANSWERS)


def test_where_the_company_asks_for_it_the_refusal_stands_at_the_photo(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, REQUIRED)
        await paying_by_cheque(screen)
        assert screen.says("Foto del cheque")
        assert not screen.says("Foto del cheque (opcional)")
        await screen.tap("receipt-register")
        assert screen.says("Tome la foto del cheque: su empresa la pide.")
        assert not screen.has("receipt-confirm")
        assert not screen.has("receipt-problem"), "it is said once, where it belongs"
        await screen.tap(f"{PHOTO}-pick")
        await screen.until(lambda: screen.has(f"{PHOTO}-0"), "the photo is shown")
        assert not screen.says("su empresa la pide"), "it is there now"
        assert (await recorded(screen, phone))["payments"][0]["photos"]

    walk(tmp_path, story, **ANSWERS)


def test_a_half_typed_receipt_comes_back_with_its_photo_after_a_death(tmp_path: Path) -> None:
    async def before(screen: Screen, phone: Phone) -> None:
        await paying_by_cheque(screen)
        await screen.tap(f"{PHOTO}-pick")
        await screen.until(lambda: screen.has(f"{PHOTO}-0"), "the photo is shown")
        await screen.until(lambda: "receipt:C0001" in phone.store.drafts, "the form is kept")  # type: ignore[union-attr]
        await screen.settle(0.6)

    async def after(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001/cobro")
        await screen.until(lambda: screen.has(f"{PHOTO}-0"), "the photo is there again")
        assert (await recorded(screen, phone))["payments"][0]["photos"]

    walk(tmp_path, before, **ANSWERS)
    walk(tmp_path, after, **ANSWERS)


@pytest.mark.parametrize("away", ["receipt-method-cash", "photo"])
def test_a_photo_of_a_cheque_that_is_no_longer_there_is_thrown_away(tmp_path: Path, away: str) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await paying_by_cheque(screen)
        await screen.tap(f"{PHOTO}-pick")
        await screen.until(lambda: screen.has(f"{PHOTO}-0"), "the photo is shown")
        assert phone.store
        (name,) = phone.store.taken._forms
        (taken,) = phone.store.taken.of(name)
        await screen.tap(f"{PHOTO}-0-remove" if away == "photo" else away)
        assert phone.store.taken.of(name) == ()
        assert phone.store.taken.picture(taken.ulid) is None
        assert name == cheque_album(name.partition(":")[2]).name
        if away != "photo":
            await recorded(screen, phone)
            assert not phone.portfolio.photos

    walk(tmp_path, story, **ANSWERS)
