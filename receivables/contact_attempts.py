"""Calls and messages from the phone: recorded when they are begun, and again when somebody answered."""

from __future__ import annotations

from receivables.compliance import Channel, Decision
from receivables.documents import Author, Json
from receivables.validation import Problem


def plan_attempt(
    *,
    customer: str,
    channel: Channel,
    decision: Decision,
    exception: str | None,
    author: Author,
) -> Json | list[Problem]:
    """Return the `contact_attempt` that begins a call or message, or why the rules do not allow it."""
    if not decision.permits(exception):
        return [Problem("contact_not_allowed", "", {"codes": ", ".join(sorted(decision.codes))})]
    body = {
        "customer": customer,
        "channel": channel.value,
        "direct": False,
        "of": None,
        "contact_check": decision.to_json(exception),
    }
    return author.fact("contact_attempt", body)


def plan_answer(attempt: Json, *, author: Author) -> Json:
    """Return the fact that the debtor answered `attempt`: from now on it counts as a direct contact."""
    body = {
        "customer": attempt["customer"],
        "channel": attempt["channel"],
        "direct": True,
        "of": attempt["_id"],
        "contact_check": attempt.get("contact_check"),
    }
    return author.fact("contact_attempt", body)
