"""The visits of the day as they arrive, newest first."""

from __future__ import annotations

from datetime import datetime

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.status import Status, Tone, status_pill
from flet_app.components.surfaces import empty, skeleton
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.filters import CollectorFilter
from flet_app.supervisor.views.visit_photos import photos_button
from flet_app.theme import EDGE, GAP, Palette, is_dark, palette


@ft.component
def Visits() -> ft.Control:
    session = use_session()
    state, texts = session.state, session.texts
    colors = palette(dark=is_dark(ft.context.page))
    if state.loaded_at is None:
        return ft.Container(skeleton(6), padding=EDGE)
    rows: list[ft.Control] = [_row(session, visit, colors) for visit in state.visits]
    heading = texts.n("{count} visit", "{count} visits", len(rows))
    body: ft.Control = (
        ft.ListView(rows, expand=True, padding=ft.Padding.only(left=EDGE, right=EDGE, bottom=EDGE), spacing=8)
        if rows
        else empty(ft.Icons.DIRECTIONS_WALK, texts.t("No visits on this day yet."))
    )
    return ft.Column(
        [
            ft.Container(
                ft.Row(
                    [
                        tag("visits-count", ft.Text(heading, size=16, weight=ft.FontWeight.W_600)),
                        CollectorFilter(),
                    ],
                    alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                    wrap=True,
                ),
                padding=ft.Padding.symmetric(horizontal=EDGE, vertical=8),
            ),
            body,
        ],
        expand=True,
        spacing=0,
    )


def _row(session: Session, visit: Json, colors: Palette) -> ft.Control:
    texts = session.texts
    started = texts.clock(datetime.fromisoformat(visit["started_at"]))
    finished = texts.clock(datetime.fromisoformat(visit["finished_at"])) if visit["finished_at"] else "…"
    if visit["open"]:
        status = Status(tone=Tone.WAITING, icon=ft.Icons.TIMELAPSE, text=texts.t("In progress"))
    else:
        words = visit.get("outcome_label")
        label = texts.label(words) if words else visit["outcome"]
        status = Status(tone=Tone.SETTLED, icon=ft.Icons.CHECK_CIRCLE, text=label)
    lines: list[ft.Control] = [
        ft.Text(visit["customer_name"] or visit["customer"], size=16, weight=ft.FontWeight.W_600),
        caption(f"{visit['collector']} · {started} – {finished}"),
    ]
    if visit["comment"]:
        lines.append(ft.Text(visit["comment"], size=14))
    if visit.get("away_reason"):
        far = {"metres": texts.number(visit["distance_m"] or 0), "reason": visit["away_reason"]}
        lines.append(caption(texts.t("{metres} m from the customer: {reason}", **far)))
    if visit["next_visit_at"]:
        at = datetime.fromisoformat(visit["next_visit_at"])
        lines.append(caption(texts.t("Next visit {when}", when=texts.moment(at, now=session.now()))))
    lines += photos_button(session, visit)
    return ft.Container(
        ft.Row(
            [ft.Column(lines, spacing=3, expand=True, tight=True), status_pill(status, colors)],
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=16,
        key=visit["id"],
    )
