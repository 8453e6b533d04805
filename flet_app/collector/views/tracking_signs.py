"""What tells a collector on every screen that the route is recorded, or that the company asks for it."""

from __future__ import annotations

import flet as ft

from flet_app.collector.actions.tracking import tracking_state, tracking_until
from flet_app.collector.state import Window
from flet_app.components.status import Tone, tone_background, tone_color
from flet_app.components.tagging import tag
from flet_app.theme import EDGE, TOUCH_TARGET
from receivables.tracking import Following

SCREEN = "recorrido"


def tracking_sign(app: Window) -> list[ft.Control]:
    """A sign in the bar while positions are recorded; its tap leads to what is recorded and how to end it."""
    until = tracking_until(app.phone, app.phone.now())
    if app.phone.followed_since is None or until is None or tracking_state(app.phone) is not Following.ON:
        return []
    return [
        ft.Semantics(
            identifier="tracking-sign",
            label=app.texts.t("Your route is recorded until {time}", time=app.texts.clock(until)),
            button=True,
            content=ft.Container(
                ft.Icon(ft.Icons.SHARE_LOCATION, size=22, color=tone_color(Tone.SAVED, app.palette)),
                on_click=lambda _event: app.open(SCREEN),
                width=TOUCH_TARGET,
                height=TOUCH_TARGET,
                alignment=ft.Alignment.CENTER,
                border_radius=24,
                ink=True,
            ),
        )
    ]


def tracking_question(app: Window) -> ft.Control | None:
    """Until it is answered: the company asks to record the route, and where to read about it."""
    if tracking_state(app.phone) is not Following.UNTOLD:
        return None
    color = tone_color(Tone.WAITING, app.palette)
    sign = ft.Icon(ft.Icons.SHARE_LOCATION, size=20, color=color)
    more = ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=color)
    words = ft.Text(
        app.texts.t("Your company asks to record your route in working hours"),
        size=14, color=color, expand=True, max_lines=2,
    )  # fmt: skip
    return tag(
        "tracking-question",
        ft.Container(
            ft.Row([sign, words, more], spacing=8),
            bgcolor=tone_background(Tone.WAITING, app.palette),
            padding=ft.Padding.symmetric(horizontal=EDGE, vertical=8),
            ink=True,
            on_click=lambda _event: app.open(SCREEN),
        ),
    )
