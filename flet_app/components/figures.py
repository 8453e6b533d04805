"""Figures: the answer that a screen opens on. Right-aligned, never wrapped, the same total in every place.

Roboto's digits all have one width, so columns of amounts line up without further measures.
"""

from __future__ import annotations

import flet as ft

from flet_app.theme import GAP


def amount(
    text: str,
    *,
    size: int = 16,
    weight: ft.FontWeight = ft.FontWeight.W_600,
    color: str | None = None,
    expand: bool = False,
) -> ft.Text:
    """An amount of money, already written in the company's locale."""
    return ft.Text(
        text,
        size=size,
        weight=weight,
        color=color,
        text_align=ft.TextAlign.RIGHT,
        no_wrap=True,
        expand=expand,
    )


def caption(
    text: str, *, color: str = ft.Colors.ON_SURFACE_VARIANT, size: int = 13, expand: bool = False
) -> ft.Text:
    """The small words beside a figure."""
    return ft.Text(text, size=size, color=color, expand=expand)


def figure(
    label: str, value: str, *, color: str | None = None, note: str | None = None, size: int = 26
) -> ft.Control:
    """A large figure with its name above and, where it has one, a note below."""
    lines: list[ft.Control] = [
        caption(label),
        ft.Text(value, size=size, weight=ft.FontWeight.W_700, color=color, no_wrap=True),
    ]
    if note:
        lines.append(caption(note))
    return ft.Column(lines, spacing=2, tight=True)


def line(
    label: str, value: str, *, strong: bool = False, color: str | None = None, note: str | None = None
) -> ft.Control:
    """`Por cobrar ………… $ 2.100,00`, a row of a summary.

    A note stands below the name, where it may wrap: nothing but amounts stands in the column of amounts.
    """
    words: list[ft.Control] = [
        ft.Text(
            label, size=16 if strong else 15, weight=ft.FontWeight.W_600 if strong else None,
            color=None if strong else ft.Colors.ON_SURFACE_VARIANT,
        )
    ]  # fmt: skip
    if note:
        words.append(caption(note))
    return ft.Row(
        [
            ft.Column(words, spacing=0, tight=True, expand=True),
            amount(value, size=18 if strong else 16, color=color),
        ],
        spacing=GAP,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def progress(label: str, done: str, goal: str | None, *, fraction: float | None, color: str) -> ft.Control:
    """`Cobrado  $ 820 de $ 1.500 ▓▓░`; without a goal only what was done."""
    head: list[ft.Control] = [
        ft.Text(label, size=15, expand=True),
        ft.Text(done, size=20, weight=ft.FontWeight.W_700, no_wrap=True),
    ]
    if goal:
        head.append(caption(goal, size=14))
    rows: list[ft.Control] = [
        ft.Row(head, spacing=6, vertical_alignment=ft.CrossAxisAlignment.CENTER),
    ]
    if fraction is not None:
        rows.append(bar(fraction, color=color, spoken=f"{label}: {done} {goal or ''}"))
    return ft.Column(rows, spacing=6, tight=True)


def bar(fraction: float, *, color: str, spoken: str) -> ft.ProgressBar:
    """How much of a whole is done, full from 1 on; `spoken` is what a screen reader says."""
    return ft.ProgressBar(
        value=min(1.0, max(0.0, fraction)),
        bar_height=8,
        border_radius=4,
        color=color,
        bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
        semantics_label=spoken,
    )
