"""What was done at a customer: the centre's record, and this phone's facts that it lacks."""

from __future__ import annotations

from collections.abc import Iterator

from flet_app.collector.portfolio import Json, Portfolio


def history_of(portfolio: Portfolio, customer: str) -> list[Json]:
    """Newest first: `at`, `kind`, `ref`, `by` (a name where this phone knows it), and in `told` the figures.

    What an older centre wrote has a `text` instead of `told`.
    """
    items = list((portfolio.activity.get(customer) or {}).get("items") or ())
    known = {item.get("ref") for item in items}
    items += [_item(fact) for fact in _own(portfolio, customer) if fact["_id"] not in known]
    collector, name = portfolio.collector.get("_id"), portfolio.collector.get("name")
    named = [
        {**item, "by": name} if name and f"collector:{item.get('by')}" == collector else item
        for item in items
    ]
    return sorted(named, key=lambda item: str(item["at"]), reverse=True)


def _own(portfolio: Portfolio, customer: str) -> Iterator[Json]:
    yield from portfolio.receipts_for(customer)
    for facts in (
        portfolio.visits, portfolio.promises, portfolio.disputes, portfolio.informed, portfolio.notes,
        portfolio.location_updates, portfolio.consents,
    ):  # fmt: skip
        yield from (fact for fact in facts.values() if fact["customer"] == customer)


def _item(fact: Json) -> Json:
    return {
        "at": fact.get("finished_at") or fact["created_at"],
        "kind": str(fact["_id"]).partition(":")[0],
        "ref": fact["_id"],
        "by": fact["collector"],
        "outcome": fact.get("outcome"),
        "told": fact,
    }
