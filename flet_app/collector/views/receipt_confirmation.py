"""The one question before money is written down: who, how much, how, on which invoices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector.actions.receipts import preview
from flet_app.collector.state import Window
from flet_app.collector.views.receipt_form import ReceiptForm
from flet_app.collector.views.records import method_name
from flet_app.collector.views.today import money
from flet_app.components.figures import caption, line
from flet_app.components.inputs import choice, primary, secondary
from flet_app.theme import EDGE, GAP, TOUCH_TARGET
from receivables.allocation import Allocation, AllocationPlan

SHEET_ROWS, SHEET_HEIGHT = 11, 440  # a longer confirmation scrolls above its buttons


def confirmation(
    app: Window,
    form: ReceiptForm,
    *,
    saving: bool,
    again: Callable[[], None],
    on_save: Any,
    on_back: Any,
) -> ft.BottomSheet:
    """`again` draws the sheet anew after a choice on it."""
    t = app.texts.t
    plan = preview(app.phone, form.draft(app))
    rows: list[ft.Control] = [
        caption(t("You receive from")),
        ft.Text(app.phone.portfolio.customer_name(form.customer), size=18, weight=ft.FontWeight.W_600),
        ft.Text(
            money(app, form.paid), size=34, weight=ft.FontWeight.W_700, color=ft.Colors.PRIMARY, max_lines=1
        ),
    ]
    offers: list[ft.Control] = []
    rows += [line(method_name(app, each.method), money(app, each.amount)) for each in form.lines]
    if isinstance(plan, AllocationPlan):
        rows.append(ft.Divider(height=1))
        rows += [
            line(t("Invoice {number}", number=each.invoice), money(app, each.amount))
            for each in plan.allocations
        ]
        if plan.on_account:
            rows.append(line(t("Left on account"), money(app, plan.on_account)))
        offers = [difference(app, form, each, again) for each in form.differences(app, plan)]
    rows.append(caption(t("Once recorded, the receipt has a number and can't be changed.")))
    listing: ft.Control = ft.Column(rows, spacing=8, tight=True)
    if len(rows) > SHEET_ROWS:
        listing = ft.Container(ft.Column(rows, spacing=8, scroll=ft.ScrollMode.AUTO), height=SHEET_HEIGHT)
    # One below the other: the amount is never cut off, and the thumb does not press the wrong one.
    buttons = ft.Column(
        [
            secondary("receipt-correct", t("Correct"), on_back, disabled=saving, height=TOUCH_TARGET),
            primary(
                "receipt-confirm", t("Confirm {amount}", amount=money(app, form.paid)), on_save, busy=saving
            ),
        ],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip
    return ft.BottomSheet(
        ft.Container(
            ft.Column(
                [listing, *offers, buttons],
                spacing=GAP,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=ft.Padding.only(left=EDGE + 4, right=EDGE + 4, bottom=20, top=4),
        ),
        show_drag_handle=True,
        scrollable=True,
        on_dismiss=on_back,
    )


def difference(app: Window, form: ReceiptForm, rest: Allocation, again: Callable[[], None]) -> ft.Control:
    """The offer to give up what little remains of an invoice; a second press takes it back."""
    t = app.texts.t

    def toggle(_event: Any) -> None:
        form.toggle_write_off(rest)
        again()

    chosen = rest in form.write_offs
    left = t("Invoice {number}: settled", number=rest.invoice)
    if not chosen:
        left = t("Invoice {number}: {amount} stays open", number=rest.invoice, amount=money(app, rest.amount))
    return choice(
        f"receipt-write-off-{rest.invoice}",
        t("Write off the difference of {amount}", amount=money(app, rest.amount)),
        selected=chosen,
        on_select=toggle,
        detail=left,
    )
