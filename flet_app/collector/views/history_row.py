"""One thing that happened at a customer, by anyone, in the words of the reader."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.photos import photos_of
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.pictures import PhotoStrip
from flet_app.collector.views.records import (
    CHANNEL_WORDS,
    DISPUTE_WORDS,
    KIND_NAMES,
    VOID_WORDS,
    fact_status,
)
from flet_app.collector.views.today import outcome_label
from flet_app.components.figures import amount, caption
from flet_app.components.status import status_line
from receivables.documents import parse_date, parse_instant


def history_row(app: Window, item: Json) -> ft.Control:
    t, texts = app.texts.t, app.texts
    kind, ref, told = str(item.get("kind") or ""), str(item.get("ref") or ""), item.get("told") or {}
    title = t(KIND_NAMES.get(kind, "Record"))
    if told.get("number"):
        title = f"{title} {told['number']}"
    if item.get("outcome"):
        title = f"{title} · {outcome_label(app, str(item['outcome']))}"
    rows: list[ft.Control] = [ft.Text(title, size=15)]
    details = words_of(app, item)
    if details:
        rows.append(caption(details))
    at = texts.moment(parse_instant(str(item["at"])), now=app.phone.now())
    rows.append(caption(" · ".join(part for part in (at, str(item.get("by") or "")) if part), size=12))
    if ref in app.phone.portfolio.facts:
        rows.append(status_line(fact_status(app, ref), app.palette))
    if photos := photos_of(app.phone.portfolio, ref):
        rows.append(PhotoStrip(photos))
    minor = told.get("total") or told.get("amount")
    sum_: list[ft.Control] = [amount(texts.money(int(minor), told["currency"]), size=15)] if minor else []
    return ft.Container(
        ft.Row([ft.Column(rows, spacing=2, tight=True, expand=True), *sum_], spacing=10),
        padding=ft.Padding.symmetric(horizontal=14, vertical=11),
    )


def words_of(app: Window, item: Json) -> str:
    """What the record says beyond its kind and its amount."""
    told: dict[str, Any] | None = item.get("told")
    if told is None:  # of a centre that did not tell the figures yet
        return str(item.get("text") or "")
    t, day = app.texts.t, app.texts.day
    parts: list[str | None]
    match item.get("kind"):
        case "promise":
            parts = [t("until {day}", day=day(parse_date(told["promised_on"])))]
        case "dispute":
            reason = told.get("reason")
            parts = [told.get("invoice"), t(DISPUTE_WORDS.get(str(reason), "Other reason")), told.get("text")]
        case "informed_payment":
            paid = t("paid {day}", day=day(parse_date(told["paid_on"])))
            parts = [paid, told.get("reference"), told.get("text")]
        case "receipt_void":
            parts = [t(VOID_WORDS.get(str(told.get("reason")), "Other reason"))]
        case "contact_attempt":
            parts = [t(CHANNEL_WORDS.get(str(item.get("channel")), "Call or message"))]
        case "consent":
            named = [t(CHANNEL_WORDS[each]) for each in told.get("channels") or () if each in CHANNEL_WORDS]
            parts = [t("Authorises") if told.get("given") else t("Withdraws"), ", ".join(named)]
            parts.append(told.get("contact"))
        case "location_update":
            parts = [told.get("reference"), told.get("reason")]
        case "dunning_notice":
            parts = [told.get("note") or told.get("subject")]
        case _:
            parts = [told.get("comment"), told.get("text")]
    return " · ".join(part for part in parts if part)
