"""Below the map: what its signs mean, the stops in words, and the one that was tapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import flet as ft

from flet_app.collector.customer_filter import metres
from flet_app.collector.figures import Stop
from flet_app.collector.overview import Overview
from flet_app.collector.state import Window
from flet_app.collector.views.customer_rows import distance_words
from flet_app.collector.views.route_add import add_stop
from flet_app.collector.views.stop_rows import MARKS, mark_of, one_line, state_words
from flet_app.components.figures import amount, caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import icon_action, primary, secondary
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.geometry import Point

LOW: dict[str, Any] = {"height": TOUCH_TARGET}
NAME_WIDTH = 132


def legend(app: Window, stops: Sequence[Stop]) -> ft.Control:
    """Each state that occurs, with how many there are of it."""
    counts = {state: sum(stop.state == state for stop in stops) for state in MARKS}
    return tag(
        "map-legend",
        ft.Row(
            [
                ft.Row(
                    [mark_of(app, state, count), ft.Text(app.texts.t(MARKS[state].word), size=13)],
                    spacing=5, tight=True,
                )
                for state, count in counts.items()
                if count
            ],
            spacing=14, run_spacing=4, wrap=True,
        ),
    )  # fmt: skip


def stop_strip(app: Window, stops: Sequence[Stop], choose: Callable[[str], Any]) -> ft.Control:
    """The stops side by side, for those who would rather read than aim."""

    def each(stop: Stop) -> ft.Control:
        far = app.texts.t("without position")
        if stop.point:
            far = distance_words(app.texts, stop.metres) if stop.metres is not None else stop.where
        return ft.Semantics(
            identifier=f"map-stop-{stop.customer}",
            label=f"{stop.position}. {stop.name}. {state_words(app, stop)}. {far}",
            button=True,
            content=ft.Container(
                ft.Row(
                    [
                        mark_of(app, stop.state, stop.position),
                        ft.Column(
                            [
                                one_line(stop.name, size=14),
                                one_line(far, size=12, color=ft.Colors.ON_SURFACE_VARIANT),
                            ],
                            spacing=0, tight=True, width=NAME_WIDTH,
                        ),
                    ],
                    spacing=8, tight=True,
                ),
                bgcolor=ft.Colors.SURFACE_CONTAINER_LOW, border_radius=12, height=TOUCH_TARGET + 8,
                padding=ft.Padding.symmetric(horizontal=10), ink=True,
                on_click=calling(app.page.run_task, choose, stop.customer),
            ),
        )  # fmt: skip

    if not stops:
        return caption(app.texts.t("There is no route for this day. The dots are your customers."))
    return ft.Row([each(stop) for stop in stops], spacing=8, scroll=ft.ScrollMode.HIDDEN)


def chosen_card(
    app: Window, code: str, stops: Sequence[Stop], here: Point | None, on: date, *, close: Callable[[], None]
) -> ft.Control | None:
    """Who was tapped: what is overdue, how far it is, and the way to their screen."""
    if code not in app.phone.portfolio.customers:
        return None
    t = app.texts.t
    line = app.store.overviews.of(code, on=app.phone.today())
    stop = next((each for each in stops if each.customer == code), None)
    lead = [mark_of(app, stop.state, stop.position)] if stop else []
    state = state_words(app, stop) if stop else t("Not on the route")
    far = [distance_words(app.texts, metres(line, here))] if here and line.point else []
    head = ft.Row(
        [
            *lead,
            ft.Text(
                line.name, size=16, weight=ft.FontWeight.W_600, max_lines=2, expand=True,
                overflow=ft.TextOverflow.ELLIPSIS,
            ),
            icon_action("map-card-close", ft.Icons.CLOSE, t("Close"), lambda _event: close()),
        ],
        spacing=8,
    )  # fmt: skip
    told = ft.Column(
        [
            one_line(" · ".join([*far, state]), size=14),
            one_line(line.where, size=13, color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=0,
        tight=True,
        expand=True,
    )
    buttons: list[ft.Control] = [go_button(app, line.point)] if line.point else []
    if stop is None and on >= app.phone.today():
        add = calling(app.page.run_task, add_stop, app, code, on)
        buttons.append(secondary("map-add", t("Add"), add, icon=ft.Icons.ADD, expand=2, **LOW))
    buttons.append(
        ft.Container(
            primary("map-open", t("Open"), lambda _event: app.open(f"cliente/{code}")),
            expand=2,
            height=TOUCH_TARGET,
        )
    )
    rows: list[ft.Control] = [head, ft.Row([told, debt(app, line)], spacing=8), ft.Row(buttons, spacing=8)]
    return tag("map-card", card(ft.Column(rows, spacing=6, tight=True), padding=12))


def debt(app: Window, line: Overview) -> ft.Control:
    late = tone_color(Tone.LATE, app.palette)
    if not line.overdue:
        return caption(app.texts.t("Nothing overdue"))
    words = app.texts.n("{count} day late", "{count} days late", line.days_past_due)
    return ft.Column(
        [
            amount(app.texts.money(line.overdue.minor, line.overdue.currency), color=late),
            ft.Text(words, size=12, color=late),
        ],
        spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END,
    )  # fmt: skip


def go_button(app: Window, point: Point) -> ft.Control:
    """The way there, by the phone's own map app."""
    address = f"https://www.google.com/maps/dir/?api=1&destination={point.lat},{point.lon}"
    return secondary(
        "map-go", app.texts.t("Go"), None, icon=ft.Icons.NAVIGATION_OUTLINED, expand=2,
        action=ft.OpenUrl(address, target=ft.UrlTarget.BLANK), **LOW,
    )  # fmt: skip
