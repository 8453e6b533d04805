"""What things stand on: cards, notices, headings, and the designed empty and waiting states of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from flet_app.components.status import Tone, tone_background, tone_color
from flet_app.components.tagging import tag
from flet_app.theme import FIELD_RADIUS, GAP, RADIUS, TOUCH_TARGET, Palette

Handler = Callable[[Any], Any]


def hairline() -> ft.Border:
    """What parts a card from its ground where the sun leaves no shades."""
    return ft.Border.all(1, ft.Colors.OUTLINE_VARIANT)


def card(
    content: ft.Control, *, on_click: Handler | None = None, color: str | None = None, padding: int = 16
) -> ft.Container:
    """A quiet surface; with `on_click` the whole of it is one target."""
    return ft.Container(
        content,
        bgcolor=color or ft.Colors.SURFACE_CONTAINER_LOW,
        border=None if color else hairline(),
        border_radius=RADIUS,
        padding=padding,
        ink=on_click is not None,
        on_click=on_click,
    )


def section(title: str, *, trailing: ft.Control | None = None) -> ft.Control:
    """The name of what follows."""
    heading = ft.Text(title, size=15, weight=ft.FontWeight.W_600, expand=True)
    return ft.Container(
        ft.Semantics(header=True, content=ft.Row([heading, *([trailing] if trailing else [])], spacing=GAP)),
        padding=ft.Padding.only(top=8, bottom=2),
    )


def notice(
    text: str,
    palette: Palette,
    *,
    tone: Tone = Tone.WAITING,
    icon: ft.IconData = ft.Icons.INFO_OUTLINE,
    action: str | None = None,
    on_action: Handler | None = None,
    identifier: str | None = None,
) -> ft.Control:
    """A plain sentence about something the reader should know, with what to do about it."""
    color = tone_color(tone, palette)
    row: list[ft.Control] = [
        ft.Icon(icon, size=20, color=color),
        ft.Text(text, size=14, color=color, expand=True),
    ]
    if action and on_action:
        button = ft.TextButton(
            action, on_click=on_action, style=ft.ButtonStyle(color=color), height=TOUCH_TARGET
        )
        row.append(tag(f"{identifier or 'notice'}-action", button))
    box = ft.Container(
        ft.Row(row, spacing=10, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        bgcolor=tone_background(tone, palette),
        border_radius=FIELD_RADIUS,
        padding=ft.Padding.symmetric(horizontal=12, vertical=10),
    )
    return tag(identifier, box) if identifier else box


def empty(
    icon: ft.IconData,
    sentence: str,
    *,
    action: str | None = None,
    on_action: Handler | None = None,
    identifier: str = "empty",
) -> ft.Control:
    """A list with nothing in it says so, and what to do."""
    rows: list[ft.Control] = [
        ft.Container(
            ft.Icon(icon, size=32, color=ft.Colors.ON_SURFACE_VARIANT),
            width=64,
            height=64,
            border_radius=32,
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
            alignment=ft.Alignment.CENTER,
        ),
        ft.Text(sentence, size=15, text_align=ft.TextAlign.CENTER),
    ]
    if action and on_action:
        button = ft.OutlinedButton(action, on_click=on_action, height=TOUCH_TARGET)
        rows.append(tag(f"{identifier}-action", button))
    return tag(
        identifier,
        ft.Container(
            ft.Column(rows, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.CENTER, tight=True),
            padding=ft.Padding.symmetric(horizontal=24, vertical=40),
            alignment=ft.Alignment.CENTER,
        ),
    )


def skeleton(rows: int = 4) -> ft.Control:
    """Grey bars in the shape of what is coming."""
    bar = ft.Colors.SURFACE_CONTAINER_HIGHEST
    return ft.Column(
        [ft.Container(height=64, bgcolor=bar, border_radius=RADIUS, opacity=0.6) for _ in range(rows)],
        spacing=GAP,
    )


def beside(words: Sequence[ft.Control], trailing: ft.Control, *, narrow: bool) -> ft.Control:
    """Lines about a thing and, beside or on a narrow screen below them, what is to be done about it."""
    if narrow:
        return ft.Column([*words, trailing], spacing=3, tight=True)
    return ft.Row([ft.Column(list(words), spacing=3, tight=True, expand=True), trailing], spacing=GAP)


def stacked(rows: Sequence[ft.Control]) -> ft.Control:
    """Rows on one surface, parted by hairlines."""
    parted: list[ft.Control] = []
    for index, row in enumerate(rows):
        if index:
            parted.append(ft.Divider(height=1, color=ft.Colors.OUTLINE_VARIANT))
        parted.append(row)
    return ft.Container(
        ft.Column(parted, spacing=0, tight=True),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=hairline(),
        border_radius=RADIUS,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
