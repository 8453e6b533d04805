"""Giving a file to whoever stands in front of the collector, and the button that makes one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector.actions.letters import Letter
from flet_app.collector.state import Window
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.documents import BadDocument

PDF = "application/pdf"


def shares(app: Window) -> bool:
    """Phones have a share sheet that takes files; browsers on a desk don't."""
    return not app.page.web and app.page.platform in {ft.PagePlatform.ANDROID, ft.PagePlatform.IOS}


async def give_file(app: Window, name: str, content: bytes, *, mime: str = PDF) -> None:
    if shares(app):
        await ft.Share().share_files([ft.ShareFile.from_bytes(content, mime_type=mime, name=name)])
    else:
        await ft.FilePicker().save_file(file_name=name, src_bytes=content)


def letter_button(app: Window, identifier: str, label: str, make: Callable[[], Letter | None]) -> ft.Control:
    """A quiet button that makes a paper beside the screen and hands it over."""

    async def hand_over(_event: Any) -> None:
        try:
            letter = await asyncio.to_thread(make)
        except BadDocument:
            letter = None
        if letter is None:
            app.say(app.texts.t("This paper cannot be made from what is on this phone."))
            return
        await give_file(app, letter.name, letter.content)

    return tag(
        identifier,
        ft.TextButton(label, icon=ft.Icons.PICTURE_AS_PDF_OUTLINED, on_click=hand_over, height=TOUCH_TARGET),
    )
