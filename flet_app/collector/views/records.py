"""How records are shown wherever they stand: receipts, visits and history, each with its state in words."""

from __future__ import annotations

import flet as ft

from flet_app.collector.actions.photos import photos_of
from flet_app.collector.portfolio import Json
from flet_app.collector.standing import FactState, standing
from flet_app.collector.state import Window
from flet_app.collector.views.handing_over import letter_button
from flet_app.collector.views.pictures import PhotoStrip
from flet_app.collector.views.today import outcome_label
from flet_app.components.figures import amount, caption
from flet_app.components.status import Status, Tone, status_line
from flet_app.components.tagging import tag
from receivables.documents import parse_instant
from receivables.payments import Method

METHOD_ICONS = {
    Method.CASH: ft.Icons.LOCAL_ATM,
    Method.CHEQUE: ft.Icons.FACT_CHECK_OUTLINED,
    Method.TRANSFER: ft.Icons.ACCOUNT_BALANCE,
    Method.CARD: ft.Icons.CREDIT_CARD,
    Method.WITHHOLDING: ft.Icons.SUMMARIZE_OUTLINED,
}

METHOD_NAMES = {
    Method.CASH: "Cash",
    Method.CHEQUE: "Cheque",
    Method.TRANSFER: "Transfer",
    Method.CARD: "Card",
    Method.WITHHOLDING: "Withholding",
}

DISPUTE_WORDS = {
    "price": "Price",
    "quantity": "Quantity",
    "defective": "Defective goods",
    "not_received": "Not received",
    "duplicate": "Billed twice",
    "missing_order": "No order",
    "already_paid": "Already paid",
    "other": "Other reason",
}

VOID_WORDS = {
    "wrong_amount": "Wrong amount",
    "wrong_invoice": "Wrong invoice",
    "wrong_customer": "Wrong customer",
    "wrong_method": "Wrong means of payment",
    "customer_withdrew": "The customer withdrew",
}

CHANNEL_WORDS = {
    "call": "Phone call", "sms": "SMS", "whatsapp": "WhatsApp", "email": "E-mail", "visit": "Visit",
}  # fmt: skip

KIND_NAMES = {
    "receipt": "Payment",
    "visit": "Visit",
    "promise": "Promise to pay",
    "note": "Note",
    "dunning_notice": "Payment reminder",
    "contact_attempt": "Call or message",
    "receipt_void": "Receipt voided",
    "location_update": "New position",
    "dispute": "Dispute",
    "informed_payment": "Informed payment",
    "visit_start": "Visit start",
    "receipt_copy": "Copy of a receipt",
    "paper_copy": "Copy of a document",
    "photo": "Photo",
    "deposit": "Deposit",
    "cash_close": "Cash close",
    "planned_stop": "Change of route",
    "consent": "Consent to contact",
}


def method_name(app: Window, method: str) -> str:
    return app.texts.t(METHOD_NAMES[Method(method)]) if method in METHOD_NAMES else method


def fact_status(app: Window, fact_id: str) -> Status:
    """The state of a fact: icon, word and colour."""
    t = app.texts.t
    found = standing(app.phone.portfolio, app.store.outbox, fact_id, sending=app.phone.status.sending)
    match found.state:
        case FactState.ON_DEVICE:
            return Status(tone=Tone.SAVED, icon=ft.Icons.SMARTPHONE, text=t("On this phone"))
        case FactState.SENDING:
            return Status(tone=Tone.SAVED, icon=ft.Icons.CLOUD_UPLOAD_OUTLINED, text=t("Sending"))
        case FactState.RECEIVED:
            return Status(tone=Tone.WAITING, icon=ft.Icons.CLOUD_DONE_OUTLINED, text=t("Received"))
        case FactState.POSTED:
            words = t("Posted no. {number}", number=found.detail) if found.detail else t("Posted")
            return Status(tone=Tone.SETTLED, icon=ft.Icons.VERIFIED_OUTLINED, text=words)
        case FactState.VOIDED:
            reason = t(VOID_WORDS[found.detail]) if found.detail in VOID_WORDS else found.detail
            return Status(tone=Tone.PLAIN, icon=ft.Icons.BLOCK, text=t("Voided: {reason}", reason=reason))
        case FactState.REJECTED | FactState.REFUSED:
            return Status(
                tone=Tone.LATE, icon=ft.Icons.ERROR_OUTLINE, text=t("Rejected: {reason}", reason=found.detail)
            )


def withholding_status(app: Window, document: Json) -> Status:
    t = app.texts.t
    match document.get("state"):
        case "registered":
            return Status(tone=Tone.SETTLED, icon=ft.Icons.CHECK_CIRCLE_OUTLINE, text=t("Registered"))
        case "rejected":
            return Status(tone=Tone.LATE, icon=ft.Icons.ERROR_OUTLINE, text=t("Not accepted"))
        case _:
            return Status(tone=Tone.WAITING, icon=ft.Icons.SCHEDULE, text=t("Pending"))


def receipt_row(app: Window, receipt: Json) -> ft.Control:
    """A receipt in a list: who, how, when, its state, how much."""
    texts = app.texts
    methods = ", ".join(dict.fromkeys(method_name(app, line["method"]) for line in receipt["payments"]))
    at = texts.moment(parse_instant(receipt["created_at"]), now=app.phone.now())
    return tag(
        f"receipt-{receipt['number']}",
        ft.Container(
            ft.Row(
                [
                    ft.Column(
                        [
                            ft.Text(
                                app.phone.portfolio.customer_name(receipt["customer"]), size=15, max_lines=1,
                                overflow=ft.TextOverflow.ELLIPSIS,
                            ),
                            caption(f"{at} · {methods}"),
                            status_line(fact_status(app, receipt["_id"]), app.palette),
                        ],
                        spacing=2, tight=True, expand=True,
                    ),
                    amount(texts.money(receipt["total"], receipt["currency"])),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
            ink=True,
            on_click=lambda _event: app.open(f"recibo/{receipt['number']}"),
        ),
    )  # fmt: skip


def visit_row(app: Window, visit: Json) -> ft.Control:
    """A finished visit in a list: who, when, the outcome, its state."""
    texts = app.texts
    started, finished = parse_instant(visit["started_at"]), parse_instant(visit["finished_at"])
    minutes = max(0, round((finished - started).total_seconds() / 60))
    lasted = texts.t("{count} min", count=minutes)
    when = f"{texts.clock(started)} - {texts.clock(finished)} · {lasted}"
    rows: list[ft.Control] = [
        ft.Text(app.phone.portfolio.customer_name(visit["customer"]), size=15, max_lines=1),
        caption(f"{when} · {outcome_label(app, visit['outcome'])}"),
    ]
    if visit.get("comment"):
        rows.append(caption(f"«{visit['comment']}»"))
    rows.append(status_line(fact_status(app, visit["_id"]), app.palette))
    if photos := photos_of(app.phone.portfolio, visit["_id"]):
        rows.append(PhotoStrip(photos))
    rows.append(
        letter_button(
            app, f"acta-{visit['_id']}", app.texts.t("Record of visit"), visit["_id"],
        )
    )  # fmt: skip
    return tag(
        f"visit-{visit['customer']}",
        ft.Container(
            ft.Column(rows, spacing=2, tight=True),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
            ink=True,
            on_click=lambda _event: app.open(f"cliente/{visit['customer']}"),
        ),
    )
