"""The month in Cobros: its totals by method, and its days, each of which leads to its records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import flet as ft

from flet_app.collector.results import DaySum, days_of, results
from flet_app.collector.state import Window
from flet_app.collector.views.history_parts import kept_since, step_bar, totals_card
from flet_app.collector.views.today import money
from flet_app.components.figures import amount, caption, line
from flet_app.components.handlers import calling
from flet_app.components.surfaces import card, empty, section, stacked
from flet_app.components.tagging import tag
from receivables.goals import Period


def month_rows(
    app: Window, on: date, choose: Callable[[date], None], open_day: Callable[[date], None]
) -> list[ft.Control]:
    """The month that `on` lies in; `choose` looks at another, `open_day` at one of its days."""
    t, n = app.texts.t, app.texts.n
    month = f"{on:%Y-%m}"
    found = results(app.phone.portfolio, Period.MONTH, on=on)
    days = days_of(app.phone.portfolio, month)
    visited = line(t("Visits"), app.texts.number(found.visits), note=effective_words(app, found.effective))
    rows: list[ft.Control] = [
        month_bar(app, on, choose),
        totals_card(app, found.collected),
        tag("month-visits", card(visited)),
    ]
    rows += kept_since(app, date.fromisoformat(f"{month}-01"))
    if not days:
        return [*rows, empty(ft.Icons.EVENT_NOTE, t("Nothing was recorded in this month."))]
    rows.append(section(n("{count} day with records", "{count} days with records", len(days))))
    rows.append(stacked([day_row(app, each, open_day) for each in days]))
    return rows


def month_bar(app: Window, on: date, choose: Callable[[date], None]) -> ft.Control:
    first = on.replace(day=1)
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    t, is_last = app.texts.t, f"{on:%Y-%m}" >= f"{app.phone.today():%Y-%m}"
    name = ft.Text(app.texts.month(f"{on:%Y-%m}").capitalize(), size=16, weight=ft.FontWeight.W_600)
    return step_bar(
        "month", name, (t("Month before"), calling(choose, before.replace(day=1))),
        (t("Month after"), None if is_last else calling(choose, after.replace(day=1))),
    )  # fmt: skip


def day_row(app: Window, day: DaySum, open_day: Callable[[date], None]) -> ft.Control:
    n = app.texts.n
    counted = [
        n("{count} payment", "{count} payments", day.payments),
        n("{count} visit", "{count} visits", day.visits),
        effective_words(app, day.effective),
    ]
    words = ft.Column(
        [ft.Text(app.texts.weekday(day.on), size=15), caption(" · ".join(counted))],
        spacing=1, tight=True, expand=True,
    )  # fmt: skip
    return tag(
        f"day-{day.on.isoformat()}",
        ft.Container(
            ft.Row(
                [
                    words,
                    amount(money(app, day.collected)),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=ft.Colors.OUTLINE),
                ],
                spacing=8,
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
            ink=True,
            on_click=calling(open_day, day.on),
        ),
    )


def effective_words(app: Window, count: int) -> str:
    return app.texts.n("{count} effective", "{count} effective ones", count)
