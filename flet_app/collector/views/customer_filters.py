"""Filtros: conditions on customers that combine, kept by name on this phone and passed on as a code."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from flet_app.collector.customer_filter import (
    AGES,
    PROMISES,
    VISITED,
    BadCode,
    CustomerFilter,
    from_code,
    to_code,
)
from flet_app.collector.listing import LONGEST_NAME, Listing, keep, listing, segments, use
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.customers import shown
from flet_app.collector.views.filter_words import (
    DISPUTED_WORDS,
    LOCATED_WORDS,
    PRIORITY_WORDS,
    PROMISE_WORDS,
    VISITED_WORDS,
    age_words,
)
from flet_app.collector.views.handing_over import shares
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import (
    Typed,
    amount_field,
    bottom_bar,
    choice,
    choices,
    field,
    icon_action,
    primary,
    secondary,
    use_typed,
)
from flet_app.components.surfaces import section, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET

Choose = Callable[[CustomerFilter], Any]
SLIM: dict[str, Any] = {"expand": True, "dense": True, "size": 16}
LOW: dict[str, Any] = {"expand": True, "height": TOUCH_TARGET}
MOST_CITIES = 12
"""Places offered as chips, those with most customers; the others are found by the search."""


@dataclasses.dataclass(frozen=True, slots=True)
class Editing:
    """What the chips of this screen show and change."""

    app: Window
    chosen: CustomerFilter
    choose: Choose

    def chip(self, identifier: str, words: str, *, selected: bool, gives: CustomerFilter) -> ft.Control:
        """A chip whose tap makes the filter `gives`."""
        return choice(
            identifier, words, selected=selected,
            on_select=calling(self.app.page.run_task, self.choose, gives),
        )  # fmt: skip


@ft.component
def CustomerFilters() -> ft.View:
    app = use_app()
    t = app.texts.t
    route = ft.use_view_path()
    wanted = listing(app.store.chosen)
    chosen, set_chosen = ft.use_state(wanted.chosen)
    currency = app.phone.portfolio.currency
    least = use_typed(typed_amount(app, wanted.chosen.least))
    most = use_typed(typed_amount(app, wanted.chosen.most))
    name, code = use_typed(), use_typed()
    problem, set_problem = ft.use_state("")

    async def choose(changed: CustomerFilter) -> None:
        set_chosen(changed)
        await use(app.store, Listing(changed, wanted.sort))

    async def put_on(changed: CustomerFilter) -> None:
        """A filter from elsewhere: the fields show its amounts."""
        least.set(typed_amount(app, changed.least))
        most.set(typed_amount(app, changed.most))
        await choose(changed)

    async def save(_event: Any) -> None:
        if not name.value.strip():
            set_problem(t("Give the filter a name."))
            return
        set_problem("")
        await keep(app.store, name.value.strip(), chosen)
        name.set("")
        app.state.revision += 1

    async def forget(kept: str) -> None:
        await keep(app.store, kept, None)
        app.state.revision += 1

    async def read(_event: Any) -> None:
        try:
            told, found = from_code(code.value)
        except BadCode:
            set_problem(t("This is not the code of a filter."))
            return
        set_problem("")
        code.set("")
        name.set(told)
        await put_on(found)

    def amount(kind: str) -> Callable[[str], Any]:
        def changed(text: str) -> None:
            app.page.run_task(choose, chosen.changed(**{kind: app.texts.parse_amount(text, currency)}))

        return changed

    count = len(shown(app, Listing(chosen, "name"), "", None)[0])
    rows: list[ft.Control] = [
        *saved(app, segments(app.store.chosen), chosen, put_on, forget),
        *conditions(Editing(app, chosen, choose)),
        section(t("Overdue amount")),
        side_by_side(
            amount_field("filter-least", t("From"), least, on_change=amount("least"), **SLIM),
            amount_field("filter-most", t("Up to"), most, on_change=amount("most"), **SLIM),
        ),
        section(t("Keep and share")),
        field(
            "filter-name", t("Name of this filter"), name, dense=True, max_length=LONGEST_NAME,
            error=problem or None,
        ),
        side_by_side(
            secondary("filter-keep", t("Keep"), save, icon=ft.Icons.BOOKMARK_ADD_OUTLINED, **LOW),
            secondary("filter-share", t("Share"), sharing(app, chosen, name), icon=ft.Icons.SHARE, **LOW),
        ),
        field("filter-code", t("Code of a filter that somebody sent"), code, dense=True),
        secondary("filter-read", t("Use this code"), read, height=TOUCH_TARGET),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Filters"), body=scroll(rows),
        bottom=bottom_bar(
            secondary(
                "filters-clear", t("Take all off"), calling(app.page.run_task, put_on, CustomerFilter()),
                disabled=not chosen.count, expand=2,
            ),
            primary(
                "filters-show", app.texts.n("See {count} customer", "See {count} customers", count),
                lambda _event: app.page.navigate("/clientes"), expand=3,
            ),
        ),
    )  # fmt: skip


def side_by_side(*halves: ft.Control) -> ft.Control:
    return ft.Row(list(halves), spacing=10, vertical_alignment=ft.CrossAxisAlignment.START)


def typed_amount(app: Window, minor: int | None) -> str:
    return "" if minor is None else app.texts.amount_text(minor, app.phone.portfolio.currency)


def conditions(editing: Editing) -> list[ft.Control]:
    app, t = editing.app, editing.app.texts.t
    urgent = {each: t(words) for each, words in PRIORITY_WORDS.items()}
    rows = [
        *group(editing, t("Age of the debt"), "ages", {each: age_words(app, each) for each in AGES}),
        *group(editing, t("Priority"), "priorities", urgent),
        *group(
            editing, t("Promises to pay"), "promises", {each: t(PROMISE_WORDS[each]) for each in PROMISES}
        ),
        *group(editing, t("Visits"), "visited", {each: t(VISITED_WORDS[each]) for each in VISITED}),
    ]
    places = cities(app, editing.chosen)
    if len(places) > 1:
        rows += group(editing, t("City"), "cities", {each: each for each in places})
    others = [*either(editing, "disputed", DISPUTED_WORDS), *either(editing, "located", LOCATED_WORDS)]
    return [*rows, section(t("Other conditions")), choices(others, columns=2)]


def group(editing: Editing, title: str, kind: str, words: Mapping[Any, str]) -> list[ft.Control]:
    """The conditions of one kind; any number of them."""
    inside: frozenset[str] = getattr(editing.chosen, kind)
    chips = [
        editing.chip(
            f"filter-{kind}-{value}",
            text,
            selected=value in inside,
            gives=editing.chosen.toggled(kind, value),
        )
        for value, text in words.items()
    ]
    return [section(title), choices(chips, columns=2)]


def either(editing: Editing, kind: str, words: Mapping[bool, str]) -> list[ft.Control]:
    """Two that exclude each other; a second tap takes the condition off."""
    now: bool | None = getattr(editing.chosen, kind)
    return [
        editing.chip(
            f"filter-{kind}-{str(value).lower()}", editing.app.texts.t(text), selected=now is value,
            gives=editing.chosen.changed(**{kind: None if now is value else value}),
        )
        for value, text in words.items()
    ]  # fmt: skip


def cities(app: Window, chosen: CustomerFilter) -> list[str]:
    counts: dict[str, int] = {}
    for line in app.store.overviews.all(on=app.phone.today()):
        if line.city:
            counts[line.city] = counts.get(line.city, 0) + 1
    most = sorted(counts, key=lambda city: (-counts[city], city))[:MOST_CITIES]
    return sorted({*most, *chosen.cities})


def saved(
    app: Window,
    kept: Mapping[str, CustomerFilter],
    chosen: CustomerFilter,
    put_on: Choose,
    forget: Callable[[str], Any],
) -> list[ft.Control]:
    """The filters of this phone: a tap puts one on."""
    t = app.texts.t
    if not kept:
        return []

    def row(name: str, each: CustomerFilter) -> ft.Control:
        sign = ft.Icons.BOOKMARK if each == chosen else ft.Icons.BOOKMARK_OUTLINE
        use_it = tag(
            f"segment-{name}",
            ft.Container(
                ft.Row(
                    [
                        ft.Icon(sign, size=20, color=ft.Colors.PRIMARY),
                        ft.Text(name, size=15, expand=True, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
                        caption(app.texts.n("{count} condition", "{count} conditions", each.count)),
                    ],
                    spacing=10,
                ),
                height=TOUCH_TARGET,
                padding=ft.Padding.only(left=14),
                ink=True,
                on_click=calling(app.page.run_task, put_on, each),
            ),
            expand=True,
        )
        drop = icon_action(
            f"segment-drop-{name}",
            ft.Icons.DELETE_OUTLINE,
            t("Forget the filter {name}", name=name),
            calling(app.page.run_task, forget, name),
        )
        return ft.Row([use_it, drop], spacing=0)  # fmt: skip

    return [section(t("Kept filters")), stacked([row(name, each) for name, each in kept.items()])]


def sharing(app: Window, chosen: CustomerFilter, name: Typed) -> Callable[[Any], Any]:
    async def share(_event: Any) -> None:
        t = app.texts.t
        told = name.value.strip()
        words = t("Filter of Recaudo «{name}»:", name=told) if told else t("Filter of Recaudo:")
        text = f"{words}\n{to_code(chosen, told)}"
        if shares(app):
            await ft.Share().share_text(text)
        else:
            await ft.Clipboard().set(text)
            app.say(t("Code copied. Paste it into a message."))

    return share
