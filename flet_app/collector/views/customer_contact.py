"""How a customer is reached: calls and messages by the phone's own apps, under the rules of contact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flet as ft

from flet_app.collector.contact_rules import consents_of
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.contact_gate import Intention, intend
from flet_app.collector.views.records import CHANNEL_WORDS
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import notice
from flet_app.components.tagging import tag
from flet_app.theme import PRIMARY_HEIGHT, TOUCH_TARGET
from receivables.compliance import Channel
from receivables.consents import said_by_channel
from receivables.documents import rfc3339

ANSWER_WITHIN = timedelta(minutes=15)
"""How long after a call or message the screen asks whether somebody answered."""


def answer_asked(app: Window, code: str, record: Callable[[Json], Any]) -> list[ft.Control]:
    """Just after a call or message: did the customer answer? It counts differently by law."""
    t, attempts = app.texts.t, app.phone.portfolio.attempts.values()
    told = {each.get("of") for each in attempts}
    since = rfc3339(app.phone.now() - ANSWER_WITHIN)
    open_ones = [
        each
        for each in attempts
        if each["customer"] == code and not each["direct"] and each["_id"] not in told
        and str(each["created_at"]) >= since
    ]  # fmt: skip
    if not open_ones:
        return []
    newest = max(open_ones, key=lambda each: (str(each["created_at"]), each["_id"]))

    async def answered(_event: Any) -> None:
        await record(newest)

    return [
        notice(
            t("Did the customer answer?"), app.palette, icon=ft.Icons.PHONE_IN_TALK_OUTLINED,
            action=t("Yes, answered"), on_action=answered, identifier="contact-answered",
        )
    ]  # fmt: skip


def contact(
    app: Window,
    document: Json,
    *,
    ask: Callable[[Intention], Any],
    call: Callable[[Channel, str | None], Any],
) -> ft.Control:
    """Call, WhatsApp, go: opened by the phone itself, inside the tap.

    `ask` is told of a contact that the rules have something against; `call` records one that they allow.
    """
    t = app.texts.t
    phones = [re.sub(r"[^\d+]", "", str(phone)) for phone in document.get("phones") or ()]
    location = document.get("location")
    ways: list[tuple[str, str, ft.IconData, str | None, Channel | None]] = [
        ("contact-call", t("Call"), ft.Icons.CALL, f"tel:{phones[0]}" if phones else None, Channel.CALL),
        (
            "contact-whatsapp", t("WhatsApp"), ft.Icons.CHAT,
            f"https://wa.me/{phones[0].lstrip('+')}" if phones else None, Channel.WHATSAPP,
        ),
        (
            "contact-navigate", t("Go"), ft.Icons.NAVIGATION_OUTLINED,
            f"https://www.google.com/maps/dir/?api=1&destination={location['lat']},{location['lon']}"
            if location else None, None,
        ),
    ]  # fmt: skip

    def behaviour(url: str | None, channel: Channel | None) -> dict[str, Any]:
        if url is None:
            return {"disabled": True}
        opens: dict[str, Any] = {"action": ft.OpenUrl(url, target=ft.UrlTarget.BLANK)}
        if channel is None:
            return opens
        intention = intend(app, str(document["code"]), channel, url)
        if intention.decision.findings:
            return {"on_click": calling(ask, intention)}

        async def record(_event: Any) -> None:
            await call(channel, None)

        return opens | {"on_click": record}

    buttons: list[ft.Control] = [
        tag(
            identifier,
            ft.FilledTonalButton(
                ft.Column(
                    [
                        ft.Icon(icon, size=20),
                        ft.Text(label, style=ft.TextStyle(size=13, height=1.2), no_wrap=True),
                    ],
                    spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                height=PRIMARY_HEIGHT,
                style=ft.ButtonStyle(padding=4, elevation=0),
                **behaviour(url, channel),
            ),
            expand=True,
        )
        for identifier, label, icon, url, channel in ways
    ]  # fmt: skip
    rows: list[ft.Control] = [ft.Row(buttons, spacing=8)]
    address = ", ".join(str(part) for part in (document.get("address"), document.get("city")) if part)
    place = " · ".join(str(part) for part in (document.get("branch"), address) if part)
    if place:
        rows.append(
            ft.Row(
                [
                    ft.Icon(ft.Icons.PLACE_OUTLINED, size=16, color=ft.Colors.ON_SURFACE_VARIANT),
                    caption(place, expand=True),
                ],
                spacing=6,
            )
        )
    return ft.Column(rows, spacing=8, tight=True)


def consent_link(app: Window, code: str) -> ft.Control:
    """What the customer allowed or forbade, and the way to record it."""
    t, said = app.texts.t, said_by_channel(consents_of(app.phone.portfolio, code))
    given, withdrawn = (
        ", ".join(t(CHANNEL_WORDS[channel]) for channel, word in said.items() if word is wanted)
        for wanted in (True, False)
    )
    words = [
        *([t("Means of contact: {channels}", channels=given)] if given else []),
        *([t("Not by {channels}", channels=withdrawn)] if withdrawn else []),
    ]
    return tag(
        "open-consent",
        ft.TextButton(
            ". ".join(words) or t("Consent to contact"), icon=ft.Icons.VERIFIED_USER_OUTLINED,
            height=TOUCH_TARGET, on_click=lambda _event: app.open(f"cliente/{code}/consentimiento"),
            style=ft.ButtonStyle(color=tone_color(Tone.LATE, app.palette)) if withdrawn else None,
        ),
    )  # fmt: skip
