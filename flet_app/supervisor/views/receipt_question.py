"""What is asked before a receipt is corrected: the consequence in the button, and a reason."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.handlers import calling
from flet_app.components.inputs import field
from flet_app.components.tagging import tag
from flet_app.supervisor.receipt_card import ReceiptCard, Verb
from flet_app.supervisor.session import Session
from flet_app.theme import TOUCH_TARGET

WIDTH = 440
LONGEST_REASON = 4000

QUESTIONS: dict[Verb, tuple[str, str, str]] = {
    Verb.VOID: (
        "Void receipt {number}?",
        "Its {amount} count as not received and its invoices are open again, also in the ERP. The receipt "
        "keeps its number. A void can't be undone.",
        "Void {number}",
    ),
    Verb.BOUNCE: (
        "Did the bank not pay cheque {instrument}?",
        "Its {amount} are taken back, first from money on account, then from the invoices that were paid "
        "last. They are open again, also in the ERP. It can't be undone.",
        "Take back {amount}",
    ),
    Verb.ACCEPT: (
        "Accept withholding {instrument}?",
        "Its {amount} count as paid for good. The decision can't be changed.",
        "Accept {amount}",
    ),
    Verb.REJECT: (
        "Reject withholding {instrument}?",
        "The collector is told, with your reason. The receipt counts its {amount} until you void it. The "
        "decision can't be changed.",
        "Reject {amount}",
    ),
    Verb.LEAVE: (
        "Leave receipt {number} as it is?",
        "Its invoices stay paid with a withholding that was rejected. What is to be done about it is done in "
        "the ERP.",
        "Leave it paid",
    ),
}
"""Title, sentence and the words of the button."""

GRAVE = frozenset({Verb.VOID, Verb.BOUNCE, Verb.REJECT})


def question_dialog(session: Session, card: ReceiptCard) -> ft.AlertDialog | None:
    """The question that is open, if any; it can't be answered without a reason."""
    if card.question is None or card.receipt is None:
        return None
    t, verb, receipt = session.texts.t, card.question.verb, card.receipt
    minor = card.payment["amount"] if card.payment else receipt["total"]
    amount = session.texts.money(minor, receipt["currency"])
    names = {"number": receipt["number"], "amount": amount, "instrument": card.payment.get("number") or ""}
    title, sentence, consequence = (t(words, **names) for words in QUESTIONS[verb])
    style = ft.ButtonStyle(bgcolor=ft.Colors.ERROR, color=ft.Colors.ON_ERROR) if verb in GRAVE else None
    given = bool(card.reason.strip())
    confirm = ft.FilledButton(
        consequence,
        on_click=calling(_answer, session, card),
        height=TOUCH_TARGET,
        disabled=not given,
        style=style if given else None,
    )
    back = ft.TextButton(t("Leave it"), on_click=calling(card.consider, None), height=TOUCH_TARGET)
    reason = field(
        "correction-reason",
        t("What was checked") if verb is Verb.ACCEPT else t("Reason"),
        value=card.reason,
        on_change=partial(setattr, card, "reason"),
        max_length=LONGEST_REASON,
        multiline=True,
        min_lines=2,
        max_lines=4,
        counter="",
    )
    return ft.AlertDialog(
        title=ft.Text(title),
        content=ft.Container(
            ft.Column(
                [ft.Text(sentence), reason],
                spacing=16,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            width=WIDTH,
        ),
        actions=[tag("correction-back", back), tag("correction-confirm", confirm)],
        on_dismiss=calling(card.consider, None),
    )


def _answer(session: Session, card: ReceiptCard) -> None:
    async def working() -> None:
        await card.carry_out(session.api)
        session.nudge.set()

    ft.context.page.run_task(working)
