"""How far a day or a month has come: collected and by which means, visits, what was sold and ordered."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from flet_app.collector.results import Counted, Results, fraction
from flet_app.collector.state import Window
from flet_app.collector.views.records import method_name
from flet_app.collector.views.today import money
from flet_app.components.figures import bar, caption, line
from flet_app.components.inputs import segments
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card
from receivables.goals import Period
from receivables.money import Money


def period_choice(app: Window, chosen: Period, choose: Callable[[Period], None]) -> ft.Control:
    t = app.texts.t
    return segments(
        [("today-day", Period.DAY, t("Day")), ("today-month", Period.MONTH, t("Month"))],
        selected=chosen,
        on_select=lambda value: choose(Period(value)),
    )


def results_card(app: Window, found: Results, choose: Callable[[Period], None]) -> ft.Control:
    """The answer first: what was collected; then by which means, and the visits side by side."""
    t, target = app.texts.t, found.target
    rows: list[ft.Control] = [head(app, found, choose), collected(app, found)]
    if found.collected.by_method:
        parts = [f"{method_name(app, name)} {money(app, sum_)}" for name, sum_ in by_size(found)]
        rows.append(ft.Semantics(identifier="today-methods", content=caption(" · ".join(parts))))
    rows.append(
        ft.Row(
            [
                visits(app, "today-visits", t("Visits"), found.visits, target.visits),
                visits(app, "today-effective", t("Effective"), found.effective, target.effective),
            ],
            spacing=16,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    )  # fmt: skip
    rows += sold(app, found)
    return card(ft.Column(rows, spacing=10, tight=True), padding=14)


def by_size(found: Results) -> list[tuple[str, Money]]:
    return sorted(found.collected.by_method.items(), key=lambda item: -item[1].minor)


def name_of(app: Window, found: Results) -> str:
    t = app.texts.t
    return t("Collected today") if found.period is Period.DAY else t("Collected this month")


def head(app: Window, found: Results, choose: Callable[[Period], None]) -> ft.Control:
    """What the figure below is, of how many payments, and the way from the day to the month."""
    counted = app.texts.n("{count} payment", "{count} payments", found.collected.count)
    words: list[ft.Control] = [
        ft.Text(name_of(app, found), size=15, weight=ft.FontWeight.W_600),
        caption(counted),
    ]
    return ft.Row(
        [
            ft.Column(words, spacing=0, tight=True, expand=1),
            ft.Container(period_choice(app, found.period, choose), expand=1),
        ],
        spacing=8,
    )


def collected(app: Window, found: Results) -> ft.Control:
    t, total, expected = app.texts.t, found.collected.total, found.target.amount
    name = name_of(app, found)
    goal = t("of {goal}", goal=money(app, expected)) if expected else ""
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Text(money(app, total), size=30, weight=ft.FontWeight.W_700, no_wrap=True),
                caption(goal, size=14, expand=True),
                *percent(app, fraction(total.minor, expected.minor if expected else None), size=15),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.END,
        ),
    ]
    part = fraction(total.minor, expected.minor if expected else None)
    if part is not None:
        color = tone_color(Tone.SETTLED, app.palette)
        rows.append(bar(part, color=color, spoken=f"{name}: {money(app, total)} {goal}"))
    return ft.Semantics(identifier="today-collected", content=ft.Column(rows, spacing=4, tight=True))


def visits(app: Window, identifier: str, name: str, done: int, expected: int | None) -> ft.Control:
    """`7 de 20` with its bar; half as wide as the screen, so the name stands above."""
    goal = app.texts.t("of {goal}", goal=app.texts.number(expected)) if expected else ""
    part = fraction(done, expected)
    rows: list[ft.Control] = [
        ft.Row([caption(name, expand=True), *percent(app, part, size=13)], spacing=4),
        ft.Row(
            [
                ft.Text(app.texts.number(done), size=20, weight=ft.FontWeight.W_700, no_wrap=True),
                caption(goal, size=14),
            ],
            spacing=6,
            vertical_alignment=ft.CrossAxisAlignment.END,
        ),
    ]
    if part is not None:
        spoken = f"{name}: {app.texts.number(done)} {goal}"
        rows.append(bar(part, color=ft.Colors.PRIMARY, spoken=spoken))
    return ft.Semantics(identifier=identifier, content=ft.Column(rows, spacing=3, tight=True), expand=True)


def percent(app: Window, part: float | None, *, size: int) -> list[ft.Control]:
    if part is None:
        return []
    words = app.texts.t("{percent} %", percent=int(part * 100))
    return [ft.Text(words, size=size, weight=ft.FontWeight.W_600, no_wrap=True)]


def sold(app: Window, found: Results) -> list[ft.Control]:
    """What the office counts of the adviser's month; nothing where it does not count it."""
    t = app.texts.t
    rows: list[ft.Control] = [
        ft.Semantics(identifier=identifier, content=counted(app, name, what))
        for identifier, name, what in (
            ("today-sales", t("Sales"), found.sales),
            ("today-orders", t("Orders"), found.orders),
        )
        if what is not None
    ]
    return [ft.Divider(height=1, color=ft.Colors.OUTLINE_VARIANT), *rows] if rows else []


def counted(app: Window, name: str, what: Counted) -> ft.Control:
    words = name if what.count is None else f"{name} ({app.texts.number(what.count)})"
    return line(words, money(app, what.amount))
