"""Ruta: the stops of a day, sorted as the collector likes, changed by hand, or ordered by the phone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.route import put_in_order
from flet_app.collector.route_plan import Proposal, phase_of, question
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.history import day_bar
from flet_app.collector.views.route_changes import undo_notice, use_changes, with_menu
from flet_app.collector.views.route_proposal import proposed
from flet_app.collector.views.stop_rows import MARKS
from flet_app.components.figures import caption
from flet_app.components.handlers import use_maybe
from flet_app.components.inputs import bottom_bar, choice, primary, search_field, secondary, use_typed
from flet_app.components.surfaces import empty, stacked
from receivables.geometry import Point
from receivables.messages import sentence

SORTED_BY = "route_sorted_by"
"""The preference that this screen remembers."""

MANY_STOPS = 8
"""From here on a route is searched rather than looked through."""

REACH_DAYS = 366
"""No route of a day further off is on a phone."""

Key = Callable[[figures.Stop], Any]

SORTS: dict[str, tuple[str, Key]] = {
    "route": ("Route", lambda stop: stop.position),
    "distance": ("Nearest", lambda stop: stop.metres if stop.metres is not None else float("inf")),
    "priority": ("Priority", lambda stop: stop.position),  # by the scores, which a stop does not have
    "amount": ("Amount overdue", lambda stop: -stop.overdue.minor),
    "age": ("Oldest debt", lambda stop: -stop.days_past_due),
    "name": ("Name", lambda stop: stop.name.casefold()),
}


@ft.component
def Route() -> ft.View:
    app = use_app()
    t = app.texts.t
    on = day_of(app, ft.use_route_params().get("on", ""))
    here, set_here = use_maybe(Point)
    sorted_by, set_sorted_by = ft.use_state(str(app.store.chosen.get(SORTED_BY) or "route"))
    proposal, set_proposal = use_maybe(Proposal)
    changes = use_changes(app, on)
    busy, set_busy = ft.use_state(False)
    text, set_text = ft.use_state("")
    typed = use_typed()
    route = ft.use_view_path()

    async def locate() -> None:
        set_here(Point.of(await app.position()))

    ft.use_effect(locate, dependencies=[])

    async def sort(kind: str) -> None:
        set_sorted_by(kind)
        await asyncio.to_thread(app.store.choose, **{SORTED_BY: kind})

    async def plan(_event: Any) -> None:
        set_busy(True)
        asked = question(app.phone.portfolio, now=app.phone.now(), zone=app.phone.zone, here=here, on=on)
        set_proposal(await asyncio.to_thread(asked.answer))
        set_busy(False)

    async def accept(_event: Any) -> None:
        if proposal is None:
            return
        try:
            problems = await put_in_order(app.phone, proposal.order, on=on)
        except ValueError:
            app.say(t("The route changed meanwhile. Order it again."))
        else:
            app.say(sentence(problems[0], locale=app.texts.locale) if problems else t("Route in order."))
            await sort("route")
        changes.forget()
        set_proposal(None)

    def go_to(day: date) -> None:
        app.open("ruta" if day == app.phone.today() else f"ruta/{day.isoformat()}")

    phase = phase_of(app.phone.portfolio, on, now=app.phone.now(), zone=app.phone.zone)
    stops = figures.day(app.phone.portfolio, on=on, here=here, phase=phase).stops
    if proposal is not None:
        return screen(
            app, route=route, title=t("Proposed order"), body=scroll(proposed(app, proposal, on)),
            bottom=bottom_bar(
                secondary("route-reject", t("Leave it"), lambda _event: set_proposal(None), expand=2),
                primary("route-accept", t("Use this order"), accept, expand=3),
            ),
        )  # fmt: skip
    rows: list[ft.Control] = [day_bar(app, on, go_to, beyond=True), *undo_notice(app, changes)]
    if stops:
        shown = sorted(found(app, stops, text), key=key_of(app, sorted_by))
        rows += [
            *search_row(app, len(stops), typed, set_text),
            counted(app, stops),
            sorts(app, sorted_by, sort),
            stacked([with_menu(app, each, changes, last=len(stops)) for each in shown]),
        ]
        if not shown:
            rows.append(empty(ft.Icons.SEARCH, t("No stop matches «{text}».", text=text)))
    else:
        rows.append(empty(ft.Icons.PLACE_OUTLINED, none_words(app, on)))
    return screen(
        app, route=route, title=t("Route of the day"), body=scroll(rows),
        bottom=actions(app, on, bool(stops), plan=plan, busy=busy),
    )  # fmt: skip


def day_of(app: Window, text: str) -> date:
    """The day in an address; today where it names none, or one that no route is kept or planned for."""
    today = app.phone.today()
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return today
    return on if abs((on - today).days) <= REACH_DAYS else today


def none_words(app: Window, on: date) -> str:
    if on == app.phone.today():
        return app.texts.t("There is no route for today.")
    return app.texts.t("There is no route for this day.")


def key_of(app: Window, sorted_by: str) -> Key:
    if sorted_by != "priority":
        return SORTS[sorted_by][1] if sorted_by in SORTS else SORTS["route"][1]
    priorities = app.store.overviews.priorities(on=app.phone.today())
    return lambda stop: -priorities[stop.customer].score if stop.customer in priorities else 0


def found(app: Window, stops: tuple[figures.Stop, ...], text: str) -> list[figures.Stop]:
    """The stops whose customers have every word of `text`."""
    if not text.strip():
        return list(stops)
    fitting = set(app.phone.portfolio.search(text))
    return [stop for stop in stops if stop.customer in fitting]


def search_row(app: Window, count: int, typed: Any, on_change: Callable[[str], None]) -> list[ft.Control]:
    if count < MANY_STOPS:
        return []
    words = app.texts.t("Name, code, tax id or address")
    return [search_field("route-search", words, typed, on_change)]


def counted(app: Window, stops: tuple[figures.Stop, ...]) -> ft.Control:
    """`12 paradas · Visitado 3 · Por visitar 9`."""
    parts = [app.texts.n("{count} stop", "{count} stops", len(stops))]
    for state, mark in MARKS.items():
        count = sum(stop.state == state for stop in stops)
        if count:
            parts.append(f"{app.texts.t(mark.word)} {app.texts.number(count)}")
    return caption(" · ".join(parts))


def sorts(app: Window, sorted_by: str, sort: Callable[[str], Any]) -> ft.Control:
    def choosing(kind: str) -> Callable[[Any], Any]:
        async def handler(_event: Any) -> None:
            await sort(kind)

        return handler

    chips = [
        choice(f"sort-{kind}", app.texts.t(words), selected=kind == sorted_by, on_select=choosing(kind))
        for kind, (words, _key) in SORTS.items()
    ]
    return ft.Row(chips, spacing=8, scroll=ft.ScrollMode.HIDDEN)


def actions(app: Window, on: date, planned: bool, *, plan: Any, busy: bool) -> ft.Control | None:
    """Add, see on the map, order; a day that is past is only looked at."""
    t = app.texts.t
    whole_map = secondary(
        "route-map", t("Map"), lambda _event: app.open(f"mapa/{on.isoformat()}"), icon=ft.Icons.MAP_OUTLINED,
        expand=2,
    )  # fmt: skip
    if on < app.phone.today():
        return bottom_bar(whole_map) if planned else None
    add_path = f"ruta/{on.isoformat()}/agregar"
    if not planned:
        words = t("Add to the route")
        return bottom_bar(
            primary("route-add-customers", words, lambda _event: app.open(add_path), icon=ft.Icons.ADD)
        )
    add = secondary(
        "route-add-customers", t("Add"), lambda _event: app.open(add_path), icon=ft.Icons.ADD, expand=2
    )
    return bottom_bar(add, whole_map, primary("route-plan", t("Order"), plan, busy=busy, expand=2))
