"""The photo of a cheque in its line of the receipt: taken or picked, at most its two sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.actions.receipts import cheque_album
from flet_app.collector.state import Window
from flet_app.collector.views.photo_field import PhotoField
from flet_app.collector.views.receipt_form import ReceiptForm
from flet_app.components.status import Tone, tone_color
from receivables.messages import sentence
from receivables.payments import PHOTOS, Method
from receivables.policies import ChequePhoto
from receivables.validation import Problem


def cheque_photo(
    app: Window, form: ReceiptForm, index: int, problems: Sequence[Problem], *, forget: Callable[[Any], None]
) -> list[ft.Control]:
    """Nothing for other means; `forget` drops the problems once a photo was taken or thrown away."""
    line = form.lines[index]
    if line.method != Method.CHEQUE:
        return []
    t = app.texts.t
    required = policy_of(app.phone.portfolio).cheque_photo is ChequePhoto.REQUIRED
    title = t("Photo of the cheque") if required else t("Photo of the cheque (optional)")
    field = PhotoField(
        cheque_album(line.key), form.customer, lambda: form.place, name=f"receipt-line-{index}-photo",
        changed=lambda: forget(None),
    )  # fmt: skip
    where = f"payments.{index}.{PHOTOS}"
    return [
        ft.Text(title, size=14, weight=ft.FontWeight.W_600),
        ft.Container(field, key=f"{line.key}-photos"),
        *(
            ft.Text(
                sentence(each, locale=app.texts.locale), size=13, color=tone_color(Tone.LATE, app.palette)
            )
            for each in problems
            if each.field == where
        ),
    ]
