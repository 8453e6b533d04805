"""The collector's own changes of a day's route."""

from __future__ import annotations

from datetime import date

from flet_app.collector.actions.authorship import record
from flet_app.collector.phone import Phone
from receivables.documents import Json
from receivables.planned_stops import plan_stop
from receivables.validation import Problem


async def change_stop(
    phone: Phone, customer: str, *, change: str, on: date, position: int | None = None
) -> Json | list[Problem]:
    """`add`, `move` or `remove` a customer; `position` counts from 0, None is the end."""
    return await record(
        phone,
        lambda portfolio, author: plan_stop(
            portfolio.route(on),
            customer=customer,
            change=change,
            position=position,
            route_on=on,
            author=author,
        ),
    )
