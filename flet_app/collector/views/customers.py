"""Clientes: everybody this collector serves, found by any word, a page at a time with the total known."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen
from flet_app.collector.views.today import first_download, money
from flet_app.components.figures import amount, caption
from flet_app.components.inputs import field, use_typed
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import empty
from flet_app.components.tagging import tag
from flet_app.theme import EDGE, TOUCH_TARGET

PAGE = 60  # rows sent at once; 5,000 at once freeze a browser for seconds, sixty come in 50 ms
NEAR_END = 400  # dp from the end of the list at which the next page is fetched
ROW_HEIGHT = 76


@ft.component
def Customers() -> ft.View:
    app = use_app()
    t = app.texts.t
    portfolio = app.phone.portfolio
    words = use_typed()
    text, set_text = ft.use_state("")
    limit, set_limit = ft.use_state(PAGE)
    found = portfolio.search(text) if text.strip() else portfolio.in_order()

    def search(value: str) -> None:
        set_text(value)
        set_limit(PAGE)

    def clear(_event: Any) -> None:
        words.set("")
        # The field is emptied by the app, which Flet only sends when the value differs from what it knows.
        search("")

    def on_scroll(event: Any) -> None:
        if event.pixels >= event.max_scroll_extent - NEAR_END and limit < len(found):
            set_limit(limit + PAGE)

    if not portfolio.customers:
        return screen(app, route="/", title=t("Customers"), body=first_download(app), tab="/clientes")
    head = ft.Container(
        field(
            "customer-search", t("Name, code, tax id or address"), words, on_change=search,
            prefix_icon=ft.Icons.SEARCH, dense=True,
            suffix=ft.IconButton(ft.Icons.CLOSE, on_click=clear, tooltip=t("Clear")) if text else None,
        ),
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=6, bottom=4),
    )  # fmt: skip
    counted = app.texts.n("{count} customer", "{count} customers", len(found))
    rows: list[ft.Control] = [
        ft.Container(caption(counted), padding=ft.Padding.only(left=EDGE, bottom=4), key="count")
    ]
    rows += [customer_row(app, code) for code in found[:limit]]
    if not found:
        rows.append(
            empty(
                ft.Icons.SEARCH, t("No customer matches «{text}».", text=text),
                action=t("Clear the search"), on_action=clear,
            )
        )  # fmt: skip
    elif limit < len(found):
        rows.append(
            tag(
                "customers-more",
                ft.TextButton(
                    t("Show more ({shown} of {all})", shown=limit, all=len(found)),
                    on_click=lambda _event: set_limit(limit + PAGE),
                    height=TOUCH_TARGET,
                ),
            )
        )
    body = ft.ListView(
        rows, expand=True, on_scroll=on_scroll, scroll_interval=200, padding=ft.Padding.only(bottom=16)
    )
    return screen(app, route="/", title=t("Customers"), body=body, tab="/clientes", head=head)


def customer_row(app: Window, code: str) -> ft.Control:
    document = app.phone.portfolio.customers[code]
    sums = figures.totals(app.phone.portfolio, code, on=app.phone.today())
    where = " · ".join(str(part) for part in (code, document.get("address") or document.get("city")) if part)
    figure: list[ft.Control]
    if sums.overdue:
        late = tone_color(Tone.LATE, app.palette)
        figure = [
            amount(money(app, sums.overdue), color=late),
            ft.Text(
                app.texts.n("{count} day late", "{count} days late", sums.oldest_days_past_due),
                size=12,
                color=late,
            ),
        ]
    elif sums.balance:
        figure = [amount(money(app, sums.balance)), caption(app.texts.t("not due"), size=12)]
    else:
        figure = [caption(app.texts.t("No debt"))]
    return tag(
        f"customer-{code}",
        ft.Container(
            ft.Row(
                [
                    ft.Column(
                        [
                            ft.Text(
                                str(document["name"]), size=16, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS
                            ),
                            ft.Text(
                                where, size=13, color=ft.Colors.ON_SURFACE_VARIANT, max_lines=1,
                                overflow=ft.TextOverflow.ELLIPSIS,
                            ),
                        ],
                        spacing=2, tight=True, expand=True,
                    ),
                    ft.Column(
                        figure, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END
                    ),
                ],
                spacing=12,
            ),
            height=ROW_HEIGHT,
            padding=ft.Padding.symmetric(horizontal=EDGE),
            border=ft.Border.only(bottom=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
            ink=True,
            on_click=lambda _event: app.open(f"cliente/{code}"),
            key=code,
        ),
    )  # fmt: skip
