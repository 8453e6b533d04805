"""Cartera: how old the debt of the whole portfolio is; a bucket leads to its customers."""

from __future__ import annotations

import flet as ft

from flet_app.collector.ageing import CURRENT, Bucket, PortfolioAgeing, portfolio_ageing
from flet_app.collector.customer_filter import CustomerFilter
from flet_app.collector.listing import Listing, use
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.customer_sheet import bucket_words
from flet_app.collector.views.today import first_download, money
from flet_app.components.figures import amount, bar, caption, figure, line
from flet_app.components.handlers import calling
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card, empty, section, stacked
from flet_app.components.tagging import tag


@ft.component
def Ageing() -> ft.View:
    app = use_app()
    t, portfolio = app.texts.t, app.phone.portfolio
    if not portfolio.customers:
        body = first_download(app)
    else:
        found = portfolio_ageing(portfolio, on=app.phone.today())
        if found.invoices:
            rows = [summary(app, found), section(t("By age"))]
            rows.append(stacked([bucket_row(app, each, found) for each in found.buckets if each.invoices]))
            rows.append(caption(t("A customer is counted where the oldest debt is.")))
            body = scroll(rows)
        else:
            body = scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("Nobody owes anything."))])
    return screen(app, route=ft.use_view_path(), title=t("Portfolio"), body=body)


def summary(app: Window, found: PortfolioAgeing) -> ft.Control:
    """The answer first: how much is overdue, of how much."""
    t, n = app.texts.t, app.texts.n
    late = tone_color(Tone.LATE, app.palette) if found.overdue else None
    invoices = n("{count} open invoice", "{count} open invoices", found.invoices)
    rows: list[ft.Control] = [
        tag("portfolio-overdue", figure(t("Overdue"), money(app, found.overdue), color=late, size=28)),
        tag("portfolio-balance", line(t("To collect"), money(app, found.balance), note=invoices)),
        line(t("Customers with debt"), app.texts.number(found.customers)),
    ]
    if found.credit:
        note = t("not taken off above")
        rows.append(
            tag("portfolio-credit", line(t("Open credit notes"), money(app, found.credit), note=note))
        )
    return card(ft.Column(rows, spacing=8, tight=True))


def bucket_row(app: Window, bucket: Bucket, found: PortfolioAgeing) -> ft.Control:
    """One age: how much, how many; what is overdue leads to the customers whose oldest debt it is."""
    n, name = app.texts.n, bucket_words(app, bucket.name)
    late = bucket.name != CURRENT
    age = found.buckets.index(bucket) / (len(found.buckets) - 1)
    color = (
        ft.Colors.with_opacity(0.4 + 0.6 * age, tone_color(Tone.LATE, app.palette))
        if late
        else ft.Colors.OUTLINE
    )
    counted = [
        n("{count} invoice", "{count} invoices", bucket.invoices),
        n("{count} customer", "{count} customers", bucket.customers),
    ]
    head: list[ft.Control] = [
        ft.Column(
            [ft.Text(name, size=15, weight=ft.FontWeight.W_500), caption(" · ".join(counted))],
            spacing=1, tight=True, expand=True,
        ),
        amount(money(app, bucket.amount)),
    ]  # fmt: skip
    if late:
        head.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=ft.Colors.OUTLINE))
    share = bucket.amount.minor / found.balance.minor
    rows: list[ft.Control] = [
        ft.Row(head, spacing=8),
        bar(share, color=color, spoken=f"{name}: {money(app, bucket.amount)}"),
    ]
    return ft.Semantics(
        identifier=f"bucket-{bucket.name}",
        button=late,
        content=ft.Container(
            ft.Column(rows, spacing=6, tight=True),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
            ink=late,
            on_click=calling(app.page.run_task, list_customers, app, bucket.name) if late else None,
        ),
    )


async def list_customers(app: Window, age: str) -> None:
    """The list of customers with this age as its filter, the largest debt first."""
    await use(app.store, Listing(CustomerFilter(ages=frozenset({age})), "amount"))
    app.page.navigate("/clientes")
