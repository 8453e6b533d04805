"""Photos of a form: taken with the camera or picked from a file, seen small, thrown away before saving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import flet as ft

from flet_app.collector.actions.authorship import Album
from flet_app.collector.actions.photos import drop_photo, take_photo, waiting_thumbnail
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.camera import has_camera, open_camera
from flet_app.collector.views.pictures import small_picture
from flet_app.components.figures import caption
from flet_app.components.handlers import use_kept, use_maybe
from flet_app.components.inputs import secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.messages import sentence
from receivables.photos import Source
from receivables.validation import Problem

SIDE = 104  # dp of a thumbnail: three in a row


@ft.component
def PhotoField(
    album: Album,
    code: str,
    place: Callable[[], Json | None],
    helper: str | None = None,
    *,
    name: str = "photo",
    changed: Callable[[], None] = lambda: None,
) -> ft.Control:
    """`code` and what `place` answers at that moment are stamped on each photo of `album`.

    `name` begins the names of its controls; `changed` is told of each photo taken or thrown away.
    """
    app = use_app()
    t = app.texts.t
    small, set_small = ft.use_state(dict[str, bytes]())
    problem, set_problem = use_maybe(Problem)
    working, set_working = ft.use_state(False)
    taken = app.store.taken.of(album.name)

    async def show() -> None:
        found = {each.ulid: small.get(each.ulid) or await thumbnail(app, each.ulid) for each in taken}
        if found != small:
            set_small({ulid: picture for ulid, picture in found.items() if picture})

    ft.use_effect(show, dependencies=[album.name, len(taken), working])

    async def add(content: bytes, source: Source) -> bool:
        """Whether it was taken."""
        set_working(True)
        try:
            found = await take_photo(
                app.phone, album, content, source=source, place=place(), code=code,
                language=app.texts.language,
            )  # fmt: skip
        finally:
            set_working(False)
        set_problem(found)
        changed()
        return found is None

    async def pick(_event: Any) -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.IMAGE, allow_multiple=True, with_data=True
        )
        for file in files or ():
            if not await add(file.bytes or b"", Source.FILE):
                return

    async def shoot(_event: Any) -> None:
        await open_camera(app, lambda content: add(content, Source.CAMERA))

    async def drop(ulid: str) -> None:
        await drop_photo(app.phone, album, ulid)
        set_problem(None)
        set_small({each: picture for each, picture in small.items() if each != ulid})
        changed()

    tiles = [
        tile(app, number, each.ulid, small.get(each.ulid), drop, name=f"{name}-{number}")
        for number, each in enumerate(taken)
    ]
    if working:
        tiles.append(frame(ft.ProgressRing(width=24, height=24)))
    rows: list[ft.Control] = []
    if tiles:
        rows.append(ft.Row(tiles, wrap=True, spacing=8, run_spacing=8))
        rows.append(caption(t("{count} of {most} photos", count=len(taken), most=album.most)))
    elif helper:
        rows.append(caption(helper))
    off = working or len(taken) >= album.most
    rows.append(ft.Row(ways(app, name, shoot, pick, off=off), spacing=10))
    if problem:
        rows.append(
            notice(
                sentence(problem, locale=app.texts.locale), app.palette, tone=Tone.LATE,
                icon=ft.Icons.ERROR_OUTLINE, identifier=f"{name}-problem",
            )
        )  # fmt: skip
    return ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def ways(app: Window, name: str, shoot: Any, pick: Any, *, off: bool) -> list[ft.Control]:
    """A camera where there may be one, and files."""
    t = app.texts.t
    files = secondary(
        f"{name}-pick", t("Pick file"), pick, icon=ft.Icons.IMAGE_OUTLINED, disabled=off, expand=True
    )
    if not has_camera(app):
        return [files]
    icon = ft.Icons.PHOTO_CAMERA_OUTLINED
    return [secondary(f"{name}-take", t("Take photo"), shoot, icon=icon, disabled=off, expand=True), files]


def use_place(app: Window) -> Callable[[], Json | None]:
    """A hook: answers with the phone's position, once it is known."""
    found = use_kept(dict[str, Json | None])

    async def locate() -> None:
        found["place"] = await app.position()

    ft.use_effect(locate, dependencies=[])
    return lambda: found.get("place")


async def thumbnail(app: Window, ulid: str) -> bytes | None:
    return await asyncio.to_thread(waiting_thumbnail, app.store, ulid)


def tile(
    app: Window, number: int, ulid: str, picture: bytes | None, drop: Callable[[str], Any], *, name: str
) -> ft.Control:
    """A photo, small, with the cross that throws it away."""

    async def away(_event: Any) -> None:
        await drop(ulid)

    sign = ft.Container(
        ft.Icon(ft.Icons.CLOSE, size=16, color=ft.Colors.WHITE), width=26, height=26, border_radius=13,
        bgcolor=ft.Colors.with_opacity(0.6, ft.Colors.BLACK), alignment=ft.Alignment.CENTER,
    )  # fmt: skip
    cross = ft.Semantics(
        identifier=f"{name}-remove",
        label=app.texts.t("Remove photo {number}", number=number + 1),
        button=True,
        content=ft.Container(
            sign, width=TOUCH_TARGET, height=TOUCH_TARGET, padding=5, alignment=ft.Alignment.TOP_RIGHT,
            on_click=away,
        ),
    )  # fmt: skip
    seen = (
        small_picture(app, f"{name}-open", picture, partial(app.store.taken.picture, ulid), side=SIDE)
        if picture
        else frame(ft.Icon(ft.Icons.IMAGE_OUTLINED, color=ft.Colors.OUTLINE))
    )
    stack = ft.Stack([seen, ft.Container(cross, right=0, top=0)], width=SIDE, height=SIDE)
    return tag(name, stack, label=app.texts.t("Photo {number}", number=number + 1))


def frame(content: ft.Control) -> ft.Control:
    """The place of a picture that is not there yet."""
    return ft.Container(
        content, width=SIDE, height=SIDE, border_radius=12, bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
        alignment=ft.Alignment.CENTER,
    )  # fmt: skip
