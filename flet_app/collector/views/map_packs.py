"""Mapas sin conexión: the map packs of this phone, taken from a file, looked at and let go."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import flet as ft

from flet_app.collector.state import Window, use_app
from flet_app.collector.tile_packs import SUFFIX, BadPack, Pack, TilePacks
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.stop_rows import one_line
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import bottom_bar, icon_action, primary
from flet_app.components.status import Tone
from flet_app.components.surfaces import empty, notice, stacked

MEGABYTE = 1_000_000


@ft.component
def MapPacks() -> ft.View:
    app = use_app()
    t = app.texts.t
    route = ft.use_view_path()
    busy, set_busy = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    packs = app.phone.maps

    async def pick(_event: Any) -> None:
        # Android knows no kind of file by this ending, so any may be picked; a browser has no paths.
        files = await ft.FilePicker().pick_files(file_type=ft.FilePickerFileType.ANY, with_data=app.page.web)
        if not files:
            return
        set_busy(True)
        try:
            await asyncio.to_thread(take, packs, files[0])
            set_problem("")
        except (BadPack, OSError):
            set_problem(t("This file is not a map pack with pictures (.mbtiles)."))
        set_busy(False)

    async def remove(pack: Pack) -> None:
        await asyncio.to_thread(packs.remove, pack)
        app.state.revision += 1

    rows: list[ft.Control] = [
        caption(t("A map pack shows streets beneath the map of the day where there is no signal."))
    ]
    if problem:
        rows.append(notice(problem, app.palette, tone=Tone.LATE, identifier="pack-problem"))
    if packs.packs:
        rows.append(stacked([pack_row(app, pack, remove) for pack in packs.packs]))
    else:
        rows.append(empty(ft.Icons.MAP_OUTLINED, t("This phone has no map pack.")))
    return screen(
        app, route=route, title=t("Maps without a signal"), body=scroll(rows),
        bottom=bottom_bar(primary("pack-add", t("Add a file"), pick, icon=ft.Icons.ADD, busy=busy)),
    )  # fmt: skip


def take(packs: TilePacks, file: ft.FilePickerFile) -> None:
    """Keep the picked file as a pack; raise BadPack where it is none, OSError where it can't be kept."""
    if file.path:
        packs.add(Path(file.path), file.name)
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"pack{SUFFIX}"
        source.write_bytes(file.bytes or b"")
        packs.add(source, file.name)


def pack_row(app: Window, pack: Pack, remove: Any) -> ft.Control:
    t = app.texts.t
    size = t("{size} MB", size=app.texts.number(round(pack.size / MEGABYTE, 1)))
    zooms = t("zooms {low} to {high}", low=pack.lowest_zoom, high=pack.highest_zoom)
    words = " · ".join(each for each in (size, zooms, pack.attribution) if each)
    grey = ft.Colors.ON_SURFACE_VARIANT
    return ft.Row(
        [
            ft.Container(
                ft.Column(
                    [one_line(pack.name, size=16), one_line(words, size=13, color=grey)],
                    spacing=2, tight=True,
                ),
                padding=ft.Padding.symmetric(horizontal=14, vertical=10),
                expand=True,
            ),
            icon_action(
                f"pack-remove-{pack.path.stem}", ft.Icons.DELETE_OUTLINE,
                t("Remove the map pack {name}", name=pack.name),
                calling(app.page.run_task, remove, pack),
            ),
        ],
        spacing=0,
    )  # fmt: skip
