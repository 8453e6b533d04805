"""The frame of every screen: where one is, which day is shown, how old the figures are."""

from __future__ import annotations

from datetime import date
from typing import Any

import flet as ft

from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.views.sign_in import SignIn
from flet_app.theme import EDGE, is_dark, palette

WIDE = 840
"""From this width (dp) the navigation is a rail at the side (Material: expanded window)."""

PLACES = (
    ("Panel", ft.Icons.DASHBOARD_OUTLINED, ft.Icons.DASHBOARD, "/"),
    ("Map", ft.Icons.MAP_OUTLINED, ft.Icons.MAP, "/mapa"),
    ("Visits", ft.Icons.DIRECTIONS_WALK_OUTLINED, ft.Icons.DIRECTIONS_WALK, "/gestiones"),
    ("Receipts", ft.Icons.RECEIPT_LONG_OUTLINED, ft.Icons.RECEIPT_LONG, "/cobros"),
    ("Assignment", ft.Icons.GROUPS_OUTLINED, ft.Icons.GROUPS, "/reparto"),
    ("ERP", ft.Icons.SYNC_ALT, ft.Icons.SYNC_ALT, "/erp"),
)


@ft.component
def Shell() -> ft.View:
    session = use_session()
    outlet = ft.use_route_outlet()
    if not session.state.signed_in:
        return ft.View(route="/", padding=0, can_pop=False, controls=[SignIn()])
    wide = session.state.width >= WIDE
    chosen = next((i for i in range(len(PLACES) - 1, 0, -1) if ft.is_route_active(PLACES[i][3])), 0)
    body = ft.Column([DayBar(), ft.Container(outlet, expand=True)], expand=True, spacing=0)
    return ft.View(
        route="/",
        padding=0,
        can_pop=False,
        appbar=_app_bar(session),
        navigation_bar=None if wide else _bar(session, chosen),
        controls=[
            ft.Row(
                [*([_rail(session, chosen), ft.VerticalDivider(width=1)] if wide else []), body],
                expand=True,
                spacing=0,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        ],
    )


def _navigate(event: Any) -> None:
    ft.context.page.navigate(PLACES[int(event.control.selected_index)][3])


def _rail(session: Session, chosen: int) -> ft.Control:
    return ft.NavigationRail(
        selected_index=chosen,
        on_change=_navigate,
        label_type=ft.NavigationRailLabelType.ALL,
        min_width=96,
        destinations=[
            ft.NavigationRailDestination(icon=icon, selected_icon=filled, label=session.texts.t(name))
            for name, icon, filled, _path in PLACES
        ],
    )


def _bar(session: Session, chosen: int) -> ft.NavigationBar:
    return ft.NavigationBar(
        selected_index=chosen,
        on_change=_navigate,
        destinations=[
            ft.NavigationBarDestination(icon=icon, selected_icon=filled, label=session.texts.t(name))
            for name, icon, filled, _path in PLACES
        ],
    )


def _app_bar(session: Session) -> ft.AppBar:
    state = session.state
    return ft.AppBar(
        title=ft.Text(state.company_name),
        actions=[
            ft.Text(state.user_name, color=ft.Colors.ON_SURFACE_VARIANT, visible=state.width >= WIDE),
            tag(
                "sign-out",
                ft.IconButton(
                    ft.Icons.LOGOUT,
                    tooltip=session.texts.t("Sign out"),
                    on_click=lambda _e: session.sign_out(),
                ),
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
            tag(
                "day-before",
                ft.IconButton(
                    ft.Icons.CHEVRON_LEFT,
                    tooltip=texts.t("Day before"),
                    on_click=lambda _e: session.move_day(-1),
                ),
            ),
            tag("day", ft.Text(texts.weekday(day), size=16, weight=ft.FontWeight.W_600)),
            tag(
                "day-after",
                ft.IconButton(
                    ft.Icons.CHEVRON_RIGHT,
                    tooltip=texts.t("Day after"),
                    disabled=at_today,
                    on_click=lambda _e: session.move_day(1),
                ),
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
