"""Giving a file to whoever stands in front of the collector, and the button that leads to a paper."""

from __future__ import annotations

from urllib.parse import quote

import flet as ft

from flet_app.collector.state import Window
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET

PDF = "application/pdf"


def shares(app: Window) -> bool:
    """Phones have a share sheet that takes files; browsers on a desk don't."""
    return not app.page.web and app.page.platform in {ft.PagePlatform.ANDROID, ft.PagePlatform.IOS}


async def give_file(app: Window, name: str, content: bytes, *, mime: str = PDF) -> bool:
    """Offer the file to other apps, or save it. False where the person surely thought better of it."""
    if not shares(app):
        await ft.FilePicker().save_file(file_name=name, src_bytes=content)
        return True
    result = await ft.Share().share_files([ft.ShareFile.from_bytes(content, mime_type=mime, name=name)])
    return result.status is not ft.ShareResultStatus.DISMISSED


def letter_button(
    app: Window, identifier: str, label: str, of: str, *, above: str = "", flush: bool = False
) -> ft.Control:
    """A quiet button that shows the paper of document `of`; back returns to the screen `above` it.

    `flush` puts its words in line with what stands above and below.
    """
    path = "/".join(filter(None, (above, "papel", quote(of, safe=":"))))
    return tag(
        identifier,
        ft.TextButton(
            label, icon=ft.Icons.PICTURE_AS_PDF_OUTLINED, on_click=lambda _event: app.open(path),
            height=TOUCH_TARGET, style=ft.ButtonStyle(padding=0) if flush else None,
        ),
    )  # fmt: skip
