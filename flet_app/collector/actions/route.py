"""The collector's own changes of a day's route."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from flet_app.collector.actions.authorship import record, record_all
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from receivables.documents import Author, Json
from receivables.planned_stops import moves_to, plan_stop
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


async def put_in_order(phone: Phone, wanted: Sequence[str], *, on: date) -> list[Problem]:
    """Bring the route of `on` into the order `wanted` with as few changes as possible, all or none.

    Raise ValueError where the route has other stops by now.
    """
    moves = moves_to(phone.portfolio.route(on), wanted)
    return await record_all(phone, [partial(_move, customer, position, on) for customer, position in moves])


def _move(
    customer: str, position: int, on: date, portfolio: Portfolio, author: Author
) -> Json | list[Problem]:
    return plan_stop(
        portfolio.route(on),
        customer=customer,
        change="move",
        position=position,
        route_on=on,
        author=author,
    )
