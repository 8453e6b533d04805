"""Cobros: what was collected and visited in a day or a month, with totals by method that add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.results import collected, effective_codes
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.cash import CASH_TONES
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.history_month import effective_words, month_rows
from flet_app.collector.views.history_parts import kept_since, step_bar, totals_card
from flet_app.collector.views.payment_lines import pick_date
from flet_app.collector.views.records import receipt_row, visit_row
from flet_app.collector.views.today import money
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import segments
from flet_app.components.status import tone_color
from flet_app.components.surfaces import card, empty, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.cash import cash_state
from receivables.goals import Period


@ft.component
def History() -> ft.View:
    app = use_app()
    t = app.texts.t
    chosen, set_chosen = ft.use_state("")
    period, set_period = ft.use_state(Period.DAY)
    shown, set_shown = ft.use_state("receipts")
    on = date.fromisoformat(chosen) if chosen else app.phone.today()

    def choose(day: date) -> None:
        set_chosen(min(day, app.phone.today()).isoformat())

    def open_day(day: date) -> None:
        choose(day)
        set_period(Period.DAY)

    rows: list[ft.Control] = [
        segments(
            [("history-day", Period.DAY, t("Day")), ("history-month", Period.MONTH, t("Month"))],
            selected=period,
            on_select=lambda value: set_period(Period(value)),
        )
    ]
    if period is Period.MONTH:
        rows += month_rows(app, on, choose, open_day)
    else:
        rows += day_rows(app, on, choose)
        rows += records(app, on, shown, set_shown)
    return screen(app, route="/", title=t("Receipts"), body=scroll(rows), tab="/cobros")


def day_rows(app: Window, on: date, choose: Callable[[date], None]) -> list[ft.Control]:
    return [
        day_bar(app, on, choose),
        totals_card(app, collected(app.phone.portfolio, on.isoformat())),
        *([cash_line(app)] if on == app.phone.today() else []),
        *kept_since(app, on),
    ]


def records(app: Window, on: date, shown: str, show: Callable[[str], None]) -> list[ft.Control]:
    """The payments of the day, or its visits with how many were effective."""
    t, portfolio = app.texts.t, app.phone.portfolio
    receipts = figures.receipts_of_day(portfolio, on=on)
    visits = figures.visits_of_day(portfolio, on=on)
    rows: list[ft.Control] = [
        segments(
            [
                ("history-receipts", "receipts", t("Payments ({count})", count=len(receipts))),
                ("history-visits", "visits", t("Visits ({count})", count=len(visits))),
            ],
            selected=shown,
            on_select=show,
        )
    ]
    if shown == "receipts":
        rows.append(
            stacked([receipt_row(app, each) for each in receipts])
            if receipts
            else empty(ft.Icons.PAYMENTS_OUTLINED, t("No payments on this day."))
        )
    elif visits:
        effective = sum(each["outcome"] in effective_codes(portfolio) for each in visits)
        rows.append(tag("visits-effective", caption(effective_words(app, effective))))
        rows.append(stacked([visit_row(app, each) for each in visits]))
    else:
        rows.append(empty(ft.Icons.DIRECTIONS_WALK, t("No visits on this day.")))
    return rows


def day_bar(
    app: Window, on: date, choose: Callable[[date], None], *, beyond: bool = False
) -> ft.Control:
    """A day back, the day, a day forward; past today only with `beyond`."""
    t = app.texts.t
    today = app.phone.today()
    is_today = on == today
    words = t("Today, {day}", day=app.texts.day(on)) if is_today else app.texts.weekday(on)
    pick = tag(
        "day-pick",
        ft.TextButton(
            ft.Text(words, size=16, weight=ft.FontWeight.W_600), height=TOUCH_TARGET,
            on_click=lambda _event: pick_date(app, on, choose, last=None if beyond else today),
        ),
    )  # fmt: skip
    return step_bar(
        "day", pick, (t("Day before"), calling(choose, on - timedelta(days=1))),
        (t("Day after"), None if is_today and not beyond else calling(choose, on + timedelta(days=1))),
    )  # fmt: skip


def cash_line(app: Window) -> ft.Control:
    """What is in the bag now; its tap opens the cash."""
    session = figures.cash_in_hand(app.phone.portfolio)
    limit = policy_of(app.phone.portfolio).cash_limit
    t, held = app.texts.t, money(app, session.expected)
    words = t("{held} of {limit}", held=held, limit=money(app, limit)) if limit else held
    tone = CASH_TONES.get(cash_state(session.expected, limit))
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
