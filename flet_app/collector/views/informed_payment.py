"""Pago informado: the customer says that it is paid already; the office looks for it at the bank."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.claims import informed_payment
from flet_app.collector.portfolio import Json
from flet_app.collector.state import use_app
from flet_app.collector.views.claim_form import use_claim
from flet_app.collector.views.form_parts import (
    below,
    day_choice,
    leave_saying,
    remaining,
    told,
    use_recording,
)
from flet_app.components.inputs import amount_field, field, primary, use_typed
from flet_app.components.surfaces import section

PROPOSED = ((0, "Today"), (-1, "Yesterday"))
FIELDS = frozenset({"amount", "paid_on", "bank", "reference", "text"})


@ft.component
def InformedPaymentEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    form = use_claim(app, code)
    on, set_on = ft.use_state(app.phone.today())
    bank, reference, text = use_typed(), use_typed(), use_typed()

    async def action() -> Any:
        return form.flaws or await informed_payment(
            app.phone, code, invoices=form.chosen, amount=form.money, paid_on=on, bank=bank.value,
            reference=reference.value, text=text.value,
        )  # fmt: skip

    def done(fact: Json) -> None:
        amount = app.texts.money(fact["amount"], fact["currency"])
        leave_saying(app, route, t("Informed payment saved: {amount}", amount=amount))

    problems, saving, save = use_recording(action, done)
    rows: list[ft.Control] = [
        section(t("Which invoices the customer paid")),
        form.ticks(),
        amount_field(
            "informed-amount", t("Amount paid"), form.amount, symbol=form.symbol,
            error=told(app, problems, "amount"), helper=t("The balance changes when the office confirms it."),
        ),
        section(t("Paid on")),
        day_choice(app, "informed-day", on, set_on, PROPOSED, last=app.phone.today(), days=120),
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
    return form.screen(
        route=route, title=t("Informed payment"), rows=rows,
        save=primary("informed-save", t("Save informed payment"), save, busy=saving), problems=problems,
    )  # fmt: skip
