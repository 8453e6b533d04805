"""The phone's camera in a sheet: what it sees, and the button below the thumb.

The sheet is no component: a camera that is rendered again is another control to Flet, and would go dark.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import flet as ft
import flet_camera as fc

from flet_app.collector.state import Window
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.tagging import tag
from flet_app.theme import EDGE

log = logging.getLogger(__name__)

OPENING_SECONDS = 20.0  # a person reads and grants the permission meanwhile
SHOT_SECONDS = 15.0


def has_camera(app: Window) -> bool:
    """May there be a camera that the app can use? A desktop window has none."""
    return bool(app.page.web) or app.page.platform in {ft.PagePlatform.ANDROID, ft.PagePlatform.IOS}


async def open_camera(app: Window, on_shot: Callable[[bytes], Awaitable[Any]]) -> None:
    """Show the sheet and make the camera ready; `on_shot` gets the picture when one is taken."""
    sheet = CameraSheet(app, on_shot)
    app.page.show_dialog(sheet.dialog)
    await sheet.begin()


class CameraSheet:
    """One look through the camera, until a picture is taken or the person turns away."""

    def __init__(self, app: Window, on_shot: Callable[[bytes], Awaitable[Any]]) -> None:
        t = app.texts.t
        self._app, self._on_shot, self._busy = app, on_shot, False
        self._camera = fc.Camera(expand=True)
        self._words = ft.Text(t("Opening the camera…"), size=15)
        self._message = ft.Container(self._words, padding=EDGE)
        self._shutter = primary(
            "camera-shoot", t("Take photo"), self._shoot, icon=ft.Icons.PHOTO_CAMERA, disabled=True, expand=3
        )
        self.dialog = ft.BottomSheet(
            ft.Column(
                [
                    ft.Container(self._camera, expand=True, bgcolor=ft.Colors.BLACK),
                    tag("camera-words", self._message),
                    bottom_bar(
                        secondary("camera-close", t("Cancel"), self._close, expand=2), self._shutter
                    ),
                ],
                expand=True, spacing=0,
            ),
            fullscreen=True, draggable=False, use_safe_area=True,
        )  # fmt: skip

    async def begin(self) -> None:
        """Ask for the camera, and let the shutter go once it sees."""
        try:
            found = await asyncio.wait_for(self._camera.get_available_cameras(), OPENING_SECONDS)
            await asyncio.wait_for(
                self._camera.initialize(
                    outward(found), fc.ResolutionPreset.VERY_HIGH, enable_audio=False,
                    image_format_group=fc.ImageFormatGroup.JPEG,
                ),
                OPENING_SECONDS,
            )  # fmt: skip
        except Exception as error:  # denied, taken by another app, or none there: a file does as well
            self._say_there_is_none(error)
            return
        self._say("", ready=True)

    async def _shoot(self, _event: Any) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            content = await asyncio.wait_for(self._camera.take_picture(), SHOT_SECONDS)
        except Exception as error:
            self._say_there_is_none(error)
            return
        finally:
            self._busy = False
        self._close()
        await self._on_shot(content)

    def _close(self, _event: Any = None) -> None:
        if self.dialog.open:
            self._app.page.pop_dialog()

    def _say_there_is_none(self, error: Exception) -> None:
        log.info("no camera: %s", error)
        self._say(
            self._app.texts.t("The camera cannot be used. Pick a photo from a file instead."), ready=False
        )

    def _say(self, words: str, *, ready: bool) -> None:
        if not self.dialog.open:
            return
        self._words.value, self._message.visible = words, bool(words)
        button = self._shutter.content  # type: ignore[attr-defined]  # what `tag` wraps
        button.disabled = not ready
        self.dialog.update()


def outward(cameras: Sequence[fc.CameraDescription]) -> fc.CameraDescription:
    """The camera that looks away from the person, else the first; raise LookupError where there is none."""
    away = [each for each in cameras if each.lens_direction is fc.CameraLensDirection.BACK]
    return [*away, *cameras][0]
