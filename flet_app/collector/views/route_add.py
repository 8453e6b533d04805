"""Putting customers on a route: from their own screen, or by choosing among those who are not on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import flet as ft

from flet_app.collector.actions.route import change_stop
from flet_app.collector.customer_filter import metres
from flet_app.collector.overview import Overview
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.customer_rows import Look, customer_row
from flet_app.collector.views.payment_lines import pick_date
from flet_app.collector.views.route import day_of
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_maybe
from flet_app.components.inputs import bottom_bar, icon_action, primary, search_field, use_typed
from flet_app.components.surfaces import empty, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.geometry import Point
from receivables.messages import sentence

OFFERED = 30
"""Customers shown at once; whoever is further down is found by a word."""

DAYS_AHEAD = 60


async def add_stop(app: Window, code: str, on: date) -> None:
    """Put the customer at the end of the route of `on`, and say so."""
    t = app.texts.t
    done = await change_stop(app.phone, code, change="add", on=on)
    if isinstance(done, list):
        app.say(sentence(done[0], locale=app.texts.locale))
    elif on == app.phone.today():
        app.say(t("Added to today's route."))
    else:
        app.say(t("On the route of {day}.", day=app.texts.weekday(on)))


def route_buttons(app: Window, code: str) -> list[ft.Control]:
    """What a customer offers who is not on today's route: today, or another day."""
    on, t = app.phone.today(), app.texts.t
    planned = {stop.customer for stop in app.phone.portfolio.route(on)}

    def other(_event: Any) -> None:
        pick_date(app, on + timedelta(days=1), put_on, first=on, days=DAYS_AHEAD)

    def put_on(day: date) -> None:
        app.page.run_task(add_stop, app, code, day)

    buttons: list[ft.Control] = []
    if code not in planned:
        buttons.append(
            text_button(
                "route-add", t("Add to today's route"), ft.Icons.ADD_LOCATION_ALT_OUTLINED,
                calling(app.page.run_task, add_stop, app, code, on),
            )
        )  # fmt: skip
    buttons.append(text_button("route-add-other", t("Another day"), ft.Icons.EVENT, other))
    return buttons


def text_button(identifier: str, text: str, icon: ft.IconData, on_click: Any) -> ft.Control:
    return tag(identifier, ft.TextButton(text, icon=icon, on_click=on_click, height=TOUCH_TARGET))


@ft.component
def RouteAdd() -> ft.View:
    app = use_app()
    t = app.texts.t
    route = ft.use_view_path()
    on = day_of(app, ft.use_route_params().get("on", ""))
    here, set_here = use_maybe(Point)
    text, set_text = ft.use_state("")
    typed = use_typed()

    async def locate() -> None:
        set_here(Point.of(await app.position()))

    ft.use_effect(locate, dependencies=[])
    planned = {stop.customer for stop in app.phone.portfolio.route(on)}
    lines = offered(app, text, here)
    look = Look(app.texts, app.palette, here)
    rows: list[ft.Control] = [
        search_field("route-add-search", t("Name, code, tax id or address"), typed, set_text),
        caption(order_words(app, text, here)),
        stacked([addable(app, line, look, on, planned) for line in lines[:OFFERED]]),
    ]  # fmt: skip
    if not lines:
        rows.append(empty(ft.Icons.SEARCH, t("No customer matches «{text}».", text=text)))
    elif len(lines) > OFFERED:
        rows.append(caption(t("{count} more. Search for a word to see them.", count=len(lines) - OFFERED)))
    stops = app.texts.n("{count} stop", "{count} stops", len(planned))
    return screen(
        app, route=route, title=t("Add to the route"), subtitle=f"{app.texts.weekday(on)} · {stops}",
        body=scroll(rows),
        bottom=bottom_bar(primary("route-add-done", t("See the route"), back_to(app, route))),
    )  # fmt: skip


def back_to(app: Window, route: str) -> Callable[[Any], None]:
    return lambda _event: app.page.navigate(route.rsplit("/", 1)[0])


def order_words(app: Window, text: str, here: Point | None) -> str:
    if text.strip():
        return app.texts.t("Who matches")
    return app.texts.t("Nearest first") if here else app.texts.t("Most urgent first")


def offered(app: Window, text: str, here: Point | None) -> list[Overview]:
    """Whom the words fit; without words the nearest, or the most urgent where the phone has no position."""
    on = app.phone.today()
    if text.strip():
        return [app.store.overviews.of(code, on=on) for code in app.phone.portfolio.search(text)]
    lines = app.store.overviews.all(on=on)
    if here:
        return sorted(lines, key=lambda line: metres(line, here))
    priorities = app.store.overviews.priorities(on=on)
    return sorted(lines, key=lambda line: -priorities[line.code].score)


def addable(app: Window, line: Overview, look: Look, on: date, planned: set[str]) -> ft.Control:
    """A customer with a plus, or with a check that takes them off again."""
    t = app.texts.t
    there = line.code in planned
    change = "remove" if there else "add"

    async def toggle(_event: Any) -> None:
        done = await change_stop(app.phone, line.code, change=change, on=on)
        if isinstance(done, list):
            app.say(sentence(done[0], locale=app.texts.locale))

    words = t("Take {name} off the route", name=line.name) if there else t("Add {name}", name=line.name)
    sign = ft.Icons.CHECK_CIRCLE if there else ft.Icons.ADD_CIRCLE_OUTLINE
    return ft.Row(
        [
            ft.Container(customer_row(line, look, None, app.open), expand=True),
            icon_action(f"route-toggle-{line.code}", sign, words, toggle),
        ],
        spacing=0,
    )
