"""What the office made of a receipt's withholdings and small differences, in words, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import flet as ft

from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from receivables.messages import MESSAGES, sentence
from receivables.validation import Problem


def withholding_answers(app: Window, receipt: Json) -> list[ft.Control]:
    """One notice for each withholding that the centre has judged or a person has decided."""
    checks = (app.phone.portfolio.postings.get(receipt["_id"]) or {}).get("withholdings") or ()
    payments = receipt["payments"]
    return [
        _withholding(app, payments[check["line"]], check)
        for check in checks
        if 0 <= check["line"] < len(payments)
    ]


def _withholding(app: Window, payment: Json, check: Mapping[str, Any]) -> ft.Control:
    t = app.texts.t
    number = str(payment.get("number") or "")
    comment = str(check.get("comment") or "").strip()
    tone, icon = Tone.WAITING, ft.Icons.SCHEDULE
    match check["state"]:
        case "accepted":
            tone, icon = Tone.SETTLED, ft.Icons.CHECK_CIRCLE_OUTLINE
            words = t("Withholding {number} accepted.", number=number)
        case "rejected":
            tone, icon = Tone.LATE, ft.Icons.ERROR_OUTLINE
            words = t(
                "Withholding {number} rejected by the office. Its amount is owed again once the office takes"
                " it back.",
                number=number,
            )
        case _:
            words = t("Withholding {number}: the office has to validate it.", number=number)
            comment = comment or " ".join(_sentences(app, check.get("reasons") or ()))
    if comment:
        words = f"{words} {t('Reason: {reason}', reason=comment)}"
    return notice(words, app.palette, tone=tone, icon=icon, identifier=f"voucher-withholding-{check['line']}")


def difference_answers(app: Window, receipt: Json) -> list[ft.Control]:
    """Why differences that the collector wrote off are open after all."""
    posting = app.phone.portfolio.postings.get(receipt["_id"]) or {}
    refused = posting.get("refused_write_offs") or ()
    return [
        notice(
            words, app.palette, tone=Tone.WAITING, icon=ft.Icons.INFO_OUTLINE,
            identifier=f"voucher-write-off-{index}",
        )
        for index, words in enumerate(_sentences(app, refused))
    ]  # fmt: skip


def _sentences(app: Window, reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """A reason of a later version, which this one has no words for, is told by its code."""
    return [
        sentence(Problem(each["code"], "", each["data"]), locale=app.texts.locale)
        if each["code"] in MESSAGES
        else str(each["code"])
        for each in reasons
    ]
