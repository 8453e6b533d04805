"""Pago informado: the customer says that it is paid already; the office looks for it at the bank."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.claims import informed_payment
from flet_app.collector.portfolio import Json
from flet_app.collector.state import use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import (
    below,
    day_choice,
    invoice_ticks,
    remaining,
    told,
    use_recording,
)
from flet_app.components.inputs import amount_field, bottom_bar, field, primary, use_typed
from flet_app.components.surfaces import empty, section
from receivables.money import Money

PROPOSED = ((0, "Today"), (-1, "Yesterday"))
FIELDS = frozenset({"amount", "paid_on", "bank", "reference", "text"})


@ft.component
def InformedPaymentEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    items = figures.open_items(app.phone.portfolio, code)
    currency = items[0].open.currency if items else app.phone.portfolio.currency
    chosen, set_chosen = ft.use_state(tuple[str, ...]())
    on, set_on = ft.use_state(app.phone.today())
    amount_text, bank, reference, text = use_typed(), use_typed(), use_typed(), use_typed()

    def toggle(number: str) -> None:
        others = tuple(each for each in chosen if each != number)
        now = others if number in chosen else (*others, number)
        open_ = sum((item.open for item in items if item.invoice in now), Money.zero(currency))
        amount_text.set(app.texts.amount_text(open_.minor, currency) if open_ else "")
        set_chosen(now)

    async def action() -> Any:
        minor = app.texts.parse_amount(amount_text.value, currency) or 0
        return await informed_payment(
            app.phone, code, invoices=chosen, amount=Money(minor, currency), paid_on=on, bank=bank.value,
            reference=reference.value, text=text.value,
        )  # fmt: skip

    def done(fact: Json) -> None:
        app.page.navigate(route.rsplit("/", 1)[0])
        app.say(t("Informed payment saved: {amount}", amount=app.texts.money(fact["amount"], currency)))

    problems, saving, save = use_recording(action, done)
    name = app.phone.portfolio.customer_name(code)
    if not items:
        body: ft.Control = scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("This customer owes nothing."))])
        return screen(app, route=route, title=t("Informed payment"), subtitle=name, body=body)
    rows: list[ft.Control] = [
        section(t("Which invoices the customer paid")),
        invoice_ticks(app, items, chosen, toggle),
        amount_field(
            "informed-amount", t("Amount paid"), amount_text, symbol=app.texts.symbol(currency),
            error=told(app, problems, "amount"), helper=t("The balance changes when the office confirms it."),
        ),
        section(t("Paid on")),
        day_choice(app, "informed-day", on, set_on, PROPOSED, days=120),
        *below(app, problems, "paid_on"),
        field("informed-bank", t("Bank or place"), bank, error=told(app, problems, "bank"), dense=True),
        field(
            "informed-reference", t("Reference"), reference, error=told(app, problems, "reference"),
            dense=True,
        ),
        field(
            "informed-text", t("Comment"), text, error=told(app, problems, "text"), multiline=True,
            max_lines=4, capitalization=ft.TextCapitalization.SENTENCES,
        ),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Informed payment"), subtitle=name, body=scroll(rows),
        bottom=bottom_bar(primary("informed-save", t("Save informed payment"), save, busy=saving)),
    )  # fmt: skip
