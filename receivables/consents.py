"""May a person be contacted by a channel? What the customer said, with the words that were signed.

A consent is a fact: a named person gives or withdraws some channels, to a version of the text and, where it
is given, with a signature. Of each channel of a customer the last word counts, whoever said it; of two in the
same second, the withdrawal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from receivables.compliance import Channel
from receivables.documents import SCHEMA, Author, Json
from receivables.payments import LONGEST_TEXT
from receivables.validation import LONGEST_WORDS, Problem, text_problems

Docs = Iterable[Mapping[str, Any]]

DEFAULT_VERSION = "1"
DEFAULT_TEXT = {
    "es": (
        "Autorizo a {company} a contactarme por los medios marcados para el cobro de mis obligaciones y a"
        " tratar mis datos personales con ese fin. Puedo retirar esta autorización cuando quiera, con efecto"
        " inmediato."
    ),
    "en": (
        "I authorise {company} to contact me by the means ticked to collect what I owe, and to process my"
        " personal data for that purpose. I may withdraw this at any time, with immediate effect."
    ),
}
"""What is signed where the company has no `consent` of its own in `company:<code>`."""


def consents_id(customer: str) -> str:
    return f"consents:{customer}"


def consent_text(company: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The version and the words that a customer of `company` signs."""
    own = company.get("consent") or {}
    texts = own.get("text") or DEFAULT_TEXT
    words = texts.get(language) or texts.get("es") or next(iter(texts.values()))
    version = str(own.get("version") or DEFAULT_VERSION)
    return version, str(words).replace("{company}", str(company.get("name") or ""))


def plan_consent(
    *,
    customer: str,
    contact: str,
    channels: Collection[Channel],
    given: bool,
    version: str,
    text: str,
    strokes: list[list[float]],
    author: Author,
) -> Json | list[Problem]:
    """Return the consent, or all that is missing. Whoever withdraws need not sign."""
    problems: list[Problem] = []
    if not contact.strip():
        problems.append(Problem("field_missing", "contact", {"name": "name"}))
    problems += text_problems("contact", contact, LONGEST_TEXT) + text_problems("text", text, LONGEST_WORDS)
    if not channels:
        problems.append(Problem("channels_missing", "channels"))
    if given and not strokes:
        problems.append(Problem("consent_unsigned", "signature"))
    body = {
        "customer": customer,
        "contact": contact.strip(),
        "channels": [channel.value for channel in Channel if channel in channels],
        "given": given,
        "version": version,
        "text": text,
        "signature": {"name": contact.strip(), "strokes": strokes} if strokes else None,
    }
    return problems or author.fact("consent", body)


def merge_consents(current: Mapping[str, Any] | None, customer: str, facts: Docs) -> Json:
    """`consents:<customer>` with `facts` in it; the same in any order and any number of times."""
    words: dict[str, Json] = dict((current or {}).get("channels") or {})
    for fact in facts:
        word = {
            "given": bool(fact["given"]),
            "at": str(fact["created_at"]),
            "ref": str(fact["_id"]),
            "contact": str(fact["contact"]),
            "version": str(fact["version"]),
        }
        for channel in fact["channels"]:
            before = words.get(channel)
            if before is None or _order(before) < _order(word):
                words[channel] = word
    return {
        "_id": consents_id(customer),
        "schema": SCHEMA,
        "customer": customer,
        "channels": {name: words[name] for name in sorted(words)},
    }


def said_by_channel(consents: Mapping[str, Any] | None) -> dict[Channel, bool]:
    """What counts of each channel that was ever spoken of: given, or withdrawn."""
    known = frozenset(Channel)
    channels = (consents or {}).get("channels") or {}
    return {Channel(name): bool(word["given"]) for name, word in channels.items() if name in known}


def _order(word: Mapping[str, Any]) -> tuple[str, bool, str]:
    return str(word["at"]), not word["given"], str(word["ref"])
