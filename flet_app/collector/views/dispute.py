"""Reclamo: which invoice, why, how much of it. That part waits for the office; the rest is still owed."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.claims import dispute
from flet_app.collector.portfolio import Json
from flet_app.collector.state import use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import below, invoice_ticks, remaining, told, use_recording
from flet_app.collector.views.records import DISPUTE_WORDS
from flet_app.components.handlers import calling
from flet_app.components.inputs import (
    amount_field,
    bottom_bar,
    choice,
    choices,
    field,
    primary,
    use_typed,
)
from flet_app.components.surfaces import empty, section
from receivables.claims import DISPUTE_REASONS
from receivables.money import Money

FIELDS = frozenset({"amount", "invoice", "reason", "text"})


@ft.component
def DisputeEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    items = figures.open_items(app.phone.portfolio, code)
    currency = items[0].open.currency if items else app.phone.portfolio.currency
    invoice, set_invoice = ft.use_state("")
    reason, set_reason = ft.use_state("")
    amount_text, text = use_typed(), use_typed()

    def choose(number: str) -> None:
        open_ = next(item.open for item in items if item.invoice == number)
        amount_text.set(app.texts.amount_text(open_.minor, open_.currency))
        set_invoice(number)

    async def action() -> Any:
        minor = app.texts.parse_amount(amount_text.value, currency) or 0
        return await dispute(
            app.phone, code, invoice=invoice, reason=reason, amount=Money(minor, currency), text=text.value
        )

    def done(fact: Json) -> None:
        app.page.navigate(route.rsplit("/", 1)[0])
        app.say(t("Dispute saved: {amount}", amount=app.texts.money(fact["amount"], fact["currency"])))

    problems, saving, save = use_recording(action, done)
    name = app.phone.portfolio.customer_name(code)
    if not items:
        body: ft.Control = scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("This customer owes nothing."))])
        return screen(app, route=route, title=t("Dispute"), subtitle=name, body=body)
    rows: list[ft.Control] = [
        section(t("Which invoice")),
        invoice_ticks(app, items, [invoice], choose, single=True),
        *below(app, problems, "invoice"),
        section(t("Why")),
        choices([
            choice(
                f"dispute-{each}", t(DISPUTE_WORDS[each]), selected=reason == each,
                on_select=calling(set_reason, each),
            )
            for each in DISPUTE_REASONS
        ]),
        *below(app, problems, "reason"),
        amount_field(
            "dispute-amount", t("Disputed amount"), amount_text, symbol=app.texts.symbol(currency),
            error=told(app, problems, "amount"),
            helper=t("The rest of the invoice is still collected."),
        ),
        field(
            "dispute-text", t("In the customer's words"), text, error=told(app, problems, "text"),
            multiline=True, min_lines=2, max_lines=5, capitalization=ft.TextCapitalization.SENTENCES,
        ),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Dispute"), subtitle=name, body=scroll(rows),
        bottom=bottom_bar(primary("dispute-save", t("Save dispute"), save, busy=saving)),
    )  # fmt: skip
