"""Promesa: how much, on which invoices, by when. All that is overdue is proposed for the next working day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.claims import promise
from flet_app.collector.customer_claims import TERMS, judged_promises
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.claim_form import use_claim
from flet_app.collector.views.form_parts import (
    below,
    day_choice,
    leave_saying,
    remaining,
    told,
    use_recording,
)
from flet_app.collector.views.today import money
from flet_app.components.figures import caption, line
from flet_app.components.inputs import amount_field, primary
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card, section
from receivables.compliance import Holidays
from receivables.dates import add_business_days
from receivables.invoices import OpenItem
from receivables.promises import PromiseState

PROPOSED = ((1, "Tomorrow"), (3, "In 3 days"), (7, "In a week"), (TERMS.horizon_days, "In 15 days"))
FIELDS = frozenset({"amount", "promised_on"})

TOLD = (
    (PromiseState.PENDING, "{count} pending promise", "{count} pending promises"),
    (PromiseState.KEPT, "{count} promise kept", "{count} promises kept"),
    (PromiseState.BROKEN, "{count} promise broken", "{count} promises broken"),
)


@ft.component
def PromiseEntry() -> ft.View:
    app = use_app()
    t, today = app.texts.t, app.phone.today()
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    form = use_claim(app, code, proposed=lambda items: claimable(items, today))
    on, set_on = ft.use_state(next_working_day(app))

    async def action() -> Any:
        return form.flaws or await promise(
            app.phone, code, invoices=form.chosen, amount=form.money, promised_on=on
        )

    def done(fact: Json) -> None:
        amount = app.texts.money(fact["amount"], fact["currency"])
        leave_saying(app, route, t("Promise saved: {amount}", amount=amount))

    problems, saving, save = use_recording(action, done)
    rows: list[ft.Control] = [
        standing_card(app, code),
        amount_field(
            "promise-amount", t("Promised amount"), form.amount, symbol=form.symbol,
            error=told(app, problems, "amount"), size=28,
        ),
        section(t("Pays on")),
        day_choice(app, "promise-day", on, set_on, PROPOSED, first=today, days=TERMS.horizon_days),
        *below(app, problems, "promised_on"),
        section(t("For these invoices")),
        form.ticks(),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return form.screen(
        route=route, title=t("Promise to pay"), rows=rows,
        save=primary("promise-save", t("Save promise"), save, busy=saving), problems=problems,
    )  # fmt: skip


def claimable(items: Sequence[OpenItem], on: date) -> Iterable[str]:
    """What is overdue and not disputed; where nothing is, all that is not disputed."""
    undisputed = [item for item in items if not item.disputed]
    return [item.invoice for item in undisputed if item.due_on < on] or [each.invoice for each in undisputed]


def next_working_day(app: Window) -> date:
    """The first day on which the customer's bank is open, as far as a promise may reach."""
    today = app.phone.today()
    holidays = Holidays.from_documents(app.phone.portfolio.holidays.values())
    day = add_business_days(today, 1, holidays=frozenset(holidays.names))
    return min(day, today + timedelta(days=TERMS.horizon_days))


def standing_card(app: Window, code: str) -> ft.Control:
    """What one has to know to agree: how much is overdue, for how long, and what earlier words were worth."""
    t, n, on = app.texts.t, app.texts.n, app.phone.today()
    sums = figures.totals(app.phone.portfolio, code, on=on)
    rows = [line(t("To collect"), money(app, sums.balance))]
    if sums.overdue:
        late = n("{count} day late", "{count} days late", sums.oldest_days_past_due)
        color = tone_color(Tone.LATE, app.palette)
        rows.insert(0, line(t("Overdue"), money(app, sums.overdue), strong=True, color=color, note=late))
    counts = Counter(status.state for _promise, status in judged_promises(app.phone.portfolio, code, on=on))
    earlier = [n(one, many, counts[state]) for state, one, many in TOLD if counts[state]]
    if earlier:
        rows.append(caption(", ".join(earlier)))
    return card(ft.Column(rows, spacing=8, tight=True))
