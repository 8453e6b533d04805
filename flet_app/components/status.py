"""The one way a status is shown: icon, word and colour together, never colour alone."""

from __future__ import annotations

import dataclasses
from enum import StrEnum

import flet as ft

from flet_app.components.tagging import tag
from flet_app.theme import Palette


class Tone(StrEnum):
    """What a status means for the person who reads it."""

    SETTLED = "settled"
    WAITING = "waiting"
    LATE = "late"
    SAVED = "saved"
    PLAIN = "plain"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status ready to be shown: what it means, its sign and its words."""

    tone: Tone
    icon: ft.IconData
    text: str


def tone_color(tone: Tone, palette: Palette) -> str:
    return str(getattr(palette, tone.value, ft.Colors.ON_SURFACE_VARIANT.value))


def tone_background(tone: Tone, palette: Palette) -> str:
    return str(getattr(palette, f"{tone.value}_soft", ft.Colors.SURFACE_CONTAINER_HIGH.value))


def status_line(status: Status, palette: Palette, *, size: int = 13) -> ft.Control:
    """Icon and word on the surface of the list; for rows."""
    color = tone_color(status.tone, palette)
    return ft.Row(
        [
            ft.Icon(status.icon, size=size + 3, color=color),
            ft.Text(
                status.text,
                size=size,
                color=color,
                weight=ft.FontWeight.W_500,
                expand=True,
                max_lines=2,
                overflow=ft.TextOverflow.ELLIPSIS,
            ),
        ],
        spacing=4,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def status_pill(
    status: Status, palette: Palette, *, identifier: str | None = None, lines: int = 1
) -> ft.Control:
    """Icon and word on a quiet background; for headings. A reason may need more than one of `lines`."""
    color = tone_color(status.tone, palette)
    pill = ft.Container(
        ft.Row(
            [
                ft.Icon(status.icon, size=16, color=color),
                ft.Text(
                    status.text,
                    size=13,
                    color=color,
                    weight=ft.FontWeight.W_600,
                    no_wrap=lines == 1,
                    max_lines=lines,
                    overflow=ft.TextOverflow.ELLIPSIS,
                    expand=lines > 1,
                    expand_loose=lines > 1,
                ),
            ],
            spacing=6,
            tight=True,
        ),
        bgcolor=tone_background(status.tone, palette),
        border_radius=20,
        padding=ft.Padding.symmetric(horizontal=10, vertical=5),
    )
    return tag(identifier, pill) if identifier else pill
