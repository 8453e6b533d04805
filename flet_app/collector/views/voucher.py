"""The voucher: the money is recorded, here is its number, give the customer a copy."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from flet_app.collector.actions.paper import copies_of, receipt_pdf
from flet_app.collector.actions.photos import photos_of
from flet_app.collector.actions.receipts import note_copy, void_receipt
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.handing_over import give_file, letter_button, shares
from flet_app.collector.views.pictures import PhotoStrip
from flet_app.collector.views.receipt_answers import difference_answers, withholding_answers
from flet_app.collector.views.records import fact_status, method_name
from flet_app.collector.views.void import void_rows, void_sheet
from flet_app.components.figures import caption, line
from flet_app.components.handlers import calling, use_press
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.status import Status, Tone, status_pill, tone_color
from flet_app.components.surfaces import card, empty
from flet_app.theme import GAP
from receivables.documents import parse_instant
from receivables.identifiers import BadIdentifier, parse_receipt_number, receipt_id
from receivables.messages import sentence


@ft.component
def Voucher() -> ft.View:
    app = use_app()
    t = app.texts.t
    number = ft.use_route_params().get("number", "")
    route = ft.use_view_path()
    busy, set_busy = ft.use_state(False)
    voiding, set_voiding = ft.use_state(False)
    reason, set_reason = ft.use_state("")
    press = use_press()
    receipt = find_receipt(app, number)
    if receipt is None:
        ft.use_dialog(None)
        body = scroll([empty(ft.Icons.RECEIPT_LONG_OUTLINED, t("This receipt is not on this phone."))])
        return screen(app, route=route, title=t("Receipt"), body=body)
    known: Json = receipt

    @press.once
    async def hand_over(_event: Any) -> None:
        set_busy(True)
        try:
            pdf = await asyncio.to_thread(receipt_pdf(app.phone, known, app.texts.language))
            if await give_file(app, f"{known['number']}.pdf", pdf):
                await note_copy(app.phone, known, means="share" if shares(app) else "save")
        finally:
            set_busy(False)

    @press.once
    async def void(_event: Any) -> None:
        result = await void_receipt(app.phone, known, reason=reason)
        set_voiding(False)
        if isinstance(result, list):
            app.say(sentence(result[0], locale=app.texts.locale))

    ft.use_dialog(
        void_sheet(app, known, reason, set_reason, on_void=void, on_back=calling(set_voiding, False))
        if voiding
        else None
    )
    visit = app.phone.portfolio.open_visit()
    same_visit = visit is not None and visit["_id"] == receipt.get("visit")
    hand = t("Share") if shares(app) else t("Save PDF")
    icon = ft.Icons.IOS_SHARE if shares(app) else ft.Icons.DOWNLOAD
    if same_visit:
        customer = receipt["customer"]
        bottom = bottom_bar(
            secondary("receipt-share", hand, hand_over, icon=icon, disabled=busy, expand=4),
            primary(
                "continue-visit", t("Go on with the visit"), lambda _event: app.open(f"cliente/{customer}"),
                expand=5,
            ),
        )  # fmt: skip
    else:
        bottom = bottom_bar(primary("receipt-share", hand, hand_over, icon=icon, busy=busy))
    head, *rows = voucher_rows(app, receipt)
    look = letter_button(app, "receipt-pdf", t("See the PDF"), receipt["_id"], above=f"recibo/{number}")
    return screen(
        app, route=route, title=t("Receipt"), subtitle=number, banner=False,
        body=scroll([head, look, *rows, *void_rows(app, receipt, calling(set_voiding, True))]),
        bottom=bottom,
    )  # fmt: skip


def find_receipt(app: Window, number: str) -> Json | None:
    try:
        key = parse_receipt_number(number)
    except BadIdentifier:
        return None
    return app.phone.portfolio.receipts.get(receipt_id(*key))


def voucher_rows(app: Window, receipt: Json) -> list[ft.Control]:
    t, texts, currency = app.texts.t, app.texts, receipt["currency"]
    status = fact_status(app, receipt["_id"])
    tone = Tone.LATE if status.tone is Tone.LATE else Tone.SETTLED
    sign = ft.Icons.ERROR if tone is Tone.LATE else ft.Icons.CHECK_CIRCLE
    at = parse_instant(receipt["created_at"])
    when = f"{texts.day(texts.local(at).date())}, {texts.clock(at)}"
    head = ft.Column(
        [
            ft.Icon(sign, size=64, color=tone_color(tone, app.palette)),
            ft.Semantics(
                identifier="voucher-total",
                content=ft.Text(
                    texts.money(receipt["total"], currency), size=36, weight=ft.FontWeight.W_700,
                    text_align=ft.TextAlign.CENTER,
                ),
            ),
            ft.Semantics(
                identifier="voucher-number",
                content=ft.Text(receipt["number"], size=18, weight=ft.FontWeight.W_600),
            ),
            ft.Text(
                app.phone.portfolio.customer_name(receipt["customer"]),
                size=16,
                weight=ft.FontWeight.W_500,
                text_align=ft.TextAlign.CENTER,
            ),
            caption(when),
            status_pill(status, app.palette, identifier="voucher-status", lines=4),
            *next_step(app, receipt["_id"], status),
        ],
        spacing=6,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )  # fmt: skip
    paid = [line(detail(app, each), texts.money(each["amount"], currency)) for each in receipt["payments"]]
    applied = [
        line(t("Invoice {number}", number=each["invoice"]), texts.money(each["amount"], currency))
        for each in receipt["allocations"]
    ]
    if receipt["on_account"]:
        applied.append(line(t("Left on account"), texts.money(receipt["on_account"], currency)))
    applied += [
        line(
            t("Difference written off, invoice {number}", number=each["invoice"]),
            texts.money(each["amount"], currency),
        )
        for each in receipt.get("write_offs") or ()
    ]
    rows: list[ft.Control] = [
        ft.Container(head, padding=ft.Padding.symmetric(vertical=GAP), alignment=ft.Alignment.CENTER),
        card(ft.Column(paid, spacing=8, tight=True)),
        *withholding_answers(app, receipt),
    ]
    if applied:
        rows.append(card(ft.Column(applied, spacing=8, tight=True)))
    rows += difference_answers(app, receipt)
    if photos := photos_of(app.phone.portfolio, receipt["_id"]):
        rows.append(PhotoStrip(photos))
    rows.append(caption(t("Verification {hash}", hash=receipt["hash"][:16]), size=12))
    copies = copies_of(app.phone.portfolio, receipt)
    if copies:
        rows.append(
            ft.Semantics(
                identifier="voucher-copies",
                content=caption(texts.n("{count} copy handed over", "{count} copies handed over", copies)),
            )
        )
    return rows


def next_step(app: Window, receipt: str, status: Status) -> list[ft.Control]:
    """What happens now, in a sentence, while the receipt is only here or somebody refused it."""
    t = app.texts.t
    if status.tone is Tone.SAVED:
        words = t("Saved on this phone. It is sent by itself when there is a connection.")
    elif status.tone is not Tone.LATE:
        return []
    elif receipt in app.store.outbox.refused:
        words = t("Your supervisor sees it too. Under Synchronisation you can send it once more.")
    else:
        words = t("The ERP did not take it. Your supervisor decides; the money stays recorded.")
    return [ft.Text(words, size=14, color=ft.Colors.ON_SURFACE_VARIANT, text_align=ft.TextAlign.CENTER)]


def detail(app: Window, payment: Json) -> str:
    """`Cheque 000123 · Pichincha`."""
    parts = [payment.get("number") or payment.get("reference") or payment.get("last4"), payment.get("bank")]
    extra = " · ".join(str(part) for part in parts if part)
    name = method_name(app, payment["method"])
    return f"{name} {extra}" if extra else name
