"""Cobro: how much, on which invoices, by which means, one confirmation.

Four taps from an open visit to a saved receipt when nothing is out of the ordinary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.receipts import save_receipt
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.receipt_confirmation import confirmation
from flet_app.collector.views.receipt_form import ReceiptForm
from flet_app.collector.views.receipt_steps import (
    amount_step,
    applied_at_a_glance,
    covered,
    lines_step,
)
from flet_app.collector.views.today import money
from flet_app.components.handlers import calling, use_kept, use_press
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import empty, notice
from receivables.allocation import AllocationPlan
from receivables.validation import Problem

SHEET_CLOSES_SECONDS = 0.2  # the sheet is gone before the screen under it goes


@ft.component
def ReceiptEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    form = use_kept(lambda: ReceiptForm(app, code))
    confirming, set_confirming = ft.use_state(False)
    saving, set_saving = ft.use_state(False)
    problems, set_problems = ft.use_state(tuple[Problem, ...]())
    _turn, set_turn = ft.use_state(0)
    press = use_press()

    def again() -> None:
        form.keep()
        set_turn(lambda before: before + 1)

    def move_to(number: int) -> None:
        form.step = number
        form.show_again()
        again()

    async def begin_anew(_event: Any) -> None:
        await form.draft_of_form.forget()
        form.begin_anew(app)
        set_problems(())
        set_turn(lambda before: before + 1)

    async def locate() -> None:
        form.place = await app.position()

    def go_on(_event: Any) -> None:
        found = form.amount_problems(app)
        set_problems(tuple(found))
        if not found:
            form.begin_lines(app)
            move_to(2)

    def go_back(_event: Any) -> None:
        set_problems(())
        move_to(1)

    def review(_event: Any) -> None:
        plan = form.review(app)
        set_problems(tuple(plan) if isinstance(plan, list) else ())
        set_confirming(not isinstance(plan, list))

    @press.once
    async def save(_event: Any) -> None:
        result = await record(app, form, set_saving)
        set_confirming(False)
        if isinstance(result, list):
            set_problems(tuple(result))
        else:
            await form.draft_of_form.forget()
            await asyncio.sleep(SHEET_CLOSES_SECONDS)
            app.open(f"recibo/{result['number']}")

    ft.use_effect(locate, dependencies=[])
    ft.use_dialog(
        confirmation(
            app,
            form,
            saving=saving,
            again=again,
            on_save=save,
            on_back=calling(set_confirming, False),
        )
        if confirming
        else None
    )

    calls = Steps(again, calling(set_problems, ()), go_on, go_back, review)
    body, bottom = (first_step if form.step == 1 else second_step)(app, form, problems, calls)
    return screen(
        app,
        route=ft.use_view_path(),
        title=t("Payment ({step} of 2)", step=form.step),
        subtitle=app.phone.portfolio.customer_name(code),
        body=body,
        bottom=bottom,
        banner=False,
        head=above(app, form, begin_anew) if bottom else None,
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """What the two steps' controls call."""

    again: Callable[[], None]
    forget: Callable[..., Any]
    go_on: Callable[..., Any]
    go_back: Callable[..., Any]
    review: Callable[..., Any]


def first_step(
    app: Window, form: ReceiptForm, problems: tuple[Problem, ...], calls: Steps
) -> tuple[ft.Control, ft.Control | None]:
    t = app.texts.t
    items = figures.open_items(app.phone.portfolio, form.customer)
    if not items and not form.amount:
        return scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("This customer owes nothing."))]), None
    plan = form.plan(app)
    bar = bottom_bar(
        primary("receipt-continue", t("Continue"), calls.go_on),
        note=applied_at_a_glance(app, plan, form.amount)
        if isinstance(plan, AllocationPlan) and form.amount
        else None,
    )
    return amount_step(app, form, items, problems, again=calls.again), bar


def second_step(
    app: Window, form: ReceiptForm, problems: tuple[Problem, ...], calls: Steps
) -> tuple[ft.Control, ft.Control | None]:
    body = lines_step(app, form, problems, again=calls.again, forget=calls.forget)
    return body, register_bar(app, form, go_back=calls.go_back, review=calls.review)


def above(app: Window, form: ReceiptForm, begin_anew: Any) -> ft.Control | None:
    """What stays in sight above the form: that it was taken up again, and in the second step its sum."""
    rows = [recovered(app, begin_anew)] if form.is_recovered else []
    rows += [covered(app, form)] if form.step == 2 else []
    return ft.Column(rows, spacing=0, tight=True) if rows else None


def recovered(app: Window, begin_anew: Any) -> ft.Control:
    t = app.texts.t
    return notice(
        t("This is what you had typed before."), app.palette, tone=Tone.SAVED, icon=ft.Icons.RESTORE,
        action=t("Begin anew"), on_action=begin_anew, identifier="receipt-recovered",
    )  # fmt: skip


async def record(app: Window, form: ReceiptForm, set_saving: Callable[[bool], None]) -> Json | list[Problem]:
    set_saving(True)
    try:
        return await save_receipt(
            app.phone, form.draft(app), place=form.place, form=form.id, albums=form.albums
        )
    finally:
        set_saving(False)


def register_bar(app: Window, form: ReceiptForm, *, go_back: Any, review: Any) -> ft.Control:
    words = app.texts.t("Record {amount}", amount=money(app, form.paid))
    return bottom_bar(
        secondary("receipt-back", app.texts.t("Back"), go_back),
        primary("receipt-register", words, review, expand=True),
    )
