"""The button that makes a file of what could not be sent, for the office to take in."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.recovery import NothingToRecover, make_recovery
from flet_app.collector.state import Window
from flet_app.collector.views.handing_over import give_file
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET

MIME = "application/octet-stream"


def recovery_button(app: Window) -> ft.Control:
    async def hand_over(_event: Any) -> None:
        t, n = app.texts.t, app.texts.n
        try:
            made = await make_recovery(app.phone)
        except NothingToRecover:
            app.say(t("There is nothing here that the office does not have."))
            return
        await give_file(app, made.name, made.content, mime=MIME)
        app.say(n("{count} record in the file", "{count} records in the file", made.facts))

    return tag(
        "recovery-file",
        ft.TextButton(
            app.texts.t("Make a file for the office"), icon=ft.Icons.DRIVE_FILE_MOVE_OUTLINED,
            on_click=hand_over, height=TOUCH_TARGET,
        ),
    )  # fmt: skip
