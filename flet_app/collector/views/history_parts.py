"""What a day and a month of Cobros share: the bar that steps, the totals, and since when records are here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import flet as ft

from flet_app.collector.state import Window
from flet_app.collector.views.records import method_name
from flet_app.collector.views.today import money
from flet_app.components.figures import line
from flet_app.components.inputs import icon_action
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice
from receivables.balances import MethodTotals

Step = tuple[str, Callable[[Any], Any] | None]
"""What a step is called, and what it does; None where there is nothing beyond."""


def step_bar(prefix: str, middle: ft.Control, before: Step, after: Step) -> ft.Control:
    """One back, what is shown, one forward."""
    return ft.Row(
        [
            icon_action(f"{prefix}-before", ft.Icons.CHEVRON_LEFT, *before),
            middle,
            icon_action(
                f"{prefix}-after", ft.Icons.CHEVRON_RIGHT, after[0], after[1], disabled=after[1] is None
            ),
        ],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )


def totals_card(app: Window, totals: MethodTotals) -> ft.Control:
    """How many and how much; the methods below add up to it."""
    counted = app.texts.n("{count} payment", "{count} payments", totals.count)
    rows: list[ft.Control] = [
        ft.Semantics(identifier="day-total", content=line(counted, money(app, totals.total), strong=True))
    ]
    rows += [
        ft.Semantics(
            identifier=f"day-total-{method}", content=line(method_name(app, method), money(app, sum_))
        )
        for method, sum_ in totals.by_method.items()
    ]
    return card(ft.Column(rows, spacing=8, tight=True))


def kept_since(app: Window, begins: date) -> list[ft.Control]:
    """Where what is shown begins before what a phone keeps, that is said: the office has it all."""
    since = app.phone.portfolio.kept_since
    if since is None or begins >= since:
        return []
    words = app.texts.t(
        "This phone keeps what you did since {day}. Earlier records are at the office.",
        day=app.texts.day(since),
    )
    return [
        notice(words, app.palette, tone=Tone.PLAIN, icon=ft.Icons.HISTORY, identifier="history-kept-since")
    ]
