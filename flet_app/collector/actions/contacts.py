"""Calling and writing to a customer: the phone's own apps do it, the fact is recorded here."""

from __future__ import annotations

from collections.abc import Collection

from flet_app.collector.actions.authorship import record
from flet_app.collector.contact_rules import decide
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from receivables.compliance import Channel
from receivables.consents import consent_text, plan_consent
from receivables.contact_attempts import plan_answer, plan_attempt
from receivables.documents import Author, Json
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


async def record_consent(
    phone: Phone,
    customer: str,
    *,
    contact: str,
    channels: Collection[Channel],
    given: bool,
    language: str,
    strokes: list[list[float]],
) -> Json | list[Problem]:
    """Record that the person `contact` gave or withdrew the channels, to the text shown in `language`.

    It counts on this phone from now on, and everywhere once it has arrived.
    """

    def plan(portfolio: Portfolio, author: Author) -> Json | list[Problem]:
        version, text = consent_text(portfolio.company, language)
        return plan_consent(
            customer=customer, contact=contact, channels=channels, given=given, version=version, text=text,
            strokes=strokes, author=author,
        )  # fmt: skip

    return await record(phone, plan)


async def record_answer(phone: Phone, attempt: Json) -> None:
    """Record that the customer answered it."""
    await record(phone, lambda _portfolio, author: plan_answer(attempt, author=author))
