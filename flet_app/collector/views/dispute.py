"""Reclamo: which invoice, why, how much of it. That part waits for the office; the rest is still owed."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.claims import dispute
from flet_app.collector.portfolio import Json
from flet_app.collector.state import use_app
from flet_app.collector.views.claim_form import use_claim
from flet_app.collector.views.form_parts import below, leave_saying, remaining, told, use_recording
from flet_app.collector.views.records import DISPUTE_WORDS
from flet_app.components.handlers import calling
from flet_app.components.inputs import amount_field, choice, choices, field, primary, use_typed
from flet_app.components.surfaces import section
from receivables.claims import DISPUTE_REASONS

FIELDS = frozenset({"amount", "invoice", "reason", "text"})


@ft.component
def DisputeEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    form = use_claim(app, code, single=True)
    reason, set_reason = ft.use_state("")
    text = use_typed()

    async def action() -> Any:
        return form.flaws or await dispute(
            app.phone, code, invoice=next(iter(form.chosen), ""), reason=reason, amount=form.money,
            text=text.value,
        )  # fmt: skip

    def done(fact: Json) -> None:
        amount = app.texts.money(fact["amount"], fact["currency"])
        leave_saying(app, route, t("Dispute saved: {amount}", amount=amount))

    problems, saving, save = use_recording(action, done)
    rows: list[ft.Control] = [
        section(t("Which invoice")),
        form.ticks(),
        *below(app, problems, "invoice"),
        section(t("Why")),
        choices([
            choice(
                f"dispute-{each}", t(DISPUTE_WORDS[each]), selected=reason == each,
                on_select=calling(set_reason, each),
            )
            for each in DISPUTE_REASONS
        ], columns=2),
        *below(app, problems, "reason"),
        amount_field(
            "dispute-amount", t("Disputed amount"), form.amount, symbol=form.symbol,
            error=told(app, problems, "amount"), helper=t("The rest of the invoice is still collected."),
        ),
        field(
            "dispute-text", t("In the customer's words"), text, error=told(app, problems, "text"),
            multiline=True, min_lines=2, max_lines=5, capitalization=ft.TextCapitalization.SENTENCES,
        ),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return form.screen(
        route=route, title=t("Dispute"), rows=rows,
        save=primary("dispute-save", t("Save dispute"), save, busy=saving), problems=problems,
    )  # fmt: skip
