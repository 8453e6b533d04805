"""What a phone shows while its office has it erased, and afterwards: what happened, and whom to ask."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import bare
from flet_app.collector.wipe_journal import Stage, WipeJournal
from flet_app.components.figures import caption
from flet_app.components.inputs import primary
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.documents import parse_instant


@ft.component
def Wiped() -> ft.View:
    app = use_app()
    journal = app.phone.wiping.shown
    if journal is None:  # read in another window, which this one is about to hear of
        return bare("/", [])
    done = journal.stage in {Stage.ERASED, Stage.TOLD}
    return bare("/", _after(app, journal) if done else _before(app, journal))


def _before(app: Window, journal: WipeJournal) -> list[ft.Control]:
    t = app.texts.t

    def try_now(_event: Any) -> None:
        app.phone.wiping.nudge()

    rows = _head(
        ft.Icons.OUTBOX_OUTLINED,
        "wiping",
        t("The office is having this phone erased"),
        t(
            "First everything that is only here goes to the office. Then what belongs to {company} is erased "
            "from this phone. You need not do anything; a connection is needed.",
            company=journal.company_name,
        ),
    )
    if journal.handed:
        sent = app.texts.n(
            "{count} record handed over so far", "{count} records handed over so far", len(journal.handed)
        )
        rows.append(caption(sent, size=14))
    rows.append(primary("wiping-now", t("Try now"), try_now, icon=ft.Icons.SYNC))
    if app.phone.store is not None:
        rows.append(_leave(app, journal, t("Go on with {company}", company=_other(app))))
    return rows


def _after(app: Window, journal: WipeJournal) -> list[ft.Control]:
    t, n = app.texts.t, app.texts.n
    when = app.texts.moment(parse_instant(journal.erased_at), now=app.phone.now())
    rows = _head(
        ft.Icons.PHONELINK_ERASE,
        "wiped",
        t("This phone was erased"),
        t(
            "The office had what belongs to {company} erased from it. What you recorded is with the office.",
            company=journal.company_name,
        ),
    )
    if journal.records:
        rows.append(
            caption(
                n(
                    "{count} record was handed over before.",
                    "{count} records were handed over before.",
                    journal.records,
                ),
                size=14,
            )
        )
    rows += [
        caption(t("Erased {when}", when=when), size=14),
        ft.Text(t("If you have a question, ask your supervisor."), size=16),
    ]
    words = t("Go on with {company}", company=_other(app)) if app.phone.store else t("Continue")
    return [*rows, _leave(app, journal, words, primarily=True)]


def _head(icon: ft.IconData, name: str, title: str, sentence: str) -> list[ft.Control]:
    return [
        ft.Container(height=32),
        ft.Row([ft.Icon(icon, size=44, color=ft.Colors.PRIMARY)]),
        ft.Semantics(
            identifier=name, header=True, content=ft.Text(title, size=26, weight=ft.FontWeight.W_700)
        ),
        ft.Text(sentence, size=16, color=ft.Colors.ON_SURFACE_VARIANT),
    ]


def _leave(app: Window, journal: WipeJournal, words: str, *, primarily: bool = False) -> ft.Control:
    async def leave(_event: Any) -> None:
        await app.phone.wiping.read(journal.company)
        app.page.navigate("/")

    if primarily:
        return primary("wiped-continue", words, leave)
    return tag("wiping-leave", ft.TextButton(words, on_click=leave, height=TOUCH_TARGET))


def _other(app: Window) -> str:
    enrolment = app.phone.enrolment
    return enrolment.company_name if enrolment else ""
