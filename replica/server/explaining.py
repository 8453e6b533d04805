"""The answer of `_explain` in CouchDB 3.5's shape: the plan, what else was considered, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from replica.queries import demands

Json = dict[str, Any]
LEAST, MOST = "<MIN>", "<MAX>"
COMPARISONS = {"$eq", "$lt", "$lte", "$gt", "$gte", "$beginsWith"}
LISTS = {"$and", "$or", "$nor"}


def normalized(selector: Json) -> Json:
    """The selector with what it leaves unsaid: `$eq`, and `$and` between its conditions."""
    parts = list(_conditions(selector))
    if len(parts) == 1:
        return parts[0]
    return {"$and": parts} if parts else {}


def _conditions(selector: Json) -> Iterator[Json]:
    for name, condition in selector.items():
        if name in LISTS and isinstance(condition, list):
            yield {name: [normalized(one) if isinstance(one, dict) else one for one in condition]}
        elif name.startswith("$"):
            yield {name: condition}
        elif not isinstance(condition, dict) or not condition:
            yield {name: {"$eq": condition}}
        else:
            for inner, argument in condition.items():
                if inner.startswith("$"):
                    yield {name: {inner: argument}}
                else:
                    yield from _conditions({f"{name}.{inner}": argument})


def explained(name: str, selector: Json, options: Json, plan: Json, listed: list[Json]) -> Json:
    """`plan` is the store's own explanation, `listed` every index of the database."""
    wanted = demands(selector)
    chosen = plan["index"]
    is_walk = chosen["type"] == "special"
    chosen = chosen if is_walk else {**chosen, "partitioned": False}
    fields = ["_id"] if is_walk else [next(iter(field)) for field in chosen["def"]["fields"]]
    low, high = _range(fields, wanted)
    indexable = sorted(field for field, operators in wanted.items() if operators.keys() & COMPARISONS)
    return {
        "dbname": name,
        "index": chosen,
        "partitioned": False,
        "selector": normalized(selector),
        "opts": options,
        "limit": options["limit"],
        "skip": options["skip"],
        "fields": options["fields"],
        "index_candidates": [_candidate(index, wanted) for index in listed if not _same(index, chosen)],
        "selector_hints": [
            {
                "type": "json",
                "indexable_fields": indexable,
                "unindexable_fields": sorted(set(wanted) - set(indexable)),
            }
        ],
        "mrargs": {
            "include_docs": True,
            "view_type": "map",
            "reduce": False,
            "partition": None,
            "start_key": low[0] if is_walk else low,
            "end_key": high[0] if is_walk else high,
            "direction": plan["mrargs"]["direction"],
            "stable": options["stable"],
            "update": options["update"],
            "conflicts": "undefined",
        },
        "covering": False,
    }


def _same(index: Json, chosen: Json) -> bool:
    return (index["ddoc"], index["name"]) == (chosen["ddoc"], chosen["name"])


def _range(fields: list[str], wanted: dict[str, dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """The keys between which the index is read: equal values first, then one comparison."""
    low: list[Any] = []
    high: list[Any] = []
    for field in fields:
        operators = wanted.get(field, {})
        if "$eq" in operators:
            low.append(operators["$eq"])
            high.append(operators["$eq"])
            continue
        start = [operators[name] for name in ("$gte", "$gt", "$beginsWith") if name in operators]
        end = [operators[name] for name in ("$lte", "$lt") if name in operators]
        return [*low, *(start[:1] or [LEAST])], [*high, *(end[:1] or [MOST])]
    return low, [*high, MOST] if fields != ["_id"] else high


def _candidate(index: Json, wanted: dict[str, dict[str, Any]]) -> Json:
    if index["type"] == "special":
        usable, reason, covering = True, "unfavored_type", None
    else:
        fields = [next(iter(field)) for field in index["def"]["fields"]]
        covering = False
        if "partial_filter_selector" in index["def"]:
            usable, reason = False, "is_partial"
        elif not all(field in wanted for field in fields):
            usable, reason = False, "field_mismatch"
        else:
            usable, reason = True, "less_overlap"
    return {
        "index": index,
        "analysis": {"usable": usable, "reasons": [{"name": reason}], "ranking": 1, "covering": covering},
    }
