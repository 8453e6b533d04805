"""Gestión: what can be recorded at a customer besides money, what stands, and all that happened there."""

from __future__ import annotations

import flet as ft

from flet_app.collector.customer_claims import customer_claims
from flet_app.collector.history import history_of
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.history_row import history_row
from flet_app.collector.views.records import DISPUTE_WORDS, fact_status
from flet_app.components.figures import amount, caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import choice, choices
from flet_app.components.status import Status, Tone, status_line
from flet_app.components.surfaces import empty, section, stacked
from flet_app.components.tagging import tag
from receivables.claims import InformedState
from receivables.documents import parse_date
from receivables.promises import Promise, PromiseState, PromiseStatus

SHOWN_ITEMS = 40

WAYS = (
    ("promise", "promesa", "Promise", ft.Icons.HANDSHAKE_OUTLINED),
    ("dispute", "reclamo", "Dispute", ft.Icons.GAVEL),
    ("informed", "pago-informado", "Informed payment", ft.Icons.ACCOUNT_BALANCE_OUTLINED),
    ("note", "nota", "Note", ft.Icons.EDIT_NOTE),
    ("location", "ubicacion", "Position", ft.Icons.ADD_LOCATION_ALT_OUTLINED),
)

PROMISE_STATES = {
    PromiseState.PENDING: (Tone.WAITING, ft.Icons.SCHEDULE, "Pending"),
    PromiseState.KEPT: (Tone.SETTLED, ft.Icons.CHECK_CIRCLE_OUTLINE, "Kept"),
    PromiseState.PARTIALLY_KEPT: (Tone.WAITING, ft.Icons.INCOMPLETE_CIRCLE, "Kept in part"),
    PromiseState.BROKEN: (Tone.LATE, ft.Icons.HEART_BROKEN_OUTLINED, "Broken"),
    PromiseState.CANCELLED: (Tone.PLAIN, ft.Icons.BLOCK, "Cancelled"),
    PromiseState.SUPERSEDED: (Tone.PLAIN, ft.Icons.REDO, "Replaced by a newer one"),
}

INFORMED_STATES = {
    InformedState.WAITING: (Tone.WAITING, ft.Icons.SCHEDULE, "Waiting for the bank"),
    InformedState.CREDITED: (Tone.SETTLED, ft.Icons.CHECK_CIRCLE_OUTLINE, "Credited"),
    InformedState.EXPIRED: (Tone.LATE, ft.Icons.ERROR_OUTLINE, "Not found yet: ask the office"),
}


def activity(app: Window, code: str) -> ft.Control:
    t = app.texts.t
    claims = customer_claims(app.phone.portfolio, code, on=app.phone.today())
    rows: list[ft.Control] = [
        choices([
            choice(
                f"record-{name}", t(label), selected=False, icon=icon,
                on_select=calling(app.open, f"cliente/{code}/{path}"),
            )
            for name, path, label, icon in WAYS
        ], columns=2)
    ]  # fmt: skip
    if claims.promises:
        rows += [section(t("Promises")), stacked([promise_row(app, *each) for each in claims.promises])]
    if claims.disputes:
        total = caption(app.texts.money(claims.disputed.minor, claims.disputed.currency), size=14)
        rows.append(section(t("Disputes"), trailing=total))
        rows.append(stacked([dispute_row(app, each) for each in claims.disputes]))
    if claims.informed:
        rows.append(section(t("Informed payments")))
        rows.append(stacked([informed_row(app, *each) for each in claims.informed]))
    rows.append(section(t("What happened here")))
    items = history_of(app.phone.portfolio, code)
    rows.append(
        stacked([history_row(app, item) for item in items[:SHOWN_ITEMS]])
        if items
        else empty(ft.Icons.HISTORY, t("Nothing has been done here yet."))
    )
    return ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def promise_row(app: Window, promise: Promise, status: PromiseStatus) -> ft.Control:
    t = app.texts.t
    tone, icon, word = PROMISE_STATES[status.state]
    words = t("{state} · until {day}", state=t(word), day=app.texts.day(promise.promised_on))
    return claim_row(
        app, promise.id, Status(tone=tone, icon=icon, text=words),
        title=", ".join(sorted(promise.invoices)) or t("All that is owed"),
        money=app.texts.money(promise.amount.minor, promise.amount.currency),
    )  # fmt: skip


def dispute_row(app: Window, dispute: Json) -> ft.Control:
    t = app.texts.t
    reason = dispute["reason"]
    words = t(DISPUTE_WORDS[reason]) if reason in DISPUTE_WORDS else reason
    return claim_row(
        app, dispute["_id"], Status(tone=Tone.WAITING, icon=ft.Icons.GAVEL, text=words),
        title=dispute["invoice"], money=app.texts.money(dispute["amount"], dispute["currency"]),
        text=dispute.get("text"),
    )  # fmt: skip


def informed_row(app: Window, informed: Json, state: InformedState) -> ft.Control:
    t = app.texts.t
    tone, icon, word = INFORMED_STATES[state]
    parts = [informed.get("bank"), informed.get("reference")]
    paid = t("paid {day}", day=app.texts.day(parse_date(informed["paid_on"])))
    return claim_row(
        app, informed["_id"], Status(tone=tone, icon=icon, text=t(word)),
        title=" · ".join(str(part) for part in (paid, *parts) if part),
        money=app.texts.money(informed["amount"], informed["currency"]), text=informed.get("text"),
    )  # fmt: skip


def claim_row(
    app: Window, fact: str, status: Status, *, title: str, money: str, text: str | None = None
) -> ft.Control:
    """What it is about, how it stands, and how far the record has come."""
    lines: list[ft.Control] = [
        ft.Text(title, size=15, max_lines=2),
        status_line(status, app.palette),
    ]
    if text:
        lines.append(caption(f"«{text}»"))
    lines.append(status_line(fact_status(app, fact), app.palette, size=12))
    return tag(
        f"claim-{fact}",
        ft.Container(
            ft.Row(
                [ft.Column(lines, spacing=2, tight=True, expand=True), amount(money, size=15)], spacing=10
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
        ),
    )
