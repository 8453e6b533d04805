"""Two things that a collector carries: cash in the bag, and records that are only on this phone."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.standing import FactState, standing
from flet_app.collector.state import Window
from flet_app.collector.views.cash import CASH_TONES
from flet_app.collector.views.today import money
from flet_app.components.figures import caption
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card, notice
from receivables.cash import cash_state


def tiles(app: Window) -> ft.Control:
    t = app.texts.t
    held = figures.cash_in_hand(app.phone.portfolio).expected
    tone = CASH_TONES.get(cash_state(held, policy_of(app.phone.portfolio).cash_limit))
    unsent = app.phone.status.unsent_count
    return ft.Row(
        [
            tile(
                "today-cash", t("In the bag"), money(app, held), icon=ft.Icons.POINT_OF_SALE,
                color=tone_color(tone, app.palette) if tone else None,
                on_click=lambda _event: app.open("caja"),
            ),
            tile(
                "today-unsent", t("To send"), app.texts.number(unsent),
                icon=ft.Icons.SMARTPHONE if unsent else ft.Icons.CLOUD_DONE_OUTLINED,
                color=tone_color(Tone.SAVED, app.palette) if unsent else None,
                on_click=lambda _event: app.open("sincronizacion"),
            ),
        ],
        spacing=10,
    )  # fmt: skip


def rejected_notice(app: Window) -> list[ft.Control]:
    """Nothing while the ERP took all that it was asked; what it refused is told where the day begins."""
    t, portfolio, outbox = app.texts.t, app.phone.portfolio, app.store.outbox
    count = sum(
        standing(portfolio, outbox, each).state is FactState.REJECTED
        for each in portfolio.receipts
        if each not in portfolio.voids
    )
    if not count:
        return []
    words = app.texts.n(
        "The ERP did not take {count} payment", "The ERP did not take {count} payments", count
    )
    return [
        notice(
            words, app.palette, tone=Tone.LATE, icon=ft.Icons.ERROR_OUTLINE, action=t("See"),
            on_action=lambda _event: app.open("sincronizacion"), identifier="today-rejected",
        )
    ]  # fmt: skip


def tile(
    identifier: str, name: str, value: str, *, icon: ft.IconData, color: str | None, on_click: Any
) -> ft.Control:
    """A figure that is one target, half as wide as the screen."""
    figure = ft.Text(value, size=15, weight=ft.FontWeight.W_600, color=color, no_wrap=True)
    row = ft.Row(
        [
            ft.Icon(icon, size=20, color=color or ft.Colors.ON_SURFACE_VARIANT),
            ft.Column([caption(name), figure], spacing=0, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=ft.Colors.OUTLINE),
        ],
        spacing=8,
    )
    return ft.Semantics(
        identifier=identifier,
        label=f"{name}: {value}",
        button=True,
        expand=True,
        content=card(row, on_click=on_click, padding=11),
    )
