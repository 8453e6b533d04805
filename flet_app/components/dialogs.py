"""A question before what cannot be undone, asked once with the consequence in the button; and a secret that
is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET

Handler = Callable[[Any], Any]

WIDTH = 420
"""dp of what stands in a dialog; on a narrower screen it is as wide as the screen lets it."""


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


def told_once(
    identifier: str, *, title: str, rows: Sequence[ft.Control], done: str, on_done: Handler
) -> ft.AlertDialog:
    """A code or password that can't be read again: only the button closes it, no tap beside it."""
    return ft.AlertDialog(
        title=ft.Text(title),
        content=narrowed(rows, across=ft.CrossAxisAlignment.CENTER),
        actions=[tag(identifier, ft.FilledButton(done, on_click=on_done, height=TOUCH_TARGET))],
        scrollable=True,
        modal=True,
    )


def narrowed(
    rows: Sequence[ft.Control], *, across: ft.CrossAxisAlignment = ft.CrossAxisAlignment.STRETCH
) -> ft.Control:
    """Rows one below the other, as wide as a dialog should be."""
    return ft.Container(
        ft.Column(list(rows), spacing=12, tight=True, horizontal_alignment=across), width=WIDTH
    )
