"""Cobro: how much, on which invoices, by which means, one confirmation. Four taps when nothing is out of the ordinary."""

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
from flet_app.collector.views.customer import due_words
from flet_app.collector.views.payment_lines import LineDraft, method_chips, payment_line_card
from flet_app.collector.views.records import method_name
from flet_app.collector.views.today import money
from flet_app.components.figures import amount, caption, line
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import (
    Typed,
    amount_field,
    bottom_bar,
    primary,
    secondary,
    segments,
    use_typed,
)
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import empty, notice, section, stacked
from flet_app.theme import EDGE, GAP, TOUCH_TARGET
from receivables.allocation import AllocationPlan
from receivables.invoices import OpenItem
from receivables.messages import sentence
from receivables.money import Money
from receivables.receipts import PaymentLine, ReceiptDraft
from receivables.validation import Problem

SHEET_ROWS, SHEET_HEIGHT = 11, 440  # a longer confirmation scrolls above its buttons
OLDEST, CHOOSE = "oldest", "choose"
ABOUT_LINES = frozenset(
    {"cash_over_cap"}
)  # said when the means of payment are chosen, not while the amount is


class Entry:
    """What the collector has entered so far, kept while the screen lives."""

    def __init__(self, proposal: Money) -> None:
        self.currency = proposal.currency
        self.mode = OLDEST
        self.chosen: list[str] = []
        self.amount = Money.zero(proposal.currency)
        self.lines: list[LineDraft] = []
        self.place: Json | None = None
        self.propose(proposal)

    def propose(self, value: Money) -> None:
        self.amount = value

    @property
    def paid(self) -> Money:
        return sum((each.amount for each in self.lines), Money.zero(self.currency))

    def draft(self, customer: str, visit: str | None, *, lines: tuple[PaymentLine, ...]) -> ReceiptDraft:
        chosen = tuple(self.chosen) if self.mode == CHOOSE else None
        return ReceiptDraft(
            customer=customer, currency=self.currency, visit=visit, payments=lines, chosen=chosen
        )


@ft.component
def ReceiptEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    step, set_step = ft.use_state(1)
    confirming, set_confirming = ft.use_state(False)
    saving, set_saving = ft.use_state(False)
    problems, set_problems = ft.use_state(tuple[Problem, ...]())
    _turn, set_turn = ft.use_state(0)
    items = figures.open_items(app.phone.portfolio, code)
    entry = use_kept(lambda: Entry(proposal(app, code)))
    typed = use_typed(app.texts.amount_text(entry.amount.minor, entry.currency) if entry.amount else "")
    visit = app.phone.portfolio.open_visit()
    visit_id = visit["_id"] if visit and visit["customer"] == code else None

    async def locate() -> None:
        entry.place = await app.position()

    ft.use_effect(locate, dependencies=[])

    def again() -> None:
        set_turn(lambda before: before + 1)

    def cash() -> tuple[PaymentLine, ...]:
        return (PaymentLine("cash", entry.amount),)

    def lines() -> tuple[PaymentLine, ...]:
        return tuple(each.payment() for each in entry.lines)

    def go_on(_event: Any) -> None:
        plan = preview(app.phone, entry.draft(code, visit_id, lines=cash()))
        found = [each for each in plan if each.code not in ABOUT_LINES] if isinstance(plan, list) else []
        if app.texts.parse_amount(typed.value, entry.currency) is None:
            found = [Problem("amount_not_positive", "amount")]
        set_problems(tuple(found))
        if found:
            return
        if entry.paid != entry.amount:
            entry.lines = [LineDraft.of(app, "cash", entry.amount)]
        set_step(2)

    def review(_event: Any) -> None:
        plan = preview(app.phone, entry.draft(code, visit_id, lines=lines()))
        set_problems(tuple(plan) if isinstance(plan, list) else ())
        if not isinstance(plan, list):
            set_confirming(True)

    async def save(_event: Any) -> None:
        set_saving(True)
        result = await save_receipt(app.phone, entry.draft(code, visit_id, lines=lines()), place=entry.place)
        set_saving(False)
        set_confirming(False)
        if isinstance(result, list):
            set_problems(tuple(result))
        else:
            await asyncio.sleep(0.2)  # the sheet is closed before the screen under it goes
            app.page.navigate(f"{app.tab().rstrip('/')}/recibo/{result['number']}")

    def back(_event: Any) -> None:
        set_problems(())
        set_step(1)

    sheet = None
    if confirming:
        sheet = confirmation(
            app, code, entry, saving=saving, on_save=save, on_back=lambda _event: set_confirming(False)
        )
    ft.use_dialog(sheet)

    name = app.phone.portfolio.customer_name(code)
    title = t("Payment ({step} of 2)", step=step)
    if not items and not entry.amount:
        body: ft.Control = scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("This customer owes nothing."))])
        return screen(app, route=route, title=title, subtitle=name, body=body, banner=False)
    if step == 1:
        body = amount_step(app, entry, typed, items, code, visit_id, problems, again=again)
        bottom = bottom_bar(primary("receipt-continue", t("Continue"), go_on))
    else:
        body = lines_step(app, entry, problems, again=again)
        bottom = bottom_bar(
            secondary("receipt-back", t("Back"), back, expand=1),
            primary(
                "receipt-register", t("Record {amount}", amount=money(app, entry.paid)), review, expand=2
            ),
        )
    return screen(app, route=route, title=title, subtitle=name, body=body, bottom=bottom, banner=False)


