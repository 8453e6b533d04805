"""Cobro: how much, on which invoices, by which means, one confirmation.

Four taps from an open visit to a saved receipt when nothing is out of the ordinary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.receipts import preview, save_receipt
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.receipt_confirmation import confirmation
from flet_app.collector.views.receipt_form import ReceiptForm
from flet_app.collector.views.receipt_steps import amount_step, lines_step
from flet_app.collector.views.today import money
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.surfaces import empty
from receivables.validation import Problem

SHEET_CLOSES_SECONDS = 0.2  # the sheet is gone before the screen under it goes


@ft.component
def ReceiptEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    form = use_kept(lambda: ReceiptForm(app, code))
    step, set_step = ft.use_state(1)
    confirming, set_confirming = ft.use_state(False)
    saving, set_saving = ft.use_state(False)
    problems, set_problems = ft.use_state(tuple[Problem, ...]())
    _turn, set_turn = ft.use_state(0)

    def again() -> None:
        set_turn(lambda before: before + 1)

    async def locate() -> None:
        form.place = await app.position()

    def go_on(_event: Any) -> None:
        found = form.amount_problems(app)
        set_problems(tuple(found))
        if not found:
            form.begin_lines(app)
            form.show_again()
            set_step(2)

    def go_back(_event: Any) -> None:
        set_problems(())
        form.show_again()
        set_step(1)

    def review(_event: Any) -> None:
        plan = preview(app.phone, form.draft(app))
        set_problems(tuple(plan) if isinstance(plan, list) else ())
        set_confirming(not isinstance(plan, list))

    async def save(_event: Any) -> None:
        result = await record(app, form, set_saving)
        if result is None:
            return
        set_confirming(False)
        if isinstance(result, list):
            set_problems(tuple(result))
        else:
            await asyncio.sleep(SHEET_CLOSES_SECONDS)
            app.open(f"recibo/{result['number']}")

    ft.use_effect(locate, dependencies=[])
    ft.use_dialog(
        confirmation(app, form, saving=saving, on_save=save, on_back=calling(set_confirming, False))
        if confirming
        else None
    )

    items = figures.open_items(app.phone.portfolio, code)
    if not items and not form.amount:
        body: ft.Control = scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("This customer owes nothing."))])
        bottom = None
    elif step == 1:
        body = amount_step(app, form, items, problems, again=again)
        bottom = bottom_bar(primary("receipt-continue", t("Continue"), go_on))
    else:
        body = lines_step(app, form, problems, again=again, forget=calling(set_problems, ()))
        bottom = register_bar(app, form, go_back=go_back, review=review)
    return screen(
        app,
        route=ft.use_view_path(),
        title=t("Payment ({step} of 2)", step=step),
        subtitle=app.phone.portfolio.customer_name(code),
        body=body,
        bottom=bottom,
        banner=False,
    )


async def record(
    app: Window, form: ReceiptForm, set_saving: Callable[[bool], None]
) -> Json | list[Problem] | None:
    """Write the receipt; None where an earlier press is still at it.

    The button is disabled a moment later only, when the client has drawn it: a second press gets here before.
    """
    if form.is_recording:
        return None
    form.is_recording = True
    set_saving(True)
    try:
        return await save_receipt(app.phone, form.draft(app), place=form.place, form=form.id)
    finally:
        form.is_recording = False
        set_saving(False)


def register_bar(app: Window, form: ReceiptForm, *, go_back: Any, review: Any) -> ft.Control:
    words = app.texts.t("Record {amount}", amount=money(app, form.paid))
    return bottom_bar(
        secondary("receipt-back", app.texts.t("Back"), go_back, expand=1),
        primary("receipt-register", words, review, expand=2),
    )
