"""The frame of every screen: where one is, which day is shown, how old the figures are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import flet as ft

from flet_app.components.company_mark import company_mark
from flet_app.components.handlers import calling
from flet_app.components.inputs import icon_action
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.views.settings.sections import ROOT as SETTINGS_ROOT
from flet_app.supervisor.views.settings.sections import sections_of
from flet_app.supervisor.views.sign_in import SignIn
from flet_app.theme import EDGE, GAP, is_dark, palette

WIDE = 840
"""From this width (dp) the navigation is a rail at the side (Material: expanded window)."""

NARROW_PLACES = 4
"""Destinations of a phone's bar, before *Más*: five are what a thumb tells apart at 360 dp (Material)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of its own; `name` is a key of the catalogue."""

    name: str
    icon: ft.IconData
    filled: ft.IconData
    path: str


PLACES = (
    Place("Panel", ft.Icons.DASHBOARD_OUTLINED, ft.Icons.DASHBOARD, "/"),
    Place("Map", ft.Icons.MAP_OUTLINED, ft.Icons.MAP, "/mapa"),
    Place("Visits", ft.Icons.DIRECTIONS_WALK_OUTLINED, ft.Icons.DIRECTIONS_WALK, "/gestiones"),
    Place("Receipts", ft.Icons.RECEIPT_LONG_OUTLINED, ft.Icons.RECEIPT_LONG, "/cobros"),
    Place("Assignment", ft.Icons.GROUPS_OUTLINED, ft.Icons.GROUPS, "/reparto"),
    Place("ERP", ft.Icons.SYNC_ALT, ft.Icons.SYNC_ALT, "/erp"),
)
ADMINISTRATION = Place("Settings", ft.Icons.SETTINGS_OUTLINED, ft.Icons.SETTINGS, SETTINGS_ROOT)
MORE = Place("More", ft.Icons.MORE_HORIZ, ft.Icons.MORE_HORIZ, "/mas")


def places_of(session: Session) -> tuple[Place, ...]:
    """The places that the signed-in person is offered."""
    return (*PLACES, ADMINISTRATION) if sections_of(session) else PLACES


@ft.component
def Shell() -> ft.View:
    session = use_session()
    outlet = ft.use_route_outlet()
    if not session.state.signed_in:
        return ft.View(route="/", padding=0, can_pop=False, controls=[SignIn()])
    wide = session.state.width >= WIDE
    places = places_of(session)
    chosen = next((i for i in range(len(places) - 1, 0, -1) if ft.is_route_active(places[i].path)), 0)
    # what is administered has no day
    days = [] if ft.is_route_active(ADMINISTRATION.path) or ft.is_route_active(MORE.path) else [DayBar()]
    body = ft.Column([*days, ft.Container(outlet, expand=True)], expand=True, spacing=0)
    return ft.View(
        route="/",
        padding=0,
        can_pop=False,
        appbar=_app_bar(session),
        navigation_bar=None if wide else _bar(session, places, chosen),
        controls=[
            ft.Row(
                [*([_rail(session, places, chosen), ft.VerticalDivider(width=1)] if wide else []), body],
                expand=True,
                spacing=0,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        ],
    )


@ft.component
def MorePlaces() -> ft.Control:
    """What the bar of a phone has no room for."""
    session = use_session()
    rows = [
        tag(
            f"more-{place.path.strip('/')}",
            ft.ListTile(
                leading=place.icon,
                title=session.texts.t(place.name),
                on_click=calling(ft.context.page.navigate, place.path),
            ),
        )
        for place in places_of(session)[NARROW_PLACES:]
    ]
    return ft.ListView([stacked(rows)], padding=EDGE, expand=True)


def _navigate(places: Sequence[Place], event: Any) -> None:
    ft.context.page.navigate(places[int(event.control.selected_index)].path)


def _rail(session: Session, places: Sequence[Place], chosen: int) -> ft.Control:
    return ft.NavigationRail(
        selected_index=chosen,
        on_change=partial(_navigate, places),
        label_type=ft.NavigationRailLabelType.ALL,
        min_width=96,
        leading=_mark(session),
        destinations=[
            ft.NavigationRailDestination(
                icon=place.icon, selected_icon=place.filled, label=session.texts.t(place.name)
            )
            for place in places
        ],
    )


def _mark(session: Session) -> ft.Control | None:
    state = session.state
    return company_mark("company-logo", state.logo, state.company_name) if state.logo else None


def _bar(session: Session, places: Sequence[Place], chosen: int) -> ft.NavigationBar:
    shown = (*places[:NARROW_PLACES], MORE)
    beyond = ft.is_route_active(MORE.path) or chosen >= NARROW_PLACES
    return ft.NavigationBar(
        selected_index=NARROW_PLACES if beyond else chosen,
        on_change=partial(_navigate, shown),
        destinations=[
            ft.NavigationBarDestination(
                icon=place.icon, selected_icon=place.filled, label=session.texts.t(place.name)
            )
            for place in shown
        ],
    )


def _app_bar(session: Session) -> ft.AppBar:
    state = session.state
    title: ft.Control = ft.Text(
        state.company_name, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True
    )
    if state.width < WIDE and (mark := _mark(session)):
        title = ft.Row([mark, title], spacing=GAP)
    return ft.AppBar(
        title=title,
        actions=[
            ft.Text(state.user_name, color=ft.Colors.ON_SURFACE_VARIANT, visible=state.width >= WIDE),
            icon_action(
                "sign-out",
                ft.Icons.LOGOUT,
                session.texts.t("Sign out"),
                lambda _e: session.sign_out(),
                hint=True,
            ),
        ],
        actions_padding=ft.Padding.only(right=EDGE),
    )


@ft.component
def DayBar() -> ft.Control:
    """`< mié, 27 ene >`, *Hoy*, and the age of the figures or why there are none."""
    session = use_session()
    state, texts = session.state, session.texts
    colors = palette(dark=is_dark(ft.context.page))
    day = date.fromisoformat(state.day)
    at_today = day == session.today()
    age = texts.t("Updated at {time}", time=state.loaded_at) if state.loaded_at else texts.t("Loading…")
    row = ft.Row(
        [
            icon_action(
                "day-before",
                ft.Icons.CHEVRON_LEFT,
                texts.t("Day before"),
                lambda _e: session.move_day(-1),
                hint=True,
            ),
            tag("day", ft.Text(texts.weekday(day), size=16, weight=ft.FontWeight.W_600)),
            icon_action(
                "day-after",
                ft.Icons.CHEVRON_RIGHT,
                texts.t("Day after"),
                lambda _e: session.move_day(1),
                disabled=at_today,
                hint=True,
            ),
            ft.TextButton(texts.t("Today"), visible=not at_today, on_click=lambda _e: session.choose_today()),
            ft.Container(expand=True),
            ft.Text(age, size=13, color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=2,
    )
    rows: list[ft.Control] = [row]
    if state.failure:
        rows.append(
            notice(
                texts.t("The server doesn't answer; these are the last known figures."),
                colors,
                tone=Tone.WAITING,
                icon=ft.Icons.CLOUD_OFF,
                action=texts.t("Try again"),
                on_action=lambda _e: session.nudge.set(),
                identifier="stale",
            )
        )
    return ft.Container(
        ft.Column(rows, spacing=6, tight=True), padding=ft.Padding.only(left=8, right=EDGE, top=4, bottom=4)
    )
