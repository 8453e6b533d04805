"""One receipt as the office decides over it: voided, a cheque bounced, a withholding accepted or rejected.

What cannot be undone is asked once, with a reason; the answer, or the server's refusal, stays to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]


class Verb(StrEnum):
    """What the office can do about a receipt."""

    VOID = "void"
    BOUNCE = "bounce"
    ACCEPT = "accept"
    REJECT = "reject"
    LEAVE = "leave"  # the receipt as it is, though a withholding of it was rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked about. `line` is the payment's place, from 0; `subject` an exception's id."""

    verb: Verb
    line: int | None = None
    subject: str = ""


@ft.observable
@dataclass
class ReceiptCard(Asking):
    """`receipt` is None until the first answer.

    `question` is the one that is open, `reason` what was typed for it, `done` what was done last.
    """

    number: str = ""
    receipt: Json | None = None
    withholdings: list[Json] = field(default_factory=list)
    question: Question | None = None
    reason: str = ""
    done: Verb | None = None

    async def read(self, api: Api) -> None:
        receipt = await self.ask(api.read(f"/receipts/{self.number}"))
        if receipt is None:
            return
        if any(line["method"] == "withholding" for line in receipt["payments"]):
            judged = await self.ask(api.read(f"/receipts/{self.number}/withholdings"))
            if judged is None:
                return
            self.withholdings = judged["items"]
        self.receipt = receipt

    def consider(self, question: Question | None) -> None:
        """Ask whether to do it; None is the answer no."""
        self.question, self.reason, self.failure = question, "", ""

    @property
    def payment(self) -> Json:
        """The payment that the question is about; empty where it is about the receipt."""
        line = self.question.line if self.question else None
        return {} if self.receipt is None or line is None else self.receipt["payments"][line]

    async def carry_out(self, api: Api) -> None:
        """Do what was asked about, and look at what became of it."""
        question, self.question, self.done = self.question, None, None
        if question is None or self.busy:
            return
        path, body = _wish(self.number, question, self.reason.strip())
        if await self.ask(api.write(path, body)) is None:
            return
        await self.read(api)
        self.done = question.verb


def _wish(number: str, question: Question, reason: str) -> tuple[str, Json]:
    receipt = f"/receipts/{number}"
    match question.verb:
        case Verb.VOID:
            return f"{receipt}/void", {"reason": reason}
        case Verb.BOUNCE:
            return f"{receipt}/bounced-cheques", {"payment": (question.line or 0) + 1, "reason": reason}
        case Verb.LEAVE:
            return f"/exceptions/{question.subject}/close", {"comment": reason}
        case Verb.ACCEPT | Verb.REJECT:
            decision = "accepted" if question.verb is Verb.ACCEPT else "rejected"
            decided = {"decision": decision, "comment": reason}
            return f"{receipt}/withholdings/{question.line}/decision", decided
