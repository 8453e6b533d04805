"""Consentimiento: given with a signature, withdrawn at once; the ways of contact follow the last word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft

from backend.compliance.shipped import shipped_pack
from flet_app.collector.phone import Phone
from receivables.consents import merge_consents
from tests.support.collector_walk import NOW, Story, arrive, walk, with_documents
from tests.support.flet_harness import Screen

CUSTOMER = "/cliente/C0001"
CONSENT = f"{CUSTOMER}/consentimiento"


def under(country: str, story: Story) -> Story:
    pack = shipped_pack(country)
    assert pack is not None
    return with_documents(story, {"_id": "company:andina", "country": country}, pack)


def opens_the_phones_app(screen: Screen, identifier: str) -> bool:
    button: Any = screen.by_id(identifier).content
    return isinstance(button.action, ft.OpenUrl)


async def say(screen: Screen, *channels: str, way: str, signed: bool = True) -> None:
    await screen.go(CONSENT)
    await screen.tap(f"consent-{way}")
    for channel in channels:
        await screen.tap(f"consent-{channel}")
    await screen.type("consent-contact", "Rosa Vega")
    if signed:
        await screen.draw("consent-signature")
    await screen.tap("consent-save")


def test_a_consent_is_signed_to_a_text_and_opens_the_channel_at_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(CUSTOMER)
        assert not opens_the_phones_app(screen, "contact-call"), "Colombia asks for a consent first"
        await screen.tap("open-consent")
        assert screen.says("Autorizo a Distribuidora Andina a contactarme")
        await say(screen, "call", "email", way="give")
        await screen.until(lambda: phone.portfolio.consents, "the consent is saved")
        assert screen.announces("Autorización registrada")
        [consent] = phone.portfolio.consents.values()
        assert (consent["contact"], consent["channels"]) == ("Rosa Vega", ["call", "email"])
        assert (consent["given"], consent["version"]) == (True, "1")
        assert consent["text"].startswith("Autorizo a Distribuidora Andina")
        assert len(consent["signature"]["strokes"][0]) == 4
        assert opens_the_phones_app(screen, "contact-call")
        assert not opens_the_phones_app(screen, "contact-whatsapp"), "only what was ticked"
        await screen.go(CONSENT)
        assert screen.says("Autorizado: Rosa Vega · 10:30")

    walk(tmp_path, under("CO", story))


def test_a_withdrawal_needs_no_signature_and_shuts_the_channel_at_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(CUSTOMER)
        assert opens_the_phones_app(screen, "contact-call")
        await say(screen, "call", way="withdraw", signed=False)
        await screen.until(lambda: phone.portfolio.consents, "the withdrawal is saved")
        assert screen.announces("Retiro registrado")
        assert not opens_the_phones_app(screen, "contact-call")
        assert opens_the_phones_app(screen, "contact-whatsapp")
        assert any("No por Llamada" in str(getattr(each, "content", "")) for each in screen.walk())
        await screen.tap("contact-call")
        assert screen.says("Este cliente no autorizó este medio de contacto.")
        assert screen.says("No depende de la hora")
        assert not phone.portfolio.attempts

    walk(tmp_path, story)


def test_the_last_word_counts_also_against_what_the_office_told(tmp_path: Path) -> None:
    earlier = {
        "_id": "consent:luis:1", "created_at": "2026-11-01T10:00:00Z", "channels": ["call", "whatsapp"],
        "given": False, "contact": "Luis Vega", "version": "1",
    }  # fmt: skip

    async def story(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, merge_consents(None, "C0001", [earlier]))
        await screen.go(CUSTOMER)
        assert not opens_the_phones_app(screen, "contact-call")
        await say(screen, "call", way="give")
        await screen.until(lambda: phone.portfolio.consents, "the consent is saved")
        assert opens_the_phones_app(screen, "contact-call")
        assert not opens_the_phones_app(screen, "contact-whatsapp")

    walk(tmp_path, story, now=NOW)


def test_what_is_missing_is_told_at_once_and_what_was_typed_stays(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(CONSENT)
        await screen.tap("consent-save")
        assert screen.says("Elija al menos un medio de contacto.")
        assert screen.says("Falta un dato: nombre.")
        assert screen.says("Falta la firma de quien autoriza.")
        await screen.type("consent-contact", "Rosa Vega")
        await screen.tap("consent-call")
        await screen.tap("consent-save")
        assert not screen.says("Elija al menos un medio de contacto.")
        assert screen.says("Falta la firma de quien autoriza.")
        assert screen.field("consent-contact").value == "Rosa Vega"
        assert not phone.portfolio.consents
        await screen.tap("consent-withdraw")
        assert screen.field("consent-contact").value == "Rosa Vega"
        await screen.tap("consent-save")
        await screen.until(lambda: phone.portfolio.consents, "a withdrawal needs no signature")

    walk(tmp_path, story)


def test_the_company_has_its_own_text(tmp_path: Path) -> None:
    own = {"_id": "company:andina", "consent": {"version": "2026-3", "text": {"es": "Acepto de {company}."}}}

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(CONSENT)
        assert screen.says("Acepto de Distribuidora Andina.")
        assert screen.says("Texto n.º 2026-3")
        await say(screen, "email", way="give")
        await screen.until(lambda: phone.portfolio.consents, "the consent is saved")
        [consent] = phone.portfolio.consents.values()
        assert (consent["version"], consent["text"]) == ("2026-3", "Acepto de Distribuidora Andina.")

    walk(tmp_path, with_documents(story, own))
