"""The head of a customer: the balances, how old the debt is, how to find them."""

from __future__ import annotations

import flet as ft

from flet_app.collector import figures
from flet_app.collector.state import Window
from flet_app.collector.views.today import money
from flet_app.components.figures import amount, caption, line
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card
from receivables.invoices import ageing


def balances(app: Window, code: str) -> ft.Control:
    t, texts = app.texts.t, app.texts
    sums = figures.totals(app.phone.portfolio, code, on=app.phone.today())
    late = tone_color(Tone.LATE, app.palette)
    rows: list[ft.Control] = []
    if sums.overdue:
        head = ft.Row(
            [
                ft.Column(
                    [
                        ft.Text(t("Overdue"), size=15, weight=ft.FontWeight.W_600, color=late),
                        caption(
                            texts.n("{count} day late", "{count} days late", sums.oldest_days_past_due),
                            color=late,
                        ),
                    ],
                    spacing=0, tight=True, expand=True,
                ),
                amount(money(app, sums.overdue), size=28, weight=ft.FontWeight.W_700, color=late),
            ]
        )  # fmt: skip
        rows.append(ft.Semantics(identifier="customer-overdue", content=head))
    else:
        settled = tone_color(Tone.SETTLED, app.palette)
        rows.append(
            ft.Row(
                [
                    ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=20, color=settled),
                    ft.Text(t("Nothing overdue"), size=15, color=settled, weight=ft.FontWeight.W_600),
                ]
            )
        )
    rows.append(
        ft.Semantics(
            identifier="customer-balance",
            content=line(
                t("To collect"),
                money(app, sums.balance),
                note=texts.n("{count} open invoice", "{count} open invoices", sums.invoices),
            ),
        )
    )
    rows += other_balances(app, code)
    if sums.credit_available is not None and sums.credit_limit is not None:
        used = (
            t("{percent} % of {limit} used", percent=sums.credit_percent, limit=money(app, sums.credit_limit))
            if sums.credit_percent is not None
            else None
        )
        over = sums.credit_available.minor < 0
        rows.append(
            line(
                t("Credit available"),
                money(app, sums.credit_available),
                note=used,
                color=late if over else None,
            )
        )
    rows += last_sale(app, code)
    if sums.overdue:
        rows.append(ageing_bar(app, code))
    return card(ft.Column(rows, spacing=8, tight=True), padding=14)


def last_sale(app: Window, code: str) -> list[ft.Control]:
    """When the customer bought last, as far as the invoices on this phone tell."""
    found = figures.last_sale(app.phone.portfolio, code)
    if found is None:
        return []
    sold = line(app.texts.t("Last sale"), money(app, found.total), note=app.texts.day(found.issued_on))
    return [ft.Semantics(identifier="customer-last-sale", content=sold)]


def other_balances(app: Window, code: str) -> list[ft.Control]:
    """What the ERP says and what is still to be confirmed, where that is not the same figure."""
    t, found = app.texts.t, figures.balances(app.phone.portfolio, code)
    rows: list[ft.Control] = []
    if found.erp != found.provisional:
        rows.append(
            ft.Semantics(
                identifier="customer-balance-erp", content=line(t("In the ERP"), money(app, found.erp))
            )
        )
    if found.unconfirmed:
        rows.append(
            ft.Semantics(
                identifier="customer-unconfirmed",
                content=line(
                    t("Paid, to be confirmed"), money(app, found.unconfirmed),
                    note=t("cheques, transfers and withholdings"),
                ),
            )
        )  # fmt: skip
    return rows


def ageing_bar(app: Window, code: str) -> ft.Control:
    """How old the debt is: one bar in parts, and the parts in figures."""
    portfolio = app.phone.portfolio
    items = figures.open_items(portfolio, code)
    parts = [
        (name, sum_)
        for name, sum_ in ageing(
            items, currency=figures.currency_of(portfolio, code), on=app.phone.today()
        ).items()
        if sum_
    ]
    late = tone_color(Tone.LATE, app.palette)
    steps = len(parts)

    def color(index: int, name: str) -> str:
        return ft.Colors.with_opacity(
            0.35 + 0.65 * (index + 1) / steps, ft.Colors.OUTLINE if name == "current" else late
        )

    bar = ft.Row(
        [
            ft.Container(
                height=10,
                bgcolor=color(index, name),
                expand=max(1, sum_.minor * 100 // sum(each.minor for _, each in parts)),
            )
            for index, (name, sum_) in enumerate(parts)
        ],
        spacing=2,
    )
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(width=10, height=10, border_radius=5, bgcolor=color(index, name)),
                caption(bucket_words(app, name), expand=True),
                ft.Text(money(app, sum_), size=13, no_wrap=True),
            ],
            spacing=8,
        )
        for index, (name, sum_) in enumerate(parts)
    ]
    return ft.Semantics(
        identifier="customer-ageing",
        content=ft.Column(
            [ft.Container(bar, border_radius=5, clip_behavior=ft.ClipBehavior.ANTI_ALIAS), *rows],
            spacing=3,
            tight=True,
        ),
    )


def bucket_words(app: Window, name: str) -> str:
    if name == "current":
        return app.texts.t("Not due yet")
    if name.startswith(">"):
        return app.texts.t("More than {days} days", days=name[1:])
    return app.texts.t("{days} days late", days=name)
