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
    by_amount, set_by_amount = ft.use_state(False)
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
        rows.append(kind_choice(app, on, shown, set_shown))
        if shown == "receipts":
            rows += payments(app, on, by_amount=by_amount, sort=set_by_amount)
        else:
            rows += visits(app, on)
    return screen(app, route="/", title=t("Receipts"), body=scroll(rows), tab="/cobros")


def day_rows(app: Window, on: date, choose: Callable[[date], None]) -> list[ft.Control]:
    return [
        day_bar(app, on, choose),
        totals_card(app, collected(app.phone.portfolio, on.isoformat())),
        *([cash_line(app)] if on == app.phone.today() else []),
        *kept_since(app, on),
    ]


def kind_choice(app: Window, on: date, shown: str, show: Callable[[str], None]) -> ft.Control:
    t, portfolio = app.texts.t, app.phone.portfolio
    receipts = len(figures.receipts_of_day(portfolio, on=on))
    visits = len(figures.visits_of_day(portfolio, on=on))
    return segments(
        [
            ("history-receipts", "receipts", t("Payments ({count})", count=receipts)),
            ("history-visits", "visits", t("Visits ({count})", count=visits)),
        ],
        selected=shown,
        on_select=show,
    )


def payments(app: Window, on: date, *, by_amount: bool, sort: Callable[[bool], None]) -> list[ft.Control]:
    """The payments of the day, the newest or the largest first."""
    t, receipts = app.texts.t, figures.receipts_of_day(app.phone.portfolio, on=on)
    if not receipts:
        return [empty(ft.Icons.PAYMENTS_OUTLINED, t("No payments on this day."))]
    if by_amount:
        receipts = sorted(receipts, key=lambda each: -each["total"])
    words = t("Largest first") if by_amount else t("Newest first")
    order = ft.TextButton(
        words, icon=ft.Icons.SORT, height=TOUCH_TARGET, on_click=calling(sort, not by_amount)
    )
    many = [tag("history-sort", order)] if len(receipts) > 1 else []
    return [*many, stacked([receipt_row(app, each) for each in receipts])]


def visits(app: Window, on: date) -> list[ft.Control]:
    """The visits of the day with how many were effective."""
    portfolio = app.phone.portfolio
    found = figures.visits_of_day(portfolio, on=on)
    if not found:
        return [empty(ft.Icons.DIRECTIONS_WALK, app.texts.t("No visits on this day."))]
    effective = sum(each["outcome"] in effective_codes(portfolio) for each in found)
    return [
        tag("visits-effective", caption(effective_words(app, effective))),
        stacked([visit_row(app, each) for each in found]),
    ]


def day_bar(app: Window, on: date, choose: Callable[[date], None], *, beyond: bool = False) -> ft.Control:
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
