"""Starting and finishing a visit: checked by the rules, one fact, on disk before the screen says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flet_app.collector.actions.authorship import authorship, policy_of
from flet_app.collector.phone import Phone
from receivables.documents import Json
from receivables.validation import Problem
from receivables.visits import outcomes, plan_visit_finish, plan_visit_start

Place = Mapping[str, Any] | None


async def start_visit(phone: Phone, customer: str, *, place: Place) -> Json | list[Problem]:
    """Record that the collector is at `customer` now; problems where another visit is open."""
    store, enrolment = authorship(phone)
    async with phone.writing:
        plan = plan_visit_start(
            customer=store.portfolio.customers[customer],
            open_visit=store.portfolio.open_visit(),
            place=place,
            company=enrolment.company,
            collector=enrolment.collector,
            device=enrolment.device,
            ulid=phone.world.ulid(),
            now=phone.now(),
            zone=phone.zone,
        )
        if isinstance(plan, list):
            return plan
        await store.write(lambda transaction: transaction.put(plan))
    phone.announce()
    phone.nudge()
    return plan


async def finish_visit(
    phone: Phone,
    *,
    outcome: str | None,
    comment: str,
    next_visit_at: datetime | None,
    place: Place,
) -> Json | list[Problem]:
    """Record how the open visit ended; problems where the outcome asks for more than was given."""
    store, enrolment = authorship(phone)
    async with phone.writing:
        plan = plan_visit_finish(
            start=store.portfolio.open_visit(),
            outcome=outcome,
            comment=comment,
            next_visit_at=next_visit_at,
            catalogue=outcomes({"items": store.portfolio.catalogues.get("outcomes", [])}),
            policy=policy_of(store.portfolio),
            place=place,
            company=enrolment.company,
            collector=enrolment.collector,
            device=enrolment.device,
            ulid=phone.world.ulid(),
            now=phone.now(),
            zone=phone.zone,
        )
        if isinstance(plan, list):
            return plan
        await store.write(lambda transaction: transaction.put(plan))
    phone.announce()
    phone.nudge()
    return plan
