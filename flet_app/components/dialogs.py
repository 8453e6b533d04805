"""A question before what cannot be undone: asked once, with the consequence in the button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET

Handler = Callable[[Any], Any]


def confirmation(
    identifier: str,
    *,
    title: str,
    sentence: str,
    consequence: str,
    back: str,
    on_confirm: Handler,
    on_back: Handler,
    grave: bool = True,
) -> ft.AlertDialog:
    """`consequence` stands in the button that does it; `grave` paints that button as an error."""
    style = ft.ButtonStyle(bgcolor=ft.Colors.ERROR, color=ft.Colors.ON_ERROR) if grave else None
    confirm = ft.FilledButton(consequence, on_click=on_confirm, height=TOUCH_TARGET, style=style)
    return ft.AlertDialog(
        title=ft.Text(title),
        content=ft.Text(sentence),
        actions=[
            tag(f"{identifier}-back", ft.TextButton(back, on_click=on_back, height=TOUCH_TARGET)),
            tag(f"{identifier}-confirm", confirm),
        ],
        on_dismiss=on_back,
    )
