"""Promesa: how much, on which invoices, by when. All that is overdue is proposed for the next days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.claims import promise
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import (
    below,
    day_choice,
    invoice_ticks,
    remaining,
    told,
    use_recording,
)
from flet_app.components.handlers import use_kept
from flet_app.components.inputs import Typed, amount_field, bottom_bar, primary
from flet_app.components.surfaces import empty, section
from receivables.invoices import OpenItem
from receivables.money import Money

PROPOSED = ((1, "Tomorrow"), (3, "In 3 days"), (7, "In a week"), (15, "In 15 days"))
FIELDS = frozenset({"amount", "promised_on"})


class Promised:
    """The invoices that a customer speaks of and the amount, proposed and never forced."""

    def __init__(self, app: Window, items: list[OpenItem], currency: str) -> None:
        on = app.phone.today()
        claimable = [item for item in items if not item.disputed]
        late = [item.invoice for item in claimable if item.due_on < on]
        self.chosen = late or [item.invoice for item in claimable]
        self.amount = Typed("")
        self.propose(app, items, currency)

    def toggle(self, app: Window, items: list[OpenItem], currency: str, number: str) -> None:
        others = [each for each in self.chosen if each != number]
        self.chosen = others if number in self.chosen else [*others, number]
        self.propose(app, items, currency)

    def propose(self, app: Window, items: list[OpenItem], currency: str) -> None:
        open_ = sum((item.open for item in items if item.invoice in self.chosen), Money.zero(currency))
        self.amount.set(app.texts.amount_text(open_.minor, currency) if open_ else "")


@ft.component
def PromiseEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    items = figures.open_items(app.phone.portfolio, code)
    currency = items[0].open.currency if items else app.phone.portfolio.currency
    form = use_kept(lambda: Promised(app, items, currency))
    on, set_on = ft.use_state(app.phone.today() + timedelta(days=PROPOSED[1][0]))
    _turn, set_turn = ft.use_state(0)

    def toggle(number: str) -> None:
        form.toggle(app, items, currency, number)
        set_turn(lambda before: before + 1)

    async def action() -> Any:
        minor = app.texts.parse_amount(form.amount.value, currency) or 0
        return await promise(
            app.phone, code, invoices=form.chosen, amount=Money(minor, currency), promised_on=on
        )

    def done(fact: Json) -> None:
        app.page.navigate(route.rsplit("/", 1)[0])
        app.say(t("Promise saved: {amount}", amount=app.texts.money(fact["amount"], fact["currency"])))

    problems, saving, save = use_recording(action, done)
    name = app.phone.portfolio.customer_name(code)
    if not items:
        body: ft.Control = scroll([empty(ft.Icons.CHECK_CIRCLE_OUTLINE, t("This customer owes nothing."))])
        return screen(app, route=route, title=t("Promise to pay"), subtitle=name, body=body)
    rows: list[ft.Control] = [
        amount_field(
            "promise-amount", t("Promised amount"), form.amount, symbol=app.texts.symbol(currency),
            error=told(app, problems, "amount"), size=28,
        ),
        section(t("Pays on")),
        day_choice(app, "promise-day", on, set_on, PROPOSED, days=60),
        *below(app, problems, "promised_on"),
        section(t("For these invoices")),
        invoice_ticks(app, items, form.chosen, toggle),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Promise to pay"), subtitle=name, body=scroll(rows),
        bottom=bottom_bar(primary("promise-save", t("Save promise"), save, busy=saving)),
    )  # fmt: skip
