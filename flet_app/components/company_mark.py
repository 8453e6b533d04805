"""The company's logo in a bar: small, on white because it was drawn for paper, with the name for readers."""

from __future__ import annotations

import flet as ft

from paperwork.logo import size_within

_WIDTH, _HEIGHT = 64.0, 32.0  # dp
_PADDING = 4


def company_mark(
    identifier: str, picture: bytes, name: str, *, width: float = _WIDTH, height: float = _HEIGHT
) -> ft.Control:
    """`picture` (PNG or JPEG) within `width` × `height` dp."""
    across, down = size_within(picture, width, height)
    return ft.Semantics(
        identifier=identifier,
        label=name,
        image=True,
        content=ft.Container(
            ft.Image(src=picture, width=across, height=down, exclude_from_semantics=True),
            bgcolor=ft.Colors.WHITE,
            border_radius=8,
            padding=_PADDING,
        ),
    )
