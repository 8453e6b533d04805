"""The reference point on a customer's screen: the photo of the door, the words that lead there, the way."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import flet as ft

from flet_app.collector.actions.photos import picture_of, thumbnail_of
from flet_app.collector.reference import Reference, reference_of
from flet_app.collector.state import Window, use_app
from flet_app.collector.store import Store
from flet_app.collector.views.pictures import small_picture
from flet_app.components.figures import caption
from flet_app.components.surfaces import card
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.documents import parse_instant

SIDE = 96  # dp of the door's picture


@ft.component
def ReferencePoint(code: str) -> ft.Control:
    app = use_app()
    t = app.texts.t
    picture, set_picture = ft.use_state(b"")
    found = reference_of(app.phone.portfolio, code)
    photo = found.photo if found else None

    async def show() -> None:
        seen = await asyncio.to_thread(small_door, app.store, code, found) if found else None
        set_picture(seen or b"")

    ft.use_effect(show, dependencies=[code, photo])
    if found is None:
        return ft.Container()
    words: list[ft.Control] = [caption(t("Reference point"))]
    if found.words:
        words.append(ft.Text(found.words, size=15))
    if picture and found.photo_at:
        at = parse_instant(found.photo_at)
        words.append(caption(t("Photo of {when}", when=app.texts.moment(at, now=app.phone.now())), size=12))
    if found.place:
        words.append(way(app, found.place))
    parts: list[ft.Control] = [ft.Column(words, spacing=2, tight=True, expand=True)]
    if picture:
        seen = small_picture(
            app, "reference-photo", picture, lambda: whole_door(app.store, code, found), side=SIDE
        )
        parts.insert(0, seen)
    return tag(
        "reference-point",
        card(ft.Row(parts, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START), padding=12),
    )


def way(app: Window, place: dict[str, Any]) -> ft.Control:
    """The pin, opened in the phone's own map."""
    url = f"https://www.google.com/maps/dir/?api=1&destination={place['lat']},{place['lon']}"
    return tag(
        "reference-navigate",
        ft.TextButton(
            app.texts.t("Go to this point"), icon=ft.Icons.NAVIGATION_OUTLINED, height=TOUCH_TARGET,
            action=ft.OpenUrl(url, target=ft.UrlTarget.BLANK),
        ),
    )  # fmt: skip


def small_door(store: Store, code: str, found: Reference) -> bytes | None:
    """The picture for the card: this phone's own, or the office's miniature; reads the disk."""
    if found.photo and found.is_own and (own := thumbnail_of(store, found.photo)):
        return own
    return office_picture(store, code)


def whole_door(store: Store, code: str, found: Reference) -> bytes | None:
    """The picture as large as this phone has it; reads the disk."""
    own = picture_of(store, found.photo) if found.photo and found.is_own else None
    return own or office_picture(store, code)


def office_picture(store: Store, code: str) -> bytes | None:
    """The miniature that the office sent, or None where there is none that can be read."""
    if code not in store.portfolio.references:
        return None
    photo = store.database.get(f"reference:{code}").get("photo") or {}
    try:
        return base64.b64decode(str(photo["picture"]), validate=True)
    except (KeyError, ValueError):
        return None