def proposal(app: Window, code: str) -> Money:
    """What is overdue, else all that is open; a suggestion, never forced."""
    sums = figures.totals(app.phone.portfolio, code, on=app.phone.today())
    return sums.overdue if sums.overdue else sums.balance


def amount_step(
    app: Window,
    entry: Entry,
    typed: Typed,
    items: list[OpenItem],
    code: str,
    visit_id: str | None,
    problems: tuple[Problem, ...],
    *,
    again: Callable[[], None],
) -> ft.Control:
    t = app.texts.t

    def amount_changed(text: str) -> None:
        minor = app.texts.parse_amount(text, entry.currency)
        entry.propose(Money(minor or 0, entry.currency))
        again()

    def choose_mode(mode: str) -> None:
        entry.mode = mode
        if mode == CHOOSE and not entry.chosen:
            plan = preview(app.phone, entry.draft(code, visit_id, lines=(PaymentLine("cash", entry.amount),)))
            entry.chosen = (
                [each.invoice for each in plan.allocations] if isinstance(plan, AllocationPlan) else []
            )
            oldest = [item.invoice for item in items if item.due_on < app.phone.today()]
            entry.chosen = entry.chosen or oldest
        again()

    def toggle(number: str) -> None:
        entry.chosen = [each for each in entry.chosen if each != number] + (
            [] if number in entry.chosen else [number]
        )
        picked = sum(
            (item.open for item in items if item.invoice in entry.chosen), Money.zero(entry.currency)
        )
        entry.propose(picked)
        typed.set(app.texts.amount_text(picked.minor, entry.currency))
        again()

    plan = preview(app.phone, entry.draft(code, visit_id, lines=(PaymentLine("cash", entry.amount),)))
    applied = (
        {each.invoice: each.amount for each in plan.allocations} if isinstance(plan, AllocationPlan) else {}
    )
    error = next((sentence(each, locale=app.texts.locale) for each in problems), None)
    rows: list[ft.Control] = [
        amount_field(
            "receipt-amount", t("To collect now"), typed, on_change=amount_changed,
            symbol=app.texts.symbol(entry.currency), error=error, size=28,
        ),
        segments(
            [("receipt-mode-oldest", OLDEST, t("Oldest first")), ("receipt-mode-choose", CHOOSE, t("Choose"))],
            selected=entry.mode,
            on_select=choose_mode,
        ),
        stacked([
            invoice_row(app, item, applied.get(item.invoice), entry, toggle) for item in items
        ]),
    ]  # fmt: skip
    if isinstance(plan, AllocationPlan) and entry.amount:
        total = sum(applied.values(), Money.zero(entry.currency))
        rows.append(section(t("How it is applied")))
        rows.append(line(t("Applied to invoices"), money(app, total), strong=True))
        if plan.on_account:
            rows.append(line(t("Left on account"), money(app, plan.on_account)))
        rest = sum((item.open - applied[item.invoice] for item in items if item.invoice in applied),
                   Money.zero(entry.currency))  # fmt: skip
        rows.append(line(t("Still open on them"), money(app, rest)))
    return scroll(rows)


