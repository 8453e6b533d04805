"""What a phone shows that the office has shut out: nothing of its customers, and what is still only here."""

from __future__ import annotations

import flet as ft

from flet_app.collector.state import use_app
from flet_app.collector.views.chrome import bare
from flet_app.collector.views.recovery import recovery_button
from flet_app.components.inputs import primary
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from flet_app.components.tagging import tag


@ft.component
def Locked() -> ft.View:
    app = use_app()
    t, waiting = app.texts.t, app.phone.status.unsent_count
    rows: list[ft.Control] = [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.LOCK_OUTLINE, size=44, color=ft.Colors.ERROR)]),
        ft.Semantics(
            identifier="locked",
            header=True,
            content=ft.Text(t("The office has locked this phone"), size=26, weight=ft.FontWeight.W_700),
        ),
        ft.Text(
            t("It shows and records nothing more until your supervisor lets it in again with a new code."),
            size=16, color=ft.Colors.ON_SURFACE_VARIANT,
        ),
    ]  # fmt: skip
    if waiting:
        rows.append(
            tag(
                "locked-unsent",
                notice(
                    app.texts.n(
                        "{count} record is only on this phone. It is kept here.",
                        "{count} records are only on this phone. They are kept here.",
                        waiting,
                    ),
                    app.palette,
                    tone=Tone.LATE,
                    icon=ft.Icons.SMARTPHONE,
                ),
            )
        )
        rows.append(recovery_button(app))
    rows.append(primary("locked-sign-in", t("Sign in again"), lambda _event: app.page.navigate("/entrar")))
    return bare("/", rows)
