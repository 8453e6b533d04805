"""Clientes: everybody this collector serves, found by any word, filtered and sorted, with the total known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flet as ft

from flet_app.collector.customer_filter import CustomerFilter, ordered
from flet_app.collector.listing import Listing, listing, use
from flet_app.collector.overview import Overview
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen
from flet_app.collector.views.customer_rows import CustomerList
from flet_app.collector.views.filter_words import PRIORITY_WORDS, SORT_WORDS, condition_words
from flet_app.collector.views.today import first_download
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_maybe
from flet_app.components.inputs import icon_action, search_field, use_typed
from flet_app.components.surfaces import empty
from flet_app.components.tagging import tag
from flet_app.theme import EDGE, FIELD_RADIUS, TOUCH_TARGET
from receivables.geometry import Point


@ft.component
def Customers() -> ft.View:
    app = use_app()
    t = app.texts.t
    words = use_typed()
    text, set_text = ft.use_state("")
    here, set_here = use_maybe(Point)
    wanted = listing(app.store.chosen)

    async def locate() -> None:
        if wanted.sort == "distance":
            set_here(Point.of(await app.position()))

    ft.use_effect(locate, dependencies=[wanted.sort])

    async def choose(chosen: Listing) -> None:
        await use(app.store, chosen)
        app.state.revision += 1

    def clear(_event: Any) -> None:
        # The field is emptied by the app, which Flet only sends when the value differs from what it knows.
        words.set("")
        set_text("")

    async def clear_all(event: Any) -> None:
        clear(event)
        await choose(Listing(CustomerFilter(), wanted.sort))

    if not app.phone.portfolio.customers:
        return screen(app, route="/", title=t("Customers"), body=first_download(app), tab="/clientes")
    found, badges = shown(app, wanted, text, here)
    head = ft.Container(
        ft.Column(
            [
                search_field(
                    "customer-search", t("Name, code, tax id or address"), words, set_text,
                    clear=icon_action("customer-search-clear", ft.Icons.CLOSE, t("Clear"), clear)
                    if text
                    else None,
                ),
                tools(app, wanted, choose),
                tag("customers-total", caption(total_words(app, found))),
            ],
            spacing=2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, tight=True,
        ),
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=6, bottom=4),
    )  # fmt: skip
    asked = f"{text}|{wanted.sort}|{here is None}|{wanted.chosen.to_json()}"
    body: ft.Control = ft.Container(CustomerList(found, here, badges), key=asked, expand=True)
    if not found:
        sentence = t("No customer matches «{text}».", text=text) if text else t("No customer is like that.")
        action = t("Clear search and filters") if wanted.chosen.count else t("Clear the search")
        body = empty(ft.Icons.SEARCH, sentence, action=action, on_action=clear_all)
    return screen(app, route="/", title=t("Customers"), body=body, tab="/clientes", head=head)


def shown(
    app: Window, wanted: Listing, text: str, here: Point | None
) -> tuple[tuple[Overview, ...], dict[str, str]]:
    """Who fits the words and the conditions, in the order wanted, and a word for each where it is needed."""
    portfolio, on = app.phone.portfolio, app.phone.today()
    overviews = app.store.overviews
    codes = portfolio.search(text) if text.strip() else portfolio.in_order()
    lines = [overviews.of(code, on=on) for code in codes]
    urgent = wanted.sort == "priority" or bool(wanted.chosen.priorities)
    priorities = overviews.priorities(on=on) if urgent else {}
    if wanted.chosen.count:
        lines = [
            line for line in lines if wanted.chosen.holds(line, on=on, priority=priorities.get(line.code))
        ]
    badges = {code: app.texts.t(PRIORITY_WORDS[each.label]) for code, each in priorities.items() if urgent}
    return tuple(ordered(lines, wanted.sort, here=here, priorities=priorities)), badges


def tools(app: Window, wanted: Listing, choose: Any) -> ft.Control:
    """What the list is filtered and sorted by, each a tap from being changed or taken off."""
    t = app.texts.t
    count = wanted.chosen.count
    chips: list[ft.Control] = [
        chip(
            "filters-open", t("Filters ({count})", count=count) if count else t("Filters"),
            lambda _event: app.open("filtros"), icon=ft.Icons.TUNE, selected=bool(count),
        ),
        sort_menu(app, wanted, choose),
    ]  # fmt: skip
    for kind, sentence, without in condition_words(app, wanted.chosen):
        chips.append(
            chip(
                f"filter-off-{kind}", sentence,
                calling(app.page.run_task, choose, Listing(without, wanted.sort)),
                icon=ft.Icons.CLOSE, selected=True, label=t("Take off"),
            )
        )  # fmt: skip
    return ft.Row(chips, spacing=8, scroll=ft.ScrollMode.HIDDEN)


def sort_menu(app: Window, wanted: Listing, choose: Any) -> ft.Control:
    t = app.texts.t
    return tag(
        "customers-sort",
        ft.PopupMenuButton(
            content=ft.Container(
                pill(t(SORT_WORDS[wanted.sort]), ft.Icons.SORT, selected=False),
                height=TOUCH_TARGET, alignment=ft.Alignment.CENTER,
            ),
            tooltip="",
            items=[
                ft.PopupMenuItem(
                    content=t(words), checked=kind == wanted.sort, key=f"sort-{kind}",
                    on_click=calling(app.page.run_task, choose, Listing(wanted.chosen, kind)),
                )
                for kind, words in SORT_WORDS.items()
            ],
        ),
    )  # fmt: skip


def chip(
    identifier: str, text: str, on_click: Any, *, icon: ft.IconData, selected: bool, label: str | None = None
) -> ft.Control:
    """A small chip in a target of full height; `label` is what a screen reader says before its words."""
    return ft.Semantics(
        identifier=identifier,
        label=label,
        button=True,
        content=ft.Container(
            pill(text, icon, selected=selected), height=TOUCH_TARGET, alignment=ft.Alignment.CENTER,
            on_click=on_click, ink=True, border_radius=12,
        ),
    )  # fmt: skip


def pill(text: str, icon: ft.IconData, *, selected: bool) -> ft.Control:
    ink = ft.Colors.ON_SECONDARY_CONTAINER if selected else ft.Colors.ON_SURFACE
    return ft.Container(
        ft.Row(
            [ft.Icon(icon, size=16, color=ink), ft.Text(text, size=14, color=ink, no_wrap=True)],
            spacing=6, tight=True,
        ),
        bgcolor=ft.Colors.SECONDARY_CONTAINER if selected else ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.SECONDARY_CONTAINER if selected else ft.Colors.OUTLINE),
        border_radius=FIELD_RADIUS,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
    )  # fmt: skip


def total_words(app: Window, lines: Sequence[Overview]) -> str:
    """`37 clientes · Vencido $ 12.300,00`, each currency by itself."""
    sums: dict[str, int] = {}
    for line in lines:
        if line.overdue:
            sums[line.overdue.currency] = sums.get(line.overdue.currency, 0) + line.overdue.minor
    counted = app.texts.n("{count} customer", "{count} customers", len(lines))
    if not sums:
        return counted
    money = " + ".join(app.texts.money(minor, currency) for currency, minor in sorted(sums.items()))
    return f"{counted} · {app.texts.t('Overdue')} {money}"
