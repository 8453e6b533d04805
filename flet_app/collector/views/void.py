"""Anular: the collector may while nothing has left the phone; else the reason why only the office can."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.receipts import why_not_void
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.records import VOID_WORDS
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import choice, choices, primary, secondary
from flet_app.components.tagging import tag
from flet_app.theme import EDGE, GAP, TOUCH_TARGET
from receivables.messages import sentence
from receivables.voids import VOID_REASONS


def void_rows(app: Window, receipt: Json, on_void: Any) -> list[ft.Control]:
    """The way to void a receipt of this phone, or why there is none; nothing where it is void already."""
    enrolment = app.phone.enrolment
    if receipt["_id"] in app.phone.portfolio.voids or not enrolment:
        return []
    problems = why_not_void(app.phone, receipt)
    if problems:
        words = caption(sentence(problems[0], locale=app.texts.locale))
        return [tag("void-refused", words)]
    return [
        tag(
            "void-receipt",
            ft.TextButton(
                app.texts.t("Void this receipt"), icon=ft.Icons.BLOCK, on_click=on_void, height=TOUCH_TARGET
            ),
        )
    ]


def void_sheet(
    app: Window, receipt: Json, reason: str, choose: Any, *, on_void: Any, on_back: Any
) -> ft.BottomSheet:
    """One question, with the consequence in the button."""
    t = app.texts.t
    return ft.BottomSheet(
        ft.Container(
            ft.Column(
                [
                    ft.Text(t("Why is it voided?"), size=18, weight=ft.FontWeight.W_600),
                    choices([
                        choice(
                            f"void-{each}", t(VOID_WORDS[each]), selected=reason == each,
                            on_select=calling(choose, each),
                        )
                        for each in VOID_REASONS
                    ], columns=1),
                    caption(t("The invoices are open again. The receipt keeps its number, marked as void.")),
                    ft.Row(
                        [
                            secondary("void-back", t("Keep it"), on_back, expand=2),
                            primary(
                                "void-confirm", t("Void {number}", number=receipt["number"]), on_void,
                                disabled=not reason, expand=4,
                            ),
                        ],
                        spacing=10,
                    ),
                ],
                spacing=GAP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=ft.Padding.only(left=EDGE + 4, right=EDGE + 4, bottom=20, top=4),
        ),
        show_drag_handle=True,
        scrollable=True,
        on_dismiss=on_back,
    )  # fmt: skip
