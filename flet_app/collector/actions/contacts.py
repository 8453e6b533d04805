"""Calling and writing to a customer: the phone's own apps do it, the fact is recorded here."""

from __future__ import annotations

from flet_app.collector.actions.authorship import record
from flet_app.collector.contact_rules import decide
from flet_app.collector.phone import Phone
from receivables.compliance import Channel
from receivables.contact_attempts import plan_answer, plan_attempt
from receivables.documents import Json
from receivables.validation import Problem


async def record_attempt(
    phone: Phone, customer: str, channel: Channel, *, exception: str | None = None
) -> Json | list[Problem]:
    """Record that a call or message was begun; problems where the rules of contact forbid it."""
    return await record(
        phone,
        lambda portfolio, author: plan_attempt(
            customer=customer,
            channel=channel,
            decision=decide(portfolio, customer, channel, author.now, zone=author.zone),
            exception=exception,
            author=author,
        ),
    )


async def record_answer(phone: Phone, attempt: Json) -> None:
    """Record that the customer answered it."""
    await record(phone, lambda _portfolio, author: plan_answer(attempt, author=author))
