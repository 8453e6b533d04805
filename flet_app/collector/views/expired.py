"""What a phone shows that was too long without its office, and the warning before: nothing is lost by it."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.state import Window, use_app
from flet_app.collector.sync import SyncPhase
from flet_app.collector.views.chrome import bare
from flet_app.collector.views.recovery import recovery_button
from flet_app.components.inputs import primary, secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from flet_app.components.tagging import tag
from receivables.contact_expiry import Reach


@ft.component
def Expired() -> ft.View:
    app = use_app()
    t, status = app.texts.t, app.phone.status

    def connect(_event: Any) -> None:
        app.phone.nudge()

    rows: list[ft.Control] = [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.WIFI_FIND, size=44, color=ft.Colors.PRIMARY)]),
        ft.Semantics(
            identifier="expired",
            header=True,
            content=ft.Text(t("Connect to the office"), size=26, weight=ft.FontWeight.W_700),
        ),
        ft.Text(
            t(
                "This phone has not reached the office for so long that it shows nothing until it has. "
                "Nothing was erased: what you recorded goes out with the connection, and everything is "
                "here again."
            ),
            size=16, color=ft.Colors.ON_SURFACE_VARIANT,
        ),
        ft.Text(
            t("If date and time of this phone are not right, set them to automatic."),
            size=14, color=ft.Colors.ON_SURFACE_VARIANT,
        ),
    ]  # fmt: skip
    if status.unsent_count:
        words = app.texts.n(
            "{count} record is only on this phone. It is kept here.",
            "{count} records are only on this phone. They are kept here.",
            status.unsent_count,
        )
        kept = notice(words, app.palette, tone=Tone.LATE, icon=ft.Icons.SMARTPHONE)
        rows += [tag("expired-unsent", kept), recovery_button(app)]
    if status.phase is SyncPhase.UNREACHABLE:
        words = t("There is no connection with the office. Check your mobile data or Wi-Fi and try again.")
        rows.append(
            notice(words, app.palette, icon=ft.Icons.CLOUD_OFF_OUTLINED, identifier="expired-offline")
        )
    busy = status.phase is SyncPhase.RUNNING
    rows.append(primary("expired-connect", t("Connect now"), connect, icon=ft.Icons.SYNC, busy=busy))
    if status.phase is SyncPhase.SIGN_IN_AGAIN:
        rows.append(
            secondary("expired-sign-in", t("Sign in again"), lambda _event: app.page.navigate("/entrar"))
        )
    return bare("/", rows)


def contact_notice(app: Window) -> list[ft.Control]:
    """How long the phone still goes on without the office; nothing while that is long."""
    judged = app.phone.contact
    if judged.reach is not Reach.ENDING:
        return []
    words = app.texts.t(
        "{span} left to connect to the office: afterwards this phone shows nothing until it does.",
        span=app.texts.span(judged.left),
    )
    return [notice(words, app.palette, icon=ft.Icons.WIFI_FIND, identifier="contact-ending")]
