"""Agenda: the visits agreed upon, the promises that fall due and the routes of the next thirty days."""

from __future__ import annotations

from datetime import date

import flet as ft

from flet_app.collector.agenda import DAYS, AgendaDay, Entry, Kind, agenda
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.route_add import add_stop
from flet_app.collector.views.stop_rows import one_line
from flet_app.components.handlers import calling
from flet_app.components.inputs import icon_action
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import empty, section, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET


@ft.component
def AgendaScreen() -> ft.View:
    app = use_app()
    t = app.texts.t
    route = ft.use_view_path()
    found = agenda(app.phone.portfolio, today=app.phone.today(), zone=app.phone.zone)
    rows: list[ft.Control] = []
    if found.late:
        rows += [section(t("Late")), stacked([entry_row(app, each, late=True) for each in found.late])]
    for day in found.days:
        rows += day_rows(app, day)
    if not found.late and not any(day.entries for day in found.days):
        words = (
            t("No visits agreed upon and no promises in the next {days} days.", days=DAYS)
            if rows
            else t("There is nothing in the next {days} days.", days=DAYS)
        )
        rows.append(empty(ft.Icons.EVENT_AVAILABLE, words))
    return screen(app, route=route, title=t("Agenda"), body=scroll(rows))


def day_rows(app: Window, day: AgendaDay) -> list[ft.Control]:
    """The name of the day, its route, and what is to be done on it."""
    link = route_link(app, day) if day.stops else None
    rows: list[ft.Control] = [section(day_words(app, day.on), trailing=link)]
    if day.entries:
        rows.append(stacked([entry_row(app, each) for each in day.entries]))
    return rows


def day_words(app: Window, on: date) -> str:
    words = app.texts.weekday(on)
    ahead = (on - app.phone.today()).days
    if ahead > 1:
        return words
    return app.texts.t("Today, {day}", day=words) if ahead == 0 else app.texts.t("Tomorrow, {day}", day=words)


def route_link(app: Window, day: AgendaDay) -> ft.Control:
    path = "ruta" if day.on == app.phone.today() else f"ruta/{day.on.isoformat()}"
    return tag(
        f"agenda-route-{day.on}",
        ft.TextButton(
            app.texts.n("Route · {count} stop", "Route · {count} stops", day.stops),
            on_click=calling(app.open, path), height=TOUCH_TARGET,
        ),
    )  # fmt: skip


def entry_row(app: Window, entry: Entry, *, late: bool = False) -> ft.Control:
    """What is to be done at whom; the tap opens the customer, the plus puts them on the route of the day."""
    t = app.texts.t
    visit = entry.kind is Kind.VISIT
    color = tone_color(Tone.LATE if late else Tone.SAVED if visit else Tone.WAITING, app.palette)
    words = entry_words(app, entry)
    if late:
        words = f"{words} · {app.texts.weekday(entry.on)}"
    name = app.phone.portfolio.customer_name(entry.customer)
    body = tag(
        f"agenda-{entry.kind}-{entry.customer}-{entry.on}",
        ft.Container(
            ft.Row(
                [
                    ft.Icon(ft.Icons.EVENT if visit else ft.Icons.HANDSHAKE_OUTLINED, size=22, color=color),
                    ft.Column(
                        [one_line(name, size=16), one_line(words, size=13, color=color)],
                        spacing=2, tight=True, expand=True,
                    ),
                ],
                spacing=12,
            ),
            padding=ft.Padding.only(left=14, right=8, top=10, bottom=10), ink=True,
            on_click=calling(app.open, f"cliente/{entry.customer}"),
        ),
        expand=True,
    )  # fmt: skip
    parts: list[ft.Control] = [body]
    if not late and not entry.planned:
        parts.append(
            icon_action(
                f"agenda-add-{entry.customer}-{entry.on}", ft.Icons.ADD_LOCATION_ALT_OUTLINED,
                t("Put {name} on the route of {day}", name=name, day=app.texts.weekday(entry.on)),
                calling(app.page.run_task, add_stop, app, entry.customer, entry.on),
            )
        )  # fmt: skip
    return ft.Row(parts, spacing=0)


def entry_words(app: Window, entry: Entry) -> str:
    t = app.texts.t
    if entry.at is not None:
        words = t("Visit {hour}", hour=app.texts.clock(entry.at))
        return f"{words} · {t('on the route')}" if entry.planned else words
    if entry.amount is None:
        return ""
    money = app.texts.money(entry.amount.minor, entry.amount.currency)
    return (
        t("Broken promise of {amount}", amount=money)
        if entry.broken
        else t("Promise of {amount}", amount=money)
    )
