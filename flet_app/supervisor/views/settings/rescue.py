"""*Rescate*: the sealed file of a phone that could not send is taken in, and told fact by fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import use_kept
from flet_app.components.inputs import primary
from flet_app.components.status import Status, Tone, status_pill
from flet_app.components.surfaces import card, empty, notice, section, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.rescue import LARGEST_FILE, OUTCOMES, Json, Rescue, kinds_of, receipts_of
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.people import name_of
from flet_app.supervisor.words import FACTS
from flet_app.theme import EDGE, GAP, Palette, is_dark, palette
from receivables.messages import MESSAGES, sentence
from receivables.validation import Problem

SHOWN = {
    "stored": ("Taken in", Tone.SETTLED, ft.Icons.CHECK_CIRCLE),
    "present": ("Already there", Tone.SAVED, ft.Icons.DONE_ALL),
    "refused": ("Refused", Tone.LATE, ft.Icons.CANCEL),
}
MOST_REFUSALS = 200
"""Refusals that are shown one by one; a file of ours has none, a foreign one may have thousands."""


@ft.component
def RescueScreen() -> ft.Control:
    session, rescue = use_session(), use_kept(Rescue)
    ft.use_state(rescue)
    colors = palette(dark=is_dark(ft.context.page))
    t = session.texts.t

    async def pick(_event: Any) -> None:
        files = await ft.FilePicker().pick_files(with_data=True)
        if files:
            await rescue.take_in(session.api, files[0].name, bytes(files[0].bytes or b""))

    words = t(
        "A phone that cannot send makes a file (Synchronisation, or its locked screen). Taken in here, what "
        "it holds counts as if the phone had sent it, once, however often the file comes."
    )
    choose = primary("rescue-pick", t("Choose the file"), pick, icon=ft.Icons.UPLOAD_FILE, busy=rescue.busy)
    rows: list[ft.Control] = [
        ft.Text(words, size=15),
        ft.Row([choose]),
        *refusal(session, rescue, colors, identifier="rescue-failure"),
    ]
    if rescue.too_large:
        said = t("The file is over {megabytes} MB. It is none of ours.", megabytes=LARGEST_FILE // 1024**2)
        rows.append(notice(said, colors, tone=Tone.LATE, identifier="rescue-too-large"))
    if rescue.report is not None:
        rows += _report(session, rescue.name, rescue.report, colors)
    elif not rescue.busy and not rescue.failure and not rescue.too_large:
        rows.append(empty(ft.Icons.INVENTORY_2_OUTLINED, t("No file has been chosen yet.")))
    return ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)


def _report(session: Session, name: str, report: Json, colors: Palette) -> list[ft.Control]:
    texts = session.texts
    made = datetime.fromisoformat(report["made_at"])
    head = texts.t(
        "{file}: of {name}, made {when}",
        file=name,
        name=name_of(session, report["collector"]),
        when=texts.moment(made, now=session.now()),
    )
    rows: list[ft.Control] = [tag("rescue-report", section(head))]
    if not report["facts"]:
        rows.append(empty(ft.Icons.INBOX, texts.t("The file is empty.")))
    cells: list[ft.Control] = [
        ft.Container(_outcome(session, report, outcome, colors), col={"xs": 12, "md": 4})
        for outcome in OUTCOMES
    ]
    rows.append(ft.ResponsiveRow(cells, spacing=GAP, run_spacing=GAP))
    if report["refused"]:
        rows.append(section(texts.t("Why something was refused")))
        refused = report["refused"][:MOST_REFUSALS]
        rows.append(stacked([_refused(session, each) for each in refused]))
        if left := len(report["refused"]) - len(refused):
            rows.append(caption(texts.n("and {count} more", "and {count} more", left)))
    return rows


def _outcome(session: Session, report: Json, outcome: str, colors: Palette) -> ft.Control:
    texts = session.texts
    title, tone, icon = SHOWN[outcome]
    kinds = kinds_of(report, outcome)
    count = texts.n("{count} record", "{count} records", kinds.total())
    lines: list[ft.Control] = [
        status_pill(Status(tone=tone, icon=icon, text=texts.t(title)), colors),
        tag(f"rescue-{outcome}", ft.Text(count, size=20, weight=ft.FontWeight.W_700)),
        *(caption(f"{texts.t(FACTS.get(kind, kind))}: {texts.number(many)}") for kind, many in kinds.items()),
    ]
    if numbers := receipts_of(report, outcome):
        lines.append(caption(", ".join(numbers)))
    return card(ft.Column(lines, spacing=6, tight=True))


def _refused(session: Session, refused: Json) -> ft.Control:
    texts = session.texts
    kind, _, key = refused["id"].partition(":")
    code, _, field = refused["reason"].partition(": ")
    locale = session.state.locale
    reason = sentence(Problem(code, field), locale=locale) if code in MESSAGES else refused["reason"]
    return ft.Container(
        ft.Column(
            [
                ft.Text(f"{texts.t(FACTS.get(kind, kind))} · {key.replace(':', '-')}", size=15),
                ft.Text(reason, size=14, color=ft.Colors.ON_SURFACE_VARIANT),
            ],
            spacing=2,
            tight=True,
        ),
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
    )