def invoice_row(
    app: Window, item: OpenItem, applied: Money | None, entry: Entry, toggle: Callable[[str], None]
) -> ft.Control:
    words, tone = due_words(app, item, app.phone.today())
    choosing = entry.mode == CHOOSE
    picked = item.invoice in entry.chosen if choosing else applied is not None
    sign = ft.Icons.CHECK_BOX if picked else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    figure: list[ft.Control] = [amount(money(app, applied if applied is not None else item.open))]
    if applied is not None and applied != item.open:
        figure.append(caption(app.texts.t("of {amount}", amount=money(app, item.open)), size=12))
    quiet = not choosing and not picked
    return ft.Semantics(
        identifier=f"receipt-invoice-{item.invoice}",
        button=choosing or None,
        checked=picked,
        content=ft.Container(
            ft.Row(
                [
                    ft.Icon(sign, size=24, color=ft.Colors.PRIMARY if picked else ft.Colors.OUTLINE),
                    ft.Column(
                        [
                            ft.Text(item.invoice, size=15, no_wrap=True),
                            ft.Text(words, size=12, color=tone_color(tone, app.palette)),
                        ],
                        spacing=1, tight=True, expand=True,
                    ),
                    ft.Column(
                        figure, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END
                    ),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=12, vertical=8),
            height=TOUCH_TARGET + 14,
            opacity=0.6 if quiet else 1,
            ink=choosing,
            on_click=(lambda _event: toggle(item.invoice)) if choosing else None,
        ),
    )  # fmt: skip


def lines_step(
    app: Window, entry: Entry, problems: tuple[Problem, ...], *, again: Callable[[], None]
) -> ft.Control:
    t = app.texts.t
    rest = entry.amount - entry.paid

    def use_method(method: str) -> None:
        if rest.minor > 0:
            entry.lines = [*entry.lines, LineDraft.of(app, method, rest)]
        elif entry.lines:
            last = entry.lines[-1]
            entry.lines = [*entry.lines[:-1], LineDraft.of(app, method, last.amount)]
        again()

    def remove(index: int) -> None:
        entry.lines = [each for position, each in enumerate(entry.lines) if position != index]
        again()

    settled = tone_color(Tone.SETTLED, app.palette)
    waiting = tone_color(Tone.WAITING, app.palette)
    rows: list[ft.Control] = [line(t("To collect now"), money(app, entry.amount), strong=True)]
    if rest.minor > 0:
        hint = t("{amount} is missing: choose how it is paid", amount=money(app, rest))
        rows.append(ft.Text(hint, size=15, color=waiting, weight=ft.FontWeight.W_600))
    elif rest.minor < 0:
        rows.append(line(t("More than was to be collected"), money(app, -rest), color=waiting))
    else:
        rows.append(
            ft.Row([
                ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=18, color=settled),
                ft.Text(t("The payment is complete"), size=14, color=settled),
            ], spacing=6)
        )  # fmt: skip
    current = entry.lines[-1].method if entry.lines and rest.minor <= 0 else None
    rows.append(method_chips(app, selected=current, on_select=use_method))
    rows += [
        payment_line_card(
            app, each, index, [p for p in problems if p.field.startswith(f"payments.{index}")],
            again=again, on_remove=calling(remove, index) if len(entry.lines) > 1 else None,
        )
        for index, each in enumerate(entry.lines)
    ]  # fmt: skip
    general = [p for p in problems if not p.field.startswith("payments.")]
    rows += [
        notice(
            sentence(problem, locale=app.texts.locale), app.palette, tone=Tone.LATE,
            icon=ft.Icons.ERROR_OUTLINE, identifier="receipt-problem",
        )
        for problem in general
    ]  # fmt: skip
    return scroll(rows)


def confirmation(
    app: Window, code: str, entry: Entry, *, saving: bool, on_save: Any, on_back: Any
) -> ft.BottomSheet:
    """Who, how much, how, on which invoices: said once, before it can't be changed."""
    t = app.texts.t
    visit = app.phone.portfolio.open_visit()
    payments = tuple(each.payment() for each in entry.lines)
    plan = preview(app.phone, entry.draft(code, visit["_id"] if visit else None, lines=payments))
    rows: list[ft.Control] = [
        caption(t("You receive from")),
        ft.Text(app.phone.portfolio.customer_name(code), size=18, weight=ft.FontWeight.W_600),
        ft.Text(money(app, entry.paid), size=34, weight=ft.FontWeight.W_700, color=ft.Colors.PRIMARY),
    ]
    rows += [line(method_name(app, each.method), money(app, each.amount)) for each in entry.lines]
    if isinstance(plan, AllocationPlan):
        rows.append(ft.Divider(height=1))
        rows += [
            line(t("Invoice {number}", number=each.invoice), money(app, each.amount))
            for each in plan.allocations
        ]
        if plan.on_account:
            rows.append(line(t("Left on account"), money(app, plan.on_account)))
    rows.append(caption(t("Once recorded, the receipt has a number and can't be changed.")))
    listing: ft.Control = ft.Column(rows, spacing=8, tight=True)
    if len(rows) > SHEET_ROWS:
        listing = ft.Container(ft.Column(rows, spacing=8, scroll=ft.ScrollMode.AUTO), height=SHEET_HEIGHT)
    buttons = ft.Row(
        [
            secondary("receipt-correct", t("Correct"), on_back, disabled=saving, expand=2),
            primary(
                "receipt-confirm",
                t("Confirm {amount}", amount=money(app, entry.paid)),
                on_save,
                busy=saving,
                expand=3,
            ),
        ],
        spacing=10,
    )
    return ft.BottomSheet(
        ft.Container(
            ft.Column(
                [listing, buttons],
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
