"""Cobros: what was collected and visited on a day, with totals by method that add up to the total."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.results import collected
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.payment_lines import pick_date
from flet_app.collector.views.records import method_name, receipt_row, visit_row
from flet_app.collector.views.today import money
from flet_app.components.figures import line
from flet_app.components.handlers import calling
from flet_app.components.inputs import icon_action, segments
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card, empty, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.cash import CashState, cash_state


@ft.component
def History() -> ft.View:
    app = use_app()
    t = app.texts.t
    chosen, set_chosen = ft.use_state("")
    shown, set_shown = ft.use_state("receipts")
    portfolio = app.phone.portfolio
    on = date.fromisoformat(chosen) if chosen else app.phone.today()
    receipts = figures.receipts_of_day(portfolio, on=on)
    visits = figures.visits_of_day(portfolio, on=on)
    rows: list[ft.Control] = [
        day_bar(app, on, lambda day: set_chosen(day.isoformat())),
        totals_card(app, on),
        *([cash_line(app)] if on == app.phone.today() else []),
        segments(
            [
                ("history-receipts", "receipts", t("Payments ({count})", count=len(receipts))),
                ("history-visits", "visits", t("Visits ({count})", count=len(visits))),
            ],
            selected=shown,
            on_select=set_shown,
        ),
    ]
    if shown == "receipts":
        rows.append(
            stacked([receipt_row(app, each) for each in receipts])
            if receipts
            else empty(ft.Icons.PAYMENTS_OUTLINED, t("No payments on this day."))
        )
    else:
        rows.append(
            stacked([visit_row(app, each) for each in visits])
            if visits
            else empty(ft.Icons.DIRECTIONS_WALK, t("No visits on this day."))
        )
    return screen(app, route="/", title=t("Receipts"), body=scroll(rows), tab="/cobros")


def day_bar(app: Window, on: date, choose: Callable[[date], None]) -> ft.Control:
    """A day back, the day, a day forward; never beyond today."""
    t = app.texts.t
    is_today = on >= app.phone.today()
    words = t("Today, {day}", day=app.texts.day(on)) if is_today else app.texts.weekday(on)
    return ft.Row(
        [
            icon_action(
                "day-before", ft.Icons.CHEVRON_LEFT, t("Day before"), calling(choose, on - timedelta(days=1))
            ),
            tag(
                "day-pick",
                ft.TextButton(
                    ft.Text(words, size=16, weight=ft.FontWeight.W_600), height=TOUCH_TARGET,
                    on_click=lambda _event: pick_date(app, on, choose, last=app.phone.today()),
                ),
            ),
            icon_action(
                "day-after", ft.Icons.CHEVRON_RIGHT, t("Day after"), calling(choose, on + timedelta(days=1)),
                disabled=is_today,
            ),
        ],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )  # fmt: skip


def cash_line(app: Window) -> ft.Control:
    """What is in the bag now; its tap opens the cash."""
    session = figures.cash_in_hand(app.phone.portfolio)
    limit = policy_of(app.phone.portfolio).cash_limit
    t, held = app.texts.t, money(app, session.expected)
    words = t("{held} of {limit}", held=held, limit=money(app, limit)) if limit else held
    full = cash_state(session.expected, limit)
    tone = {CashState.FULL: Tone.LATE, CashState.NEAR: Tone.WAITING}.get(full)
    return ft.Semantics(
        identifier="open-cash",
        button=True,
        content=card(
            ft.Row(
                [
                    ft.Icon(ft.Icons.POINT_OF_SALE, size=22, color=ft.Colors.ON_SURFACE_VARIANT),
                    ft.Text(t("Cash in hand"), size=15, expand=True),
                    ft.Text(
                        words, size=15, weight=ft.FontWeight.W_600, no_wrap=True,
                        color=tone_color(tone, app.palette) if tone else None,
                    ),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=ft.Colors.OUTLINE),
                ],
                spacing=10,
            ),
            on_click=lambda _event: app.open("caja"),
        ),
    )  # fmt: skip


def totals_card(app: Window, on: date) -> ft.Control:
    totals = collected(app.phone.portfolio, on.isoformat())
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
