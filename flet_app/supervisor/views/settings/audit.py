"""*Auditoría*: who did what, when and from where; searched, and taken away as a file."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import field, secondary, segments
from flet_app.components.status import Status, Tone, status_line
from flet_app.components.surfaces import empty, skeleton, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.trail import FORMATS, SPANS, Json, Trail
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.words import ACTIONS, KEPT, OUTCOMES, ROLES
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, Palette, is_dark, palette

EVERY_ACTION = "*"
"""Of the choice; a dropdown has no empty key."""


@ft.component
def AuditScreen() -> ft.Control:
    session, trail = use_session(), use_kept(Trail)
    ft.use_state(trail)
    ft.use_effect(partial(_read, session, trail), dependencies=[])
    colors = palette(dark=is_dark(ft.context.page))
    again = calling(_read, session, trail)
    rows = [
        _filters(session, trail),
        _exports(session, trail),
        *refusal(session, trail, colors, identifier="audit-failure", again=again),
        *_list(session, trail, colors),
    ]
    return ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)


def _read(session: Session, trail: Trail) -> None:
    run(partial(trail.read, today=session.today()), session)


def _filters(session: Session, trail: Trail) -> ft.Control:
    t, n = session.texts.t, session.texts.n

    def filtering(name: str, value: Any) -> None:
        setattr(trail, name, value)
        run(partial(trail.search, today=session.today()), session)

    def chosen(event: Any) -> None:
        value = event.control.value
        filtering("action", "" if value == EVERY_ACTION else value)

    names = {0: t("Everything"), 1: t("Today")}
    spans = [
        (f"audit-span-{days}", str(days), names.get(days) or n("{count} day", "{count} days", days))
        for days in SPANS
    ]
    actions = sorted(((code, t(words)) for code, words in ACTIONS.items()), key=lambda pair: pair[1])
    offered = [(EVERY_ACTION, t("Everything")), *actions]
    action = ft.Dropdown(
        label=t("What was done"),
        value=trail.action or EVERY_ACTION,
        options=[ft.DropdownOption(key=code, text=words) for code, words in offered],
        on_select=chosen,
        expand=True,
        border=ft.OutlineInputBorder(border_radius=12),
        menu_height=400,
    )
    by = field("audit-by", t("Who (e-mail)"), value=trail.by, on_change=partial(filtering, "by"))
    subject = field(
        "audit-subject", t("About what"), value=trail.subject, on_change=partial(filtering, "subject")
    )
    cells: list[ft.Control] = [
        ft.Container(control, col={"xs": 12, "md": 6})
        for control in (
            segments(spans, selected=str(trail.span), on_select=lambda days: filtering("span", int(days))),
            ft.Row([tag("audit-action", action, expand=True)]),
            by,
            subject,
        )
    ]
    return ft.ResponsiveRow(
        cells, spacing=GAP, run_spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.CENTER
    )


def _exports(session: Session, trail: Trail) -> ft.Control:
    names = {"xlsx": "Excel (XLSX)", "csv": "CSV", "jsonl": "JSON"}

    async def save(form: str) -> None:
        content = await trail.export(session.api, session.today(), form)
        if content is not None:
            name = f"auditoria-{session.state.company}-{session.today().isoformat()}.{form}"
            await ft.FilePicker().save_file(file_name=name, src_bytes=content)

    def saving(form: str) -> Any:
        async def pressed() -> None:
            await save(form)

        return pressed

    buttons = [
        secondary(
            f"audit-export-{form}", names[form], saving(form), icon=ft.Icons.DOWNLOAD, height=TOUCH_TARGET
        )
        for form in FORMATS
    ]
    return ft.Row(buttons, spacing=8, run_spacing=8, wrap=True)


def _list(session: Session, trail: Trail, colors: Palette) -> list[ft.Control]:
    t = session.texts.t
    if trail.items is None:
        return [] if trail.failure else [skeleton(6)]
    if not trail.items:
        return [empty(ft.Icons.HISTORY, t("Nothing was done that fits. Look at more days."))]
    rows: list[ft.Control] = [stacked([_row(session, entry, colors) for entry in trail.items])]
    if trail.next_cursor:
        today = session.today()
        more = secondary(
            "audit-more", t("Show more"), calling(run, partial(trail.more, today=today), session)
        )
        rows.append(ft.Row([more], alignment=ft.MainAxisAlignment.CENTER))
    return rows


def _row(session: Session, entry: Json, colors: Palette) -> ft.Control:
    texts = session.texts
    when = texts.moment(datetime.fromisoformat(entry["at"]), now=session.now())
    what = texts.t(ACTIONS.get(entry["action"], str(entry["action"])))
    lines: list[ft.Control] = [
        ft.Text(
            f"{what} · {entry['subject']}" if entry["subject"] else what, size=16, weight=ft.FontWeight.W_600
        ),
        caption(f"{when} · {entry['by']}"),
    ]
    if entry["outcome"] != "accepted":
        said = texts.t(OUTCOMES.get(entry["outcome"], str(entry["outcome"])))
        lines.append(status_line(Status(tone=Tone.LATE, icon=ft.Icons.BLOCK, text=said), colors))
    if entry["values"]:
        kept = [_kept(session, name, value) for name, value in entry["values"].items()]
        lines.append(ft.Text(" · ".join(kept)))
    origin = [part for part in (entry["address"], entry["agent"]) if part]
    if origin:
        lines.append(caption(" · ".join(origin)))
    return tag(
        f"audit-{entry['id']}",
        ft.Container(
            ft.Column(lines, spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            padding=ft.Padding.symmetric(horizontal=16, vertical=10),
        ),
    )


def _kept(session: Session, name: str, value: Any) -> str:
    """`Roles: Supervisor, Coordinador`."""
    t = session.texts.t
    many = value if isinstance(value, list) else [value]
    shown = [t(ROLES.get(str(each), str(each))) if each is not None else "–" for each in many]
    return f"{t(KEPT.get(name, name))}: {', '.join(shown)}"
