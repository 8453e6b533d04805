"""The two steps of a receipt: the amount with its invoices, and the means of payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.state import Window
from flet_app.collector.views.cheque_photo import cheque_photo
from flet_app.collector.views.chrome import scroll
from flet_app.collector.views.due import due_words
from flet_app.collector.views.payment_lines import method_chips, payment_line_card
from flet_app.collector.views.receipt_form import CHOOSE, OLDEST, ReceiptForm
from flet_app.collector.views.today import money
from flet_app.collector.views.voucher_file import voucher_part
from flet_app.components.figures import amount, caption, line
from flet_app.components.handlers import calling
from flet_app.components.inputs import amount_field, segments
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import notice, section, stacked
from flet_app.theme import EDGE
from receivables.allocation import AllocationPlan
from receivables.cash import CashState, cash_state
from receivables.invoices import OpenItem
from receivables.messages import sentence
from receivables.money import Money
from receivables.validation import Problem

Problems = tuple[Problem, ...]


def amount_step(
    app: Window, form: ReceiptForm, items: list[OpenItem], problems: Problems, *, again: Callable[[], None]
) -> ft.Control:
    t = app.texts.t

    def typed(text: str) -> None:
        form.type_amount(app, text)
        again()

    def choose_mode(mode: str) -> None:
        form.choose_mode(app, mode)
        again()

    def toggle(number: str) -> None:
        form.toggle(app, items, number)
        again()

    plan = form.plan(app)
    applied: dict[str, Money] = {}
    if isinstance(plan, AllocationPlan):
        applied = {each.invoice: each.amount for each in plan.allocations}
    rows: list[ft.Control] = [
        amount_field(
            "receipt-amount",
            t("To collect now"),
            form.amount_text,
            on_change=typed,
            symbol=app.texts.symbol(form.currency),
            error=next((sentence(each, locale=app.texts.locale) for each in problems), None),
            size=28,
        ),
        segments(
            [
                ("receipt-mode-oldest", OLDEST, t("Oldest first")),
                ("receipt-mode-choose", CHOOSE, t("Choose")),
            ],
            selected=form.mode,
            on_select=choose_mode,
        ),
        stacked([invoice_row(app, item, applied.get(item.invoice), form, toggle) for item in items]),
    ]
    if isinstance(plan, AllocationPlan) and form.amount:
        rows += outcome_of(app, plan, items)
    return scroll(rows)


def applied_at_a_glance(app: Window, plan: AllocationPlan, amount: Money) -> ft.Control:
    """How many invoices the amount pays, above the button: a long list hides its own end."""
    words = app.texts.n("{count} invoice", "{count} invoices", len(plan.allocations))
    if plan.on_account:
        rest = money(app, plan.on_account)
        words = f"{words} · {app.texts.t('Left on account')} {rest}"
    return line(words, money(app, amount), strong=True)


def outcome_of(app: Window, plan: AllocationPlan, items: list[OpenItem]) -> list[ft.Control]:
    """What the payment leaves behind: applied, on account, still open."""
    t, zero = app.texts.t, Money.zero(plan.on_account.currency)
    applied = {each.invoice: each.amount for each in plan.allocations}
    rest = sum((item.open - applied[item.invoice] for item in items if item.invoice in applied), zero)
    rows: list[ft.Control] = [
        section(t("How it is applied")),
        line(t("Applied to invoices"), money(app, sum(applied.values(), zero)), strong=True),
    ]
    if plan.on_account:
        rows.append(line(t("Left on account"), money(app, plan.on_account)))
    return [*rows, line(t("Still open on them"), money(app, rest))]


def invoice_row(
    app: Window, item: OpenItem, applied: Money | None, form: ReceiptForm, toggle: Callable[[str], None]
) -> ft.Control:
    words, tone = due_words(app, item, app.phone.today())
    choosing = form.mode == CHOOSE
    picked = item.invoice in form.chosen if choosing else applied is not None
    sign = ft.Icons.CHECK_BOX if picked else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    weight = ft.FontWeight.W_600 if picked else ft.FontWeight.W_400
    figure: list[ft.Control] = [
        amount(money(app, applied if applied is not None else item.open), weight=weight)
    ]
    if applied is not None and applied != item.open:
        figure.append(caption(app.texts.t("of {amount}", amount=money(app, item.open))))
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
                            ft.Text(item.invoice, size=15, weight=weight),
                            ft.Text(words, size=13, color=tone_color(tone, app.palette)),
                        ],
                        spacing=1, tight=True, expand=True,
                    ),
                    ft.Column(
                        figure, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END
                    ),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=12, vertical=10),
            ink=choosing,
            on_click=calling(toggle, item.invoice) if choosing else None,
        ),
    )  # fmt: skip


def lines_step(
    app: Window,
    form: ReceiptForm,
    problems: Problems,
    *,
    again: Callable[[], None],
    forget: Callable[[Any], None],
) -> ft.Control:
    """`forget` drops the problems of lines that are no longer what they were about."""
    missing = form.missing

    def use_method(method: str) -> None:
        form.use_method(app, method)
        forget(None)
        again()

    def remove(index: int) -> None:
        form.remove_line(app, index)
        forget(None)
        again()

    rows: list[ft.Control] = near_the_limit(app, form)
    current = form.lines[-1].method if form.lines and missing.minor <= 0 else None
    rows.append(method_chips(app, selected=current, on_select=use_method))
    rows += voucher_part(app, form, again=again)
    several = len(form.lines) > 1
    rows += [
        payment_line_card(
            app,
            each,
            index,
            [problem for problem in problems if problem.field.startswith(f"payments.{index}")],
            again=again,
            on_remove=calling(remove, index) if several else None,
            more=cheque_photo(app, form, index, problems, forget=forget),
        )
        for index, each in enumerate(form.lines)
    ]
    rows += [
        notice(
            sentence(problem, locale=app.texts.locale),
            app.palette,
            tone=Tone.LATE,
            icon=ft.Icons.ERROR_OUTLINE,
            identifier="receipt-problem",
        )
        for problem in problems
        if not problem.field.startswith("payments.")
    ]
    return scroll(rows)


def near_the_limit(app: Window, form: ReceiptForm) -> list[ft.Control]:
    """A word in time, while other means of payment can still be chosen."""
    limit, after = policy_of(app.phone.portfolio).cash_limit, form.cash_after(app)
    if limit is None or after is None or after > limit or cash_state(after, limit) is CashState.FREE:
        return []
    words = app.texts.t(
        "With this you hold {amount} in cash; the limit is {limit}. Make a deposit soon.",
        amount=money(app, after), limit=money(app, limit),
    )  # fmt: skip
    return [notice(words, app.palette, identifier="receipt-cash-near")]


def covered(app: Window, form: ReceiptForm) -> ft.Control:
    """What is to be collected and whether the lines cover it; it stays in sight while they are filled in."""
    rows = [line(app.texts.t("To collect now"), money(app, form.amount), strong=True)]
    return ft.Container(
        ft.Column([*rows, coverage(app, form.missing)], spacing=2, tight=True),
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=4, bottom=8),
    )


def coverage(app: Window, missing: Money) -> ft.Control:
    """Whether the lines cover the amount, and what to do when they don't."""
    t = app.texts.t
    if missing.minor > 0:
        color = tone_color(Tone.WAITING, app.palette)
        words = t("{amount} is missing: choose how it is paid", amount=money(app, missing))
        return ft.Text(words, size=15, color=color, weight=ft.FontWeight.W_600)
    if missing.minor < 0:
        color = tone_color(Tone.WAITING, app.palette)
        return line(t("More than was to be collected"), money(app, -missing), color=color)
    color = tone_color(Tone.SETTLED, app.palette)
    return ft.Row(
        [
            ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=18, color=color),
            ft.Text(t("The payment is complete"), size=14, color=color),
        ],
        spacing=6,
    )
