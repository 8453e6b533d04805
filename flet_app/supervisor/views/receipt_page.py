"""One receipt: what was paid, on what, what the ERP and the office said, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import flet as ft

from flet_app.components.figures import caption, line
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import secondary
from flet_app.components.status import Status, Tone, status_line, status_pill
from flet_app.components.surfaces import card, notice, section, skeleton
from flet_app.components.tagging import tag
from flet_app.supervisor.receipt_card import Json, Question, ReceiptCard, Verb
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.cheque_photos import cheque_photos
from flet_app.supervisor.views.people import name_of
from flet_app.supervisor.views.receipt_question import question_dialog
from flet_app.supervisor.words import METHODS, receipt_status, void_reason
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, Palette, is_dark, palette
from receivables.access import Action

DONE = {
    Verb.VOID: "The receipt is void. Its invoices are open again.",
    Verb.BOUNCE: "The bounced cheque is recorded. What it paid is open again.",
    Verb.ACCEPT: "The withholding is accepted.",
    Verb.REJECT: "The withholding is rejected. The receipt still counts it: void it, or leave it.",
    Verb.LEAVE: "The receipt stays as it is.",
}


@ft.component
def ReceiptPage() -> ft.Control:
    session = use_session()
    number = ft.use_route_params().get("number", "")
    receipt_card = use_kept(lambda: ReceiptCard(number=number))
    ft.use_state(receipt_card)
    ft.use_effect(partial(run, receipt_card.read, session), dependencies=[])
    ft.use_dialog(question_dialog(session, receipt_card))
    colors = palette(dark=is_dark(ft.context.page))
    again = calling(run, receipt_card.read, session)
    rows: list[ft.Control] = [_back(session)]
    rows += refusal(session, receipt_card, colors, identifier="receipt-failure", again=again)
    if receipt_card.receipt is not None:
        rows += _receipt(session, receipt_card, receipt_card.receipt, colors)
    elif not receipt_card.failure:
        rows.append(skeleton(4))
    return ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)


def _back(session: Session) -> ft.Control:
    go = calling(ft.context.page.navigate, "/cobros")
    button = ft.TextButton(
        session.texts.t("Receipts"), icon=ft.Icons.ARROW_BACK, on_click=go, height=TOUCH_TARGET
    )
    return ft.Row([tag("receipt-back", button)])


def _receipt(session: Session, shown: ReceiptCard, receipt: Json, colors: Palette) -> list[ft.Control]:
    rows: list[ft.Control] = []
    if shown.done is not None:
        rows.append(
            notice(
                session.texts.t(DONE[shown.done]), colors, tone=Tone.SETTLED,
                icon=ft.Icons.CHECK_CIRCLE_OUTLINE, identifier="receipt-done",
            )
        )  # fmt: skip
    rows += [_head(session, shown, receipt, colors), *_rejected(session, shown, receipt, colors)]
    rows.append(section(session.texts.t("How it was paid")))
    rows += [_payment(session, shown, receipt, line_, colors) for line_ in range(len(receipt["payments"]))]
    rows += [section(session.texts.t("What it paid")), _applied(session, receipt)]
    return rows


def _head(session: Session, shown: ReceiptCard, receipt: Json, colors: Palette) -> ft.Control:
    texts = session.texts
    at = texts.moment(datetime.fromisoformat(receipt["created_at"]), now=session.now())
    rows: list[ft.Control] = [
        ft.Text(receipt["customer_name"] or receipt["customer"], size=20, weight=ft.FontWeight.W_600),
        caption(f"{receipt['number']} · {name_of(session, receipt['collector'])} · {at}"),
        tag(
            "receipt-total",
            ft.Text(texts.money(receipt["total"], receipt["currency"]), size=34, weight=ft.FontWeight.W_700),
        ),
        status_pill(receipt_status(texts, receipt), colors, identifier="receipt-status"),
    ]
    rows += _clock(session, receipt, colors)
    if void := receipt["void"]:
        when = texts.moment(datetime.fromisoformat(void["at"]), now=session.now())
        rows.append(caption(f"{void_reason(texts, void['reason'])} · {void['by']} · {when}", size=14))
    elif session.may(Action.CORRECT_RECEIPT):
        question, words = Question(verb=Verb.VOID), "Void this receipt"
        button = _button(session, shown, question, name="receipt-void", words=words, icon=ft.Icons.BLOCK)
        rows.append(ft.Row([button]))
    return card(ft.Column(rows, spacing=8, tight=True))


def _clock(session: Session, receipt: Json, colors: Palette) -> list[ft.Control]:
    """Whose word stands behind the time of a receipt that was written on a clock that was put back."""
    texts, clock = session.texts, receipt.get("clock")
    if not clock:
        return []
    if clock["by"] is None:
        words = texts.t(
            "The phone's clock was put back. {name} is said to have accepted it; this office gave no code.",
            name=clock["accepted_by"],
        )
        status = Status(tone=Tone.LATE, icon=ft.Icons.REPORT_PROBLEM_OUTLINED, text=words)
    else:
        words = texts.t(
            "The phone's clock was put back. {by} accepted it by a code, {when}.",
            by=clock["by"],
            when=texts.moment(datetime.fromisoformat(clock["at"]), now=session.now()),
        )
        status = Status(tone=Tone.PLAIN, icon=ft.Icons.HISTORY, text=words)
    return [tag("receipt-clock", status_line(status, colors, size=14))]


def _rejected(session: Session, shown: ReceiptCard, receipt: Json, colors: Palette) -> list[ft.Control]:
    """Rejected withholdings that the receipt still counts, each to be left or answered by a void."""
    t = session.texts.t
    waiting = [
        row
        for row in session.state.exceptions
        if row["kind"] == "withholding_rejected" and row["receipt"] == receipt["id"]
    ]
    rows: list[ft.Control] = []
    for row in waiting:
        question = Question(verb=Verb.LEAVE, line=row["evidence"]["line"], subject=row["id"])
        words = t("The receipt still counts a rejected withholding: {detail}", detail=row["detail"])
        rows.append(
            notice(
                words, colors, tone=Tone.LATE, icon=ft.Icons.REPORT_PROBLEM_OUTLINED,
                action=t("Leave it paid") if session.may(Action.CLOSE_EXCEPTION) else None,
                on_action=calling(shown.consider, question),
                identifier=f"receipt-rejected-{row['evidence']['line']}",
            )
        )  # fmt: skip
    return rows


def _payment(
    session: Session, shown: ReceiptCard, receipt: Json, position: int, colors: Palette
) -> ft.Control:
    texts, payment = session.texts, receipt["payments"][position]
    told = (payment.get(name) for name in ("number", "reference", "brand", "last4", "bank", "drawer"))
    words = " · ".join([texts.t(METHODS.get(payment["method"], payment["method"])), *filter(None, told)])
    rows: list[ft.Control] = [line(words, texts.money(payment["amount"], receipt["currency"]))]
    match payment["method"]:
        case "cheque":
            rows += cheque_photos(session, receipt, position, colors)
            rows += _cheque(session, shown, receipt, position, colors)
        case "withholding":
            judged = next((each for each in shown.withholdings if each["line"] == position), None)
            rows += _withholding(session, shown, receipt, judged, colors) if judged else []
    return card(ft.Column(rows, spacing=10, tight=True), padding=14)


def _cheque(
    session: Session, shown: ReceiptCard, receipt: Json, position: int, colors: Palette
) -> list[ft.Control]:
    t = session.texts.t
    bounced = next((each for each in receipt["bounced"] if each["payment"] == position + 1), None)
    if bounced:
        words = t("Bounced: {reason} · {by}", reason=bounced["reason"], by=bounced["by"])
        status = Status(tone=Tone.LATE, icon=ft.Icons.MONEY_OFF, text=words)
        return [tag(f"payment-bounced-{position}", status_line(status, colors, size=14))]
    if receipt["void"] is not None or not session.may(Action.CORRECT_RECEIPT):
        return []
    question = Question(verb=Verb.BOUNCE, line=position)
    bounce = _button(
        session,
        shown,
        question,
        name=f"payment-bounce-{position}",
        words="The bank did not pay it",
        icon=ft.Icons.MONEY_OFF,
    )
    return [ft.Row([bounce])]


def _withholding(
    session: Session, shown: ReceiptCard, receipt: Json, judged: Json, colors: Palette
) -> list[ft.Control]:
    t, position = session.texts.t, judged["line"]
    name = f"payment-withholding-{position}"
    comment = judged.get("comment") or ""
    match judged["state"]:
        case "accepted":
            words = f"{t('Accepted')}: {comment}" if comment else t("Accepted")
            status = Status(tone=Tone.SETTLED, icon=ft.Icons.CHECK_CIRCLE_OUTLINE, text=words)
        case "rejected":
            words = t("Rejected: {reason}", reason=comment or "–")
            status = Status(tone=Tone.LATE, icon=ft.Icons.CANCEL, text=words)
        case _:
            words = " ".join([t("To be validated."), *(each["text"] for each in judged["reasons"])])
            status = Status(tone=Tone.WAITING, icon=ft.Icons.SCHEDULE, text=words)
    rows: list[ft.Control] = [tag(name, status_line(status, colors, size=14))]
    undecided = judged["state"] not in {"accepted", "rejected"}
    if undecided and receipt["void"] is None and session.may(Action.CLOSE_EXCEPTION):
        accept, reject = (Question(verb=verb, line=position) for verb in (Verb.ACCEPT, Verb.REJECT))
        rows.append(
            ft.Row(
                [
                    _button(
                        session, shown, accept, name=f"{name}-accept", words="Accept", icon=ft.Icons.CHECK
                    ),
                    _button(
                        session, shown, reject, name=f"{name}-reject", words="Reject", icon=ft.Icons.CLOSE
                    ),
                ],
                spacing=10,
                wrap=True,
            )
        )
    return rows


def _applied(session: Session, receipt: Json) -> ft.Control:
    texts, currency = session.texts, receipt["currency"]
    rows = [
        line(texts.t("Invoice {number}", number=each["invoice"]), texts.money(each["amount"], currency))
        for each in receipt["allocations"]
    ]
    rows += [
        line(
            texts.t("Difference written off, invoice {number}", number=each["invoice"]),
            texts.money(each["amount"], currency),
        )
        for each in receipt["write_offs"]
    ]
    if receipt["on_account"]:
        rows.append(line(texts.t("On account"), texts.money(receipt["on_account"], currency)))
    return card(ft.Column(rows, spacing=8, tight=True), padding=14)


def _button(
    session: Session, shown: ReceiptCard, question: Question, *, name: str, words: str, icon: ft.IconData
) -> ft.Control:
    ask = calling(shown.consider, question)
    return secondary(name, session.texts.t(words), ask, icon=icon, height=TOUCH_TARGET, disabled=shown.busy)
