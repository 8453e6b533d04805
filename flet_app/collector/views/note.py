"""Nota: what the next collector should know."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.claims import note
from flet_app.collector.portfolio import Json
from flet_app.collector.state import use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import leave_saying, remaining, told, use_recording
from flet_app.components.inputs import bottom_bar, field, primary, use_typed


@ft.component
def NoteEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    text = use_typed()

    async def action() -> Any:
        return await note(app.phone, code, text=text.value)

    def done(_fact: Json) -> None:
        leave_saying(app, route, t("Note saved"))

    problems, saving, save = use_recording(action, done)
    rows: list[ft.Control] = [
        field(
            "note-text", t("Note"), text, error=told(app, problems, "text"), multiline=True, min_lines=4,
            max_lines=10, autofocus=True, capitalization=ft.TextCapitalization.SENTENCES,
            helper=t("Everyone who visits this customer reads it."),
        ),
        *remaining(app, problems, {"text"}),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Note"), subtitle=app.phone.portfolio.customer_name(code),
        body=scroll(rows), bottom=bottom_bar(primary("note-save", t("Save note"), save, busy=saving)),
    )  # fmt: skip
