"""Hoy: how far the day or the month has come, what is in the bag, where to go next, and the route."""

from __future__ import annotations

import flet as ft

from flet_app.collector import figures
from flet_app.collector.results import results
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.clock_notice import clock_notice
from flet_app.collector.views.expired import contact_notice
from flet_app.collector.views.home_results import results_card
from flet_app.collector.views.home_tiles import rejected_notice, tiles
from flet_app.collector.views.map_tools import map_link
from flet_app.collector.views.stop_rows import stop_row
from flet_app.collector.views.today import first_download, next_card
from flet_app.components.surfaces import empty, section, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.goals import Period

SHOWN_STOPS = 40  # a day's route; more would be paged like customers


@ft.component
def Home() -> ft.View:
    app = use_app()
    period, set_period = ft.use_state(Period.DAY)
    portfolio = app.phone.portfolio
    enrolment = app.phone.enrolment
    company = str(portfolio.company.get("name") or (enrolment.company_name if enrolment else ""))
    on = app.phone.today()
    if not portfolio.customers:
        body: ft.Control = first_download(app)
    else:
        rows = [
            *contact_notice(app),
            *clock_notice(app),
            results_card(app, results(portfolio, period, on=on), set_period),
            tiles(app),
            *rejected_notice(app),
        ]
        body = scroll([*rows, *stops(app, figures.day(portfolio, on=on))], spacing=10)
    return screen(app, route="/", title=company, subtitle=app.texts.weekday(on), body=body, tab="/")


def stops(app: Window, day: figures.Day) -> list[ft.Control]:
    """The next stop first, then the others of the day's route."""
    t = app.texts.t
    if not day.stops:
        return [
            empty(
                ft.Icons.PLACE_OUTLINED,
                t("There is no route for today. Choose a customer and start a visit."),
                action=t("See customers"),
                on_action=lambda _event: app.page.navigate("/clientes"),
            )
        ]
    rows: list[ft.Control] = []
    if day.next_stop:
        rows += [section(t("Next")), next_card(app, day.next_stop)]
    links = ft.Row([route_link(app, day), map_link(app)], spacing=0, tight=True)
    rows.append(section(t("Route of the day"), trailing=links))
    others = [stop for stop in day.stops if stop is not day.next_stop]
    if others:
        rows.append(stacked([stop_row(app, stop) for stop in others[:SHOWN_STOPS]]))
    return rows


def route_link(app: Window, day: figures.Day) -> ft.Control:
    """How far the route has come; a tap leads to where it is sorted and changed."""
    t = app.texts.t
    done = sum(stop.state == "done" for stop in day.stops)
    words = t("{done} of {all}", done=done, all=len(day.stops))
    return tag(
        "open-route",
        ft.TextButton(
            f"{words} · {t('Change')}",
            on_click=lambda _event: app.open("ruta"),
            height=TOUCH_TARGET,
        ),
    )
