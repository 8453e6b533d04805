"""A list of any number of customers: rows exist only near where the reader is.

Rows come in blocks of a known height. The blocks around the visible one hold rows, all others are empty
room, so a screen costs the same at the first and at the two-thousandth customer, and the scroll bar tells
the truth.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from flet_app.collector.customer_filter import metres
from flet_app.collector.overview import Overview
from flet_app.collector.state import use_app
from flet_app.components.figures import amount, caption
from flet_app.components.handlers import calling
from flet_app.components.status import Tone, tone_color
from flet_app.components.tagging import tag
from flet_app.i18n import Texts
from flet_app.theme import EDGE, Palette
from receivables.geometry import Point
from receivables.promises import PromiseState

BLOCK = 12
"""Rows of one block: more than a phone shows at once, few enough to be made in about 10 ms."""
ROW_HEIGHT = 76
BLOCK_HEIGHT = BLOCK * ROW_HEIGHT
BEFORE, AFTER = 1, 2
"""Blocks with rows around the visible one; a finger does not outrun them between two scroll events."""
SCROLL_MS = 60

# A row is as high as any other, so its lines are set closely: letters a third larger still fit.
NAME = ft.TextStyle(size=16, height=1.2, letter_spacing=0, weight=ft.FontWeight.W_500)
BESIDE = ft.TextStyle(size=13, height=1.2, letter_spacing=0)


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """What the rows of a list have in common; rows are made anew only when it or their customer changes."""

    texts: Texts
    palette: Palette
    here: Point | None = None
    badges: tuple[tuple[str, str], ...] = ()
    """Customer → a word beside the name of the street, such as a priority."""


@ft.component
def CustomerList(lines: Sequence[Overview], here: Point | None, badges: dict[str, str]) -> ft.Control:
    """Rows that open their customer. A key that changes with what is asked for makes it start at the top."""
    app = use_app()
    visible, set_visible = ft.use_state(0)
    blocks = [lines[start : start + BLOCK] for start in range(0, len(lines), BLOCK)]

    def on_scroll(event: Any) -> None:
        set_visible(max(0, int(event.pixels // BLOCK_HEIGHT)))

    def block(index: int, part: Sequence[Overview]) -> ft.Control:
        near = visible - BEFORE <= index <= visible + AFTER
        words = tuple((line.code, badges[line.code]) for line in part if line.code in badges)
        look = Look(app.texts, app.palette, here, words)
        return ft.Container(
            block_of(tuple(part), look, app.open) if near else None,
            height=len(part) * ROW_HEIGHT,
            key=f"block-{index}",
        )

    return ft.ListView(
        [block(index, part) for index, part in enumerate(blocks)],
        expand=True,
        on_scroll=on_scroll,
        scroll_interval=SCROLL_MS,
        padding=ft.Padding.only(bottom=16),
    )


@ft.component
def Block(lines: tuple[Overview, ...], look: Look, open_: Callable[[str], None]) -> ft.Control:
    badges = dict(look.badges)
    return ft.Column(
        [customer_row(line, look, badges.get(line.code), open_) for line in lines], spacing=0, tight=True
    )


block_of: Callable[[tuple[Overview, ...], Look, Callable[[str], None]], ft.Control] = ft.memo(Block)  # type: ignore[no-untyped-call]
"""A block that is made anew only when one of its arguments differs."""


def customer_row(line: Overview, look: Look, badge: str | None, open_: Callable[[str], None]) -> ft.Control:
    return tag(
        f"customer-{line.code}",
        ft.Container(
            ft.Row(
                [
                    ft.Column(
                        [
                            ft.Text(
                                line.name, style=NAME, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS
                            ),
                            ft.Text(
                                where_words(line, look, badge), style=BESIDE, max_lines=1,
                                color=ft.Colors.ON_SURFACE_VARIANT, overflow=ft.TextOverflow.ELLIPSIS,
                            ),
                        ],
                        spacing=2, tight=True, expand=True,
                    ),
                    ft.Column(
                        debt(line, look), spacing=0, tight=True,
                        horizontal_alignment=ft.CrossAxisAlignment.END,
                    ),
                ],
                spacing=12,
            ),
            height=ROW_HEIGHT,
            padding=ft.Padding.symmetric(horizontal=EDGE),
            border=ft.Border.only(bottom=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
            ink=True,
            on_click=calling(open_, f"cliente/{line.code}"),
        ),
    )  # fmt: skip


def where_words(line: Overview, look: Look, badge: str | None) -> str:
    """What is known beside the name, the most telling first: the end may not fit."""
    texts = look.texts
    parts = [badge] if badge else []
    if look.here and line.point:
        parts.append(distance_words(texts, metres(line, look.here)))
    if line.promise is PromiseState.PENDING and line.promised_on:
        parts.append(texts.t("promised for {day}", day=texts.day(line.promised_on, year=False)))
    elif line.promise is PromiseState.BROKEN:
        parts.append(texts.t("broken promise"))
    if line.disputed:
        parts.append(texts.t("disputed"))
    return " · ".join([*parts, line.code, *([line.where] if line.where else [])])


def debt(line: Overview, look: Look) -> list[ft.Control]:
    """What is owed, to the right of a row."""
    texts = look.texts
    if line.overdue:
        late = tone_color(Tone.LATE, look.palette)
        return [
            amount(texts.money(line.overdue.minor, line.overdue.currency)),
            ft.Text(
                texts.n("{count} day late", "{count} days late", line.days_past_due),
                style=BESIDE,
                color=late,
            ),
        ]
    if line.balance:
        return [
            amount(texts.money(line.balance.minor, line.balance.currency)),
            caption(texts.t("not due")),
        ]
    return [caption(texts.t("No debt"))]


def distance_words(texts: Texts, far: float) -> str:
    """`850 m`, `1,2 km`."""
    if far < 1000:
        return f"{texts.number(round(far / 10) * 10)} m"
    return f"{texts.number(round(far / 1000, 1))} km"
