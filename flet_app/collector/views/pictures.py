"""Pictures that are on this phone: small ones in a row, and one large when it is tapped."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from flet_app.collector.actions.photos import picture_of, thumbnail_of
from flet_app.collector.state import Window, use_app
from flet_app.components.tagging import tag

SMALL = 72  # dp


@ft.component
def PhotoStrip(photos: Sequence[str]) -> ft.Control:
    """The recorded photos with these ids, those of which this phone has the picture."""
    app = use_app()
    small, set_small = ft.use_state(dict[str, bytes]())

    async def show() -> None:
        found = {each: await asyncio.to_thread(thumbnail_of, app.store, each) for each in photos}
        set_small({each: picture for each, picture in found.items() if picture})

    ft.use_effect(show, dependencies=[tuple(photos)])
    return ft.Row(
        [
            small_picture(app, f"open-{each}", small[each], functools.partial(picture_of, app.store, each))
            for each in photos
            if each in small
        ],
        wrap=True, spacing=8, run_spacing=8,
    )  # fmt: skip


def small_picture(
    app: Window, identifier: str, picture: bytes, read: Callable[[], bytes | None], *, side: int = SMALL
) -> ft.Control:
    """A thumbnail; its tap shows what `read` finds on the disk."""

    async def enlarge(_event: Any) -> None:
        whole = await asyncio.to_thread(read)
        if whole:
            show_large(app, whole)

    return tag(
        identifier,
        ft.Container(
            ft.Image(picture, width=side, height=side, fit=ft.BoxFit.COVER),
            width=side, height=side, border_radius=10, clip_behavior=ft.ClipBehavior.ANTI_ALIAS, ink=True,
            on_click=enlarge,
        ),
        label=app.texts.t("Open photo"),
    )  # fmt: skip


def show_large(app: Window, picture: bytes) -> None:
    """The picture over the whole screen, to be pinched."""
    t = app.texts.t
    app.page.show_dialog(
        ft.AlertDialog(
            content=ft.InteractiveViewer(ft.Image(picture, fit=ft.BoxFit.CONTAIN), max_scale=5),
            content_padding=8,
            inset_padding=12,
            actions=[
                tag("picture-close", ft.TextButton(t("Close"), on_click=lambda _event: app.page.pop_dialog()))
            ],
        )
    )
