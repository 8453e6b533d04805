"""Sincronización: what is only on this phone, when the office was last heard, what it refused."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.standing import FactState, standing
from flet_app.collector.state import Window, use_app
from flet_app.collector.sync import SyncPhase, SyncStatus
from flet_app.collector.views.chrome import screen, scroll, sync_state
from flet_app.collector.views.clock_notice import clock_notice
from flet_app.collector.views.expired import contact_notice
from flet_app.collector.views.records import KIND_NAMES
from flet_app.collector.views.recovery import recovery_button
from flet_app.components.figures import caption, line
from flet_app.components.handlers import calling
from flet_app.components.inputs import bottom_bar, primary
from flet_app.components.status import Tone, tone_background, tone_color
from flet_app.components.surfaces import card, notice, section, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET

KINDS = {
    "receipt": ("{count} payment", "{count} payments"),
    "visit_start": ("{count} visit start", "{count} visit starts"),
    "visit": ("{count} finished visit", "{count} finished visits"),
    "receipt_void": ("{count} void", "{count} voids"),
    "receipt_copy": ("{count} copy of a receipt", "{count} copies of receipts"),
    "paper_copy": ("{count} copy of a document", "{count} copies of documents"),
    "promise": ("{count} promise", "{count} promises"),
    "dispute": ("{count} dispute", "{count} disputes"),
    "informed_payment": ("{count} informed payment", "{count} informed payments"),
    "note": ("{count} note", "{count} notes"),
    "location_update": ("{count} new position", "{count} new positions"),
    "deposit": ("{count} deposit", "{count} deposits"),
    "cash_close": ("{count} cash close", "{count} cash closes"),
    "contact_attempt": ("{count} call or message", "{count} calls or messages"),
    "consent": ("{count} consent to contact", "{count} consents to contact"),
    "planned_stop": ("{count} change of route", "{count} changes of route"),
}


@ft.component
def SyncScreen() -> ft.View:
    app = use_app()
    t = app.texts.t
    status = app.phone.status
    running = status.phase is SyncPhase.RUNNING

    def now(_event: Any) -> None:
        app.phone.nudge()

    rows: list[ft.Control] = [
        state_card(app, status),
        card(ft.Column(unsent_rows(app, status), spacing=8, tight=True)),
        *contact_notice(app),
        *clock_notice(app),
    ]
    if status.phase is SyncPhase.UNREACHABLE:
        rows.append(
            notice(
                t("There is no connection with the office. What you record is kept here and sent later."),
                app.palette, tone=Tone.PLAIN, icon=ft.Icons.CLOUD_OFF_OUTLINED, identifier="sync-offline",
            )
        )  # fmt: skip
    if status.phase is SyncPhase.FAILED:
        rows.append(
            notice(
                t("The office answered with an error. What you recorded is safe here; we keep trying."),
                app.palette, identifier="sync-failed",
            )
        )  # fmt: skip
    if status.phase in {SyncPhase.SIGN_IN_AGAIN, SyncPhase.LOCKED_OUT}:
        words = (
            t("The office closed this phone's access. Sign in again, or ask your supervisor.")
            if status.phase is SyncPhase.LOCKED_OUT
            else t("Your session has ended. Sign in again to send what is here; nothing is lost.")
        )
        rows.append(
            notice(
                words, app.palette, tone=Tone.LATE, icon=ft.Icons.LOCK_OUTLINE, action=t("Sign in"),
                on_action=lambda _event: app.open("entrar"), identifier="sync-sign-in",
            )
        )  # fmt: skip
    if status.unsent_count:
        rows.append(recovery_button(app))
    rows += rejected(app)
    busy = running and (status.sending or bool(status.documents))
    return screen(
        app, route=ft.use_view_path(), title=t("Synchronisation"), sync=False, body=scroll(rows),
        bottom=bottom_bar(primary("sync-now", t("Send and receive now"), now, icon=ft.Icons.SYNC, busy=busy)),
    )  # fmt: skip


def state_card(app: Window, status: SyncStatus) -> ft.Control:
    """The answer first: how it stands in a word, and what that means for what was recorded."""
    t, state = app.texts.t, sync_state(app)
    color = tone_color(state.tone, app.palette)
    meaning = (
        t("What you record is kept on this phone and sent by itself.")
        if status.unsent_count
        else t("Everything that was recorded here is at the office.")
    )
    sign = ft.Container(
        ft.Icon(state.icon, size=28, color=color), width=52, height=52, border_radius=26,
        bgcolor=tone_background(state.tone, app.palette), alignment=ft.Alignment.CENTER,
    )  # fmt: skip
    said = ft.Text(state.text, size=20, weight=ft.FontWeight.W_700, color=color)
    words: list[ft.Control] = [tag("sync-state", said), caption(meaning, size=14)]
    return card(ft.Row([sign, ft.Column(words, spacing=2, tight=True, expand=True)], spacing=14))


def unsent_rows(app: Window, status: SyncStatus) -> list[ft.Control]:
    t, texts = app.texts.t, app.texts
    last = status.last_success_at
    heard = texts.moment(last, now=app.phone.now()) if last else t("not yet")
    rows: list[ft.Control] = [
        ft.Semantics(
            identifier="sync-unsent",
            content=line(
                t("Only on this phone"), texts.number(status.unsent_count - status.unsent_photos), strong=True
            ),
        )
    ]
    others = 0
    for kind, count in sorted(status.unsent.items()):
        if kind == "photo":
            continue
        if kind in KINDS:
            rows.append(caption(texts.n(*KINDS[kind], count), size=14))
        else:
            others += count
    if others:
        rows.append(caption(texts.n("{count} other record", "{count} other records", others), size=14))
    if status.unsent_photos:
        note = t("They go after everything else.")
        figure = texts.number(status.unsent_photos)
        rows.append(
            ft.Semantics(identifier="sync-unsent-photos", content=line(t("Photos"), figure, note=note))
        )
    rows.append(ft.Semantics(identifier="sync-last", content=line(t("Last contact"), heard)))
    if status.phase is SyncPhase.RUNNING and status.documents:
        rows.append(caption(texts.n("{count} record so far", "{count} records so far", status.documents)))
    return rows


def rejected(app: Window) -> list[ft.Control]:
    """What the office or its ERP refused: the record, the reason, what to do."""
    t = app.texts.t
    portfolio, outbox = app.phone.portfolio, app.store.outbox
    refused = dict(outbox.refused)
    for receipt in portfolio.receipts:
        found = standing(portfolio, outbox, receipt)
        if found.state is FactState.REJECTED:
            refused[receipt] = found.detail
    if not refused:
        return []

    def again(fact: str) -> None:
        app.phone.ask_again(fact)
        app.say(t("It is sent again"))

    rows: list[ft.Control] = []
    for fact, reason in sorted(refused.items()):
        refusable = fact in outbox.refused
        receipt_doc = portfolio.receipts.get(fact)
        title = t("Payment {number}", number=receipt_doc["number"]) if receipt_doc else kind_name(app, fact)
        advice = (
            t("Your supervisor sees it too. You can try once more.")
            if refusable
            else t("The ERP did not take it. Your supervisor decides; the money stays recorded.")
        )
        words: list[ft.Control] = [
            ft.Text(title, size=15, weight=ft.FontWeight.W_600),
            ft.Text(reason, size=14, color=tone_color(Tone.LATE, app.palette)),
            caption(advice),
        ]
        if refusable:
            words.append(
                tag(
                    f"retry-{fact}",
                    ft.TextButton(t("Try again"), on_click=calling(again, fact), height=TOUCH_TARGET),
                )
            )
        rows.append(
            tag(
                f"rejected-{fact}",
                ft.Container(
                    ft.Column(words, spacing=3, tight=True),
                    padding=ft.Padding.symmetric(horizontal=14, vertical=12),
                ),
            )
        )
    return [section(t("Rejected")), stacked(rows)]


def kind_name(app: Window, fact: str) -> str:
    return app.texts.t(KIND_NAMES.get(fact.partition(":")[0], "Record"))
