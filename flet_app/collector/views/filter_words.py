"""The words of filters and orders of the customer list."""

from __future__ import annotations

from typing import Any

from flet_app.collector.customer_filter import SOON, CustomerFilter
from flet_app.collector.state import Window
from receivables.priority import PriorityClass

SORT_WORDS = {
    "name": "Name",
    "distance": "Nearest",
    "priority": "Priority",
    "amount": "Amount overdue",
    "age": "Oldest debt",
}

PRIORITY_WORDS = {
    PriorityClass.HIGH: "High priority",
    PriorityClass.MEDIUM: "Medium priority",
    PriorityClass.LOW: "Low priority",
}

PROMISE_WORDS = {
    "due": "Promise due",
    "pending": "Promise pending",
    "broken": "Promise broken",
    "none": "No promise",
}

VISITED_WORDS = {
    "since-0": "Visited today",
    "since-7": "Visited in the last 7 days",
    "since-30": "Visited in the last 30 days",
    "not-7": "Not visited for 7 days",
    "not-15": "Not visited for 15 days",
    "not-30": "Not visited for 30 days",
    "never": "Never visited",
}

DISPUTED_WORDS = {True: "Disputed", False: "Without dispute"}
LOCATED_WORDS = {True: "With position", False: "Without position"}


def age_words(app: Window, name: str) -> str:
    if name == SOON:
        return app.texts.t("Due soon")
    if name.startswith(">"):
        return app.texts.t("More than {days} days", days=name[1:])
    return app.texts.t("{days} days", days=name)


def condition_words(app: Window, chosen: CustomerFilter) -> list[tuple[str, str, CustomerFilter]]:
    """Each kind of condition in use: its name, its words, and the filter without it."""
    t = app.texts.t
    found: list[tuple[str, str, CustomerFilter]] = []

    def tell(kind: str, words: list[str], **without: Any) -> None:
        if words:
            found.append((kind, ", ".join(words), chosen.changed(**without)))

    none: frozenset[str] = frozenset()
    tell("ages", [age_words(app, each) for each in sorted(chosen.ages)], ages=none)
    tell("amount", amount_words(app, chosen), least=None, most=None)
    tell("cities", sorted(chosen.cities), cities=none)
    tell(
        "priorities",
        [t(PRIORITY_WORDS[PriorityClass(each)]) for each in sorted(chosen.priorities)],
        priorities=none,
    )
    tell("promises", [t(PROMISE_WORDS[each]) for each in sorted(chosen.promises)], promises=none)
    tell("visited", [t(VISITED_WORDS[each]) for each in sorted(chosen.visited)], visited=none)
    if chosen.disputed is not None:
        tell("disputed", [t(DISPUTED_WORDS[chosen.disputed])], disputed=None)
    if chosen.located is not None:
        tell("located", [t(LOCATED_WORDS[chosen.located])], located=None)
    return found


def amount_words(app: Window, chosen: CustomerFilter) -> list[str]:
    t, currency = app.texts.t, app.phone.portfolio.currency
    words = []
    if chosen.least is not None:
        words.append(t("from {amount}", amount=app.texts.money(chosen.least, currency)))
    if chosen.most is not None:
        words.append(t("up to {amount}", amount=app.texts.money(chosen.most, currency)))
    return words
