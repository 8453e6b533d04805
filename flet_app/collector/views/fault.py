"""What stands in the place of a screen that could not be drawn: what is safe, and the ways on from here."""

from __future__ import annotations

import flet as ft

from flet_app.collector.state import use_app
from flet_app.collector.views.chrome import bare
from flet_app.components.inputs import primary, secondary


@ft.component
def Fault() -> ft.View:
    app = use_app()
    t = app.texts.t
    rows: list[ft.Control] = [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.ERROR_OUTLINE, size=44, color=ft.Colors.ERROR)]),
        ft.Semantics(
            identifier="fault",
            header=True,
            content=ft.Text(t("This screen can't be shown"), size=26, weight=ft.FontWeight.W_700),
        ),
        ft.Text(
            t("What you recorded is safe. If it happens again, send your office the file for support."),
            size=16, color=ft.Colors.ON_SURFACE_VARIANT,
        ),
        primary("fault-today", t("Back to today"), lambda _event: app.page.navigate("/")),
        secondary("fault-more", t("File for support"), lambda _event: app.page.navigate("/mas")),
    ]  # fmt: skip
    return bare(ft.use_view_path(), rows, can_pop=True)
