"""Ruta: the stops of the day, sorted as the collector likes, changed by hand, or ordered by the phone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.route import change_stop, put_in_order
from flet_app.collector.route_plan import Proposal, question
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.today import stop_row
from flet_app.components.figures import caption
from flet_app.components.inputs import bottom_bar, choice, choices, primary, secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import empty, notice, section, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.geometry import Point
from receivables.messages import sentence
from receivables.routing import Unserved

SORTED_BY = "route_sorted_by"
"""The preference that this screen remembers."""

SORTS: dict[str, tuple[str, Callable[[figures.Stop], Any]]] = {
    "route": ("Route", lambda stop: stop.position),
    "distance": ("Nearest", lambda stop: stop.metres if stop.metres is not None else float("inf")),
    "amount": ("Amount overdue", lambda stop: -stop.overdue.minor),
    "age": ("Oldest debt", lambda stop: -stop.days_past_due),
    "name": ("Name", lambda stop: stop.name.casefold()),
}

WHY: dict[Unserved, str] = {
    Unserved.TOO_LATE: "closes before you get there",
    Unserved.NO_ROOM: "does not fit into the day",
    Unserved.NOT_WORTH: "is too far out of the way",
}


@ft.component
def Route() -> ft.View:
    app = use_app()
    t = app.texts.t
    on = app.phone.today()
    here, set_here = ft.use_state(no_place())
    sorted_by, set_sorted_by = ft.use_state(str(app.store.chosen.get(SORTED_BY) or "route"))
    proposal, set_proposal = ft.use_state(no_proposal())
    busy, set_busy = ft.use_state(False)

    async def locate() -> None:
        set_here(Point.of(await app.position()))

    ft.use_effect(locate, dependencies=[])

    def sort(kind: str) -> None:
        app.store.choose(**{SORTED_BY: kind})
        set_sorted_by(kind)

    async def plan(_event: Any) -> None:
        set_busy(True)
        asked = question(app.phone.portfolio, now=app.phone.now(), zone=app.phone.zone, here=here)
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
            sort("route")
        set_proposal(None)

    stops = figures.day(app.phone.portfolio, on=on, here=here).stops
    shown = sorted(stops, key=SORTS[sorted_by][1])
    route = ft.use_view_path()
    if not stops:
        body = scroll([empty(ft.Icons.PLACE_OUTLINED, t("There is no route for today."))])
        return screen(app, route=route, title=t("Route of the day"), body=body)
    if proposal is not None:
        return screen(
            app, route=route, title=t("Proposed order"), body=scroll(proposed(app, proposal)),
            bottom=bottom_bar(
                secondary("route-reject", t("Leave it"), lambda _event: set_proposal(None), expand=2),
                primary("route-accept", t("Use this order"), accept, expand=3),
            ),
        )  # fmt: skip
    rows: list[ft.Control] = [
        choices([
            choice(f"sort-{kind}", t(words), selected=kind == sorted_by, on_select=choosing(sort, kind))
            for kind, (words, _key) in SORTS.items()
        ]),
        stacked([
            with_menu(app, stop, stop_row(app, stop), last=len(stops)) for stop in shown
        ]),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Route of the day"), subtitle=app.texts.weekday(on), body=scroll(rows),
        bottom=bottom_bar(
            primary("route-plan", t("Order the route"), plan, icon=ft.Icons.ROUTE, busy=busy)
        ),
    )  # fmt: skip


def no_place() -> Point | None:
    return None


def no_proposal() -> Proposal | None:
    return None


def choosing(act: Callable[[str], None], kind: str) -> Callable[[Any], None]:
    return lambda _event: act(kind)


def with_menu(app: Window, stop: figures.Stop, row: ft.Control, *, last: int) -> ft.Control:
    """A stop with what may be done to it; what was visited stays as it is."""
    if stop.state != "pending":
        return row
    t = app.texts.t
    places = stop.position - 1  # the position is told from 1

    def doing(change: str, position: int | None = None) -> Callable[[Any], Any]:
        async def handler(_event: Any) -> None:
            done = await change_stop(
                app.phone, stop.customer, change=change, on=app.phone.today(), position=position
            )
            if isinstance(done, list):
                app.say(sentence(done[0], locale=app.texts.locale))

        return handler

    items = [("stop-remove", t("Take off the route"), ft.Icons.REMOVE_CIRCLE_OUTLINE, doing("remove"))]
    if stop.position < last:
        items.insert(0, ("stop-later", t("Visit later"), ft.Icons.ARROW_DOWNWARD, doing("move", places + 1)))
    if places:
        items.insert(0, ("stop-sooner", t("Visit sooner"), ft.Icons.ARROW_UPWARD, doing("move", places - 1)))
    menu = ft.PopupMenuButton(
        ft.Container(
            ft.Icon(ft.Icons.MORE_VERT, semantics_label=t("Change {name}", name=stop.name)),
            width=TOUCH_TARGET,
            height=TOUCH_TARGET,
            alignment=ft.Alignment.CENTER,
        ),
        items=[
            ft.PopupMenuItem(content=words, icon=icon, on_click=handler, key=f"{key}-{stop.customer}")
            for key, words, icon, handler in items
        ],
    )
    return ft.Row([ft.Container(row, expand=True), tag(f"menu-{stop.customer}", menu)], spacing=0)


def proposed(app: Window, proposal: Proposal) -> list[ft.Control]:
    """The order with its times, and what is not in it and why."""
    t, portfolio = app.texts.t, app.phone.portfolio
    midnight = datetime.combine(app.phone.today(), datetime.min.time(), app.phone.zone)
    minutes = round(proposal.travel_s / 60)
    rows: list[ft.Control] = [
        caption(t("About {minutes} minutes on the road.", minutes=app.texts.number(minutes)))
    ]
    rows.append(
        stacked([
            ft.Container(
                ft.Row(
                    [
                        ft.Text(
                            app.texts.clock(midnight + timedelta(seconds=leg.starts_s)),
                            size=15, weight=ft.FontWeight.W_600, width=56,
                        ),
                        ft.Text(portfolio.customer_name(leg.customer), size=15, expand=True, max_lines=1),
                    ],
                    spacing=10,
                ),
                padding=ft.Padding.symmetric(horizontal=14, vertical=12),
            )
            for leg in proposal.legs
        ])
    )  # fmt: skip
    if proposal.unserved:
        rows.append(section(t("At the end of the route")))
        rows += [
            notice(
                f"{portfolio.customer_name(customer)}: {t(WHY[why])}", app.palette, tone=Tone.WAITING,
                icon=ft.Icons.SCHEDULE,
            )
            for customer, why in proposal.unserved
        ]  # fmt: skip
    return rows


def add_to_route(app: Window, code: str) -> list[ft.Control]:
    """What a customer who is not on today's route offers."""
    on = app.phone.today()
    if code in {stop.customer for stop in app.phone.portfolio.route(on)}:
        return []

    async def add(_event: Any) -> None:
        done = await change_stop(app.phone, code, change="add", on=on)
        problem = sentence(done[0], locale=app.texts.locale) if isinstance(done, list) else None
        app.say(problem or app.texts.t("Added to today's route."))

    return [
        tag(
            "route-add",
            ft.TextButton(
                app.texts.t("Add to today's route"), icon=ft.Icons.ADD_LOCATION_ALT_OUTLINED, on_click=add,
                height=TOUCH_TARGET,
            ),
        )
    ]  # fmt: skip
