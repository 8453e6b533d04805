"""The photos of a visit: how many there are, and all of them when asked for."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.tagging import tag
from flet_app.supervisor.api import ApiProblem
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import Json
from flet_app.theme import TOUCH_TARGET

WIDTH = 640  # dp of a photo on a desk


def photos_button(session: Session, visit: Json) -> list[ft.Control]:
    """Nothing where nothing was photographed."""
    photos = visit.get("photos") or []
    if not photos:
        return []

    async def look(_event: Any) -> None:
        await show_photos(session, str(visit["customer_name"] or visit["customer"]), photos)

    words = session.texts.n("{count} photo", "{count} photos", len(photos))
    return [
        tag(
            f"visit-photos-{visit['id']}",
            ft.TextButton(words, icon=ft.Icons.PHOTO_OUTLINED, on_click=look, height=TOUCH_TARGET),
        )
    ]


async def show_photos(session: Session, title: str, photos: Sequence[Json]) -> None:
    """Fetch them and show them one below the other, or say that it did not work.

    A photo with a `sha256` is held against it.
    """
    page, t = ft.context.page, session.texts.t
    try:
        pictures = await asyncio.gather(*(session.api.read_bytes(f"/photos/{each['id']}") for each in photos))
    except ApiProblem:
        page.show_dialog(ft.SnackBar(t("The photos could not be read. Try again.")))
        return
    rows: list[ft.Control] = []
    for photo, picture in zip(photos, pictures, strict=True):
        rows.append(tag(f"picture-{photo['id']}", ft.Image(picture, width=WIDTH, fit=ft.BoxFit.CONTAIN)))
        rows.append(caption(taken(session, photo)))
        if photo.get("sha256", "") not in {"", hashlib.sha256(picture).hexdigest()}:
            rows.append(ft.Text(t("This is not the photo that the receipt names."), color=ft.Colors.ERROR))
    page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(title),
            content=ft.Column(rows, spacing=8, tight=True, scroll=ft.ScrollMode.AUTO),
            actions=[
                tag("photos-close", ft.TextButton(t("Close"), on_click=lambda _event: page.pop_dialog()))
            ],
        )
    )


def taken(session: Session, photo: Json) -> str:
    """When it was taken, or added as a file."""
    at = session.texts.moment(datetime.fromisoformat(photo["taken_at"]), now=session.now())
    return session.texts.t("{when}, added as a file", when=at) if photo.get("source") == "file" else at
