"""Mango queries: choosing an index for a selector, and running it (`/{db}/_find`, `/{db}/_explain`).

A *plan* is an index, a range of its keys and a direction. The range comes from what the selector demands of
the leading fields: equalities first, then one comparison. Whatever the range lets through is decided again by
the selector itself, so an index can only make a query faster. Without a usable index every document is read
in the order of ids, narrowed by what the selector says of `_id`; but a sort always needs an index, as in
CouchDB.
"""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from replica.collation import AFTER, STRING
from replica.document import DESIGN
from replica.encoding import decode_other_leaves, document_from
from replica.errors import BadRequest
from replica.indexing import Index, field_key, field_order
from replica.selectors import compile_selector, lookup, parse_path
from replica.storage import indexes as rows

Json = dict[str, Any]

ALL_DOCS: Json = {"ddoc": None, "name": "_all_docs", "type": "special", "def": {"fields": [{"_id": "asc"}]}}
NO_INDEX_WARNING = "No matching index found, create an index to optimize query time."

_ABSENT = object()


class NoUsableIndex(BadRequest):
    error = "no_usable_index"


class InvalidBookmark(BadRequest):
    error = "invalid_bookmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The body of a `_find` request, checked.

    `sort` is (field, direction) pairs; `index` is `[ddoc]` or `[ddoc, name]`, which must be used unless
    `allow_fallback`.
    """

    selector: Json
    fields: tuple[str, ...] | None
    sort: tuple[tuple[str, str], ...]
    limit: int
    skip: int
    index: tuple[str, ...]
    bookmark: str | None
    conflicts: bool = False
    allow_fallback: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a query will be answered.

    `index` is None for the walk over ids, whose range is `first_id` to `last_id`.
    """

    index: Index | None
    low: bytes = b""
    high: bytes = AFTER
    first_id: str | None = None
    last_id: str | None = None
    descending: bool = False
    warning: str | None = None


class FindOptions(TypedDict, total=False):
    """What a query may say beside its selector. `index` is a design document, or that and a name."""

    fields: Sequence[str] | None
    sort: Sequence[Any] | None
    limit: int
    skip: int
    index: str | Sequence[str] | None
    bookmark: str | None
    conflicts: bool
    allow_fallback: bool


def parse_query(selector: Any, options: FindOptions) -> Query:
    """Check the parts of a query; `limit` is 25 unless given. Raise `BadRequest`."""
    compile_selector(selector)
    sort, fields, index = options.get("sort"), options.get("fields"), options.get("index")
    limit, skip, bookmark = options.get("limit", 25), options.get("skip", 0), options.get("bookmark")
    order = tuple(field_order(entry) for entry in sort or ())
    if len({way for _, way in order}) > 1:
        raise BadRequest("a sort goes one way in all of its fields")
    numbers: dict[str, Any] = {"limit": limit, "skip": skip}
    for name, number in numbers.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise BadRequest(f"{name} must be an integer of at least 0")
    wanted = (index,) if isinstance(index, str) else tuple(index or ())
    return Query(
        selector=selector,
        fields=tuple(fields) if fields else None,
        sort=order,
        limit=limit,
        skip=skip,
        index=wanted,
        bookmark=None if bookmark in (None, "", "nil") else bookmark,
        conflicts=options.get("conflicts", False),
        allow_fallback=options.get("allow_fallback", True),
    )


# -- planning ----------------------------------------------------------------------------------------


def demands(selector: Any) -> dict[str, dict[str, Any]]:
    """Return what every match must satisfy, as field → operator → argument.

    Only what an index can use or must know.

    A field that stands here exists in every match.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, condition in selector.items():
        if name == "$and" and isinstance(condition, list):
            for part in condition:
                for field, operators in demands(part).items():
                    found.setdefault(field, {}).update(operators)
        elif not name.startswith("$"):
            _demand(found, name, condition)
    return found


def _demand(found: dict[str, dict[str, Any]], field: str, condition: Any) -> None:
    if not isinstance(condition, dict) or not condition:
        found.setdefault(field, {})["$eq"] = condition
        return
    for name, argument in condition.items():
        if not name.startswith("$"):
            _demand(found, f"{field}.{name}", argument)
        elif name not in {"$exists", "$not", "$or", "$nor", "$and"} or (
            name == "$exists" and argument is True
        ):
            found.setdefault(field, {})[name] = argument


def make_plan(query: Query, indexes: Sequence[Index]) -> Plan:
    """Choose the index that narrows most.

    Raise `NoUsableIndex` for a sort that none gives, and for the index asked for where only that may be used.
    """
    wanted = demands(query.selector)
    descending = bool(query.sort) and query.sort[0][1] == "desc"
    usable = [index for index in indexes if index.ready and _usable(index, query, wanted)]
    if usable:
        best = max(usable, key=lambda index: (_reach(index, wanted), -len(index.fields), index.name))
        if _reach(best, wanted) or query.sort or query.index:
            low, high = _range(best, wanted)
            return Plan(index=best, low=low, high=high, descending=descending)
    if query.index:
        if not query.allow_fallback:
            raise NoUsableIndex(_unused(query.index))
        return replace(make_plan(replace(query, index=()), indexes), warning=_unused(query.index))
    if query.sort and [field for field, _ in query.sort] != ["_id"]:
        raise NoUsableIndex("No index exists for this sort, try indexing by the sort fields.")
    first, last = _id_range(wanted.get("_id", {}))
    return Plan(index=None, first_id=first, last_id=last, descending=descending)


def _unused(index: Sequence[str]) -> str:
    design = f"{DESIGN}{index[0].removeprefix(DESIGN)}"
    if len(index) == 1:
        return f"{design} was not used because it does not contain a valid index for this query."
    return f"{design}, {index[1]} was not used because it is not a valid index for this query."


def _usable(index: Index, query: Query, wanted: dict[str, dict[str, Any]]) -> bool:
    if query.index:
        names = (index.design.removeprefix(DESIGN), index.name)
        if query.index[0].removeprefix(DESIGN) != names[0] or (
            len(query.index) > 1 and query.index[1] != names[1]
        ):
            return False
    elif index.partial_filter is not None:
        return False  # only who names it can know that its filter includes everything wanted
    sorted_by = [field for field, _ in query.sort]
    if not all(field in wanted or field in sorted_by for field in index.fields):
        return False
    return not sorted_by or _sorts(index, sorted_by, wanted)


def _sorts(index: Index, sorted_by: Sequence[str], wanted: dict[str, dict[str, Any]]) -> bool:
    """Tell whether the index gives this order, once leading fields that are held equal are left out."""
    fields = list(index.fields)
    while fields and fields[: len(sorted_by)] != list(sorted_by):
        if "$eq" not in wanted.get(fields[0], {}):
            return False
        fields.pop(0)
    return bool(fields)


def _reach(index: Index, wanted: dict[str, dict[str, Any]]) -> int:
    """Count the leading fields that the range uses: two for each equality, one for a last comparison."""
    reach = 0
    for field in index.fields:
        operators = wanted.get(field, {})
        if "$eq" in operators:
            reach += 2
            continue
        return reach + bool(operators.keys() & {"$lt", "$lte", "$gt", "$gte", "$beginsWith"})
    return reach


def _range(index: Index, wanted: dict[str, dict[str, Any]]) -> tuple[bytes, bytes]:
    prefix = b""
    for field in index.fields:
        operators = wanted.get(field, {})
        if "$eq" in operators:
            prefix += field_key(field, operators["$eq"])
            continue
        low = max((prefix + bound for bound in _lows(field, operators)), default=prefix)
        high = min((prefix + bound for bound in _highs(field, operators)), default=prefix + AFTER)
        return low, high
    return prefix, prefix + AFTER


def _lows(field: str, operators: Json) -> Iterator[bytes]:
    if "$gte" in operators:
        yield field_key(field, operators["$gte"])
    if "$gt" in operators:
        yield field_key(field, operators["$gt"]) + AFTER
    if "$beginsWith" in operators:
        yield STRING


def _highs(field: str, operators: Json) -> Iterator[bytes]:
    if "$lte" in operators:
        yield field_key(field, operators["$lte"]) + AFTER
    if "$lt" in operators:
        yield field_key(field, operators["$lt"])
    if "$beginsWith" in operators:
        yield STRING + AFTER


def _id_range(operators: Json) -> tuple[str | None, str | None]:
    texts = {name: value for name, value in operators.items() if isinstance(value, str)}
    lows = [texts[name] for name in ("$eq", "$gte", "$gt") if name in texts]
    highs = [texts[name] for name in ("$eq", "$lte", "$lt") if name in texts]
    if "$beginsWith" in texts:
        lows.append(texts["$beginsWith"])
        highs.append(texts["$beginsWith"] + "\U0010ffff")
    return max(lows, default=None), min(highs, default=None)


# -- running ------------------------------------------------------------------------------------------


def run(connection: sqlite3.Connection, query: Query, plan: Plan) -> Json:
    """Return `{docs, bookmark, execution_stats, warning?}`."""
    matches = compile_selector(query.selector)
    documents: list[Json] = []
    examined, skipped, last = 0, 0, None
    for found in _candidates(connection, plan, query.bookmark) if query.limit else ():
        examined += 1
        document = document_from(found.id, found.rev, False, found.body)
        if found.id.startswith(DESIGN) or not matches(document):
            continue
        if skipped < query.skip and query.bookmark is None:
            skipped += 1
            continue
        if query.conflicts:
            _add_conflicts(document, found.other_leaves)
        documents.append(document if query.fields is None else project(document, query.fields))
        last = (found.key, found.id)
        if len(documents) == query.limit:
            break
    answer: Json = {
        "docs": documents,
        "bookmark": _bookmark(last) if last else query.bookmark or "nil",
        "execution_stats": {"total_docs_examined": examined, "results_returned": len(documents)},
    }
    warnings = [plan.warning] if plan.warning else []
    if plan.index is None and not _only_ids(query):
        warnings.append(NO_INDEX_WARNING)
    if warnings:
        answer["warning"] = "\n".join(warnings)
    return answer


def _candidates(connection: sqlite3.Connection, plan: Plan, bookmark: str | None) -> Iterator[rows.Found]:
    after = _read_bookmark(bookmark) if bookmark else None
    if plan.index is None:
        return rows.through_ids(
            connection,
            low=plan.first_id,
            high=plan.last_id,
            descending=plan.descending,
            after=after[1] if after else None,
        )
    return rows.through_index(
        connection, plan.index.number, low=plan.low, high=plan.high, descending=plan.descending, after=after
    )


def _only_ids(query: Query) -> bool:
    return set(query.selector) == {"_id"}


def _add_conflicts(document: Json, other_leaves: str | None) -> None:
    living = [rev for rev, deleted in decode_other_leaves(other_leaves) if not deleted]
    if living:
        document["_conflicts"] = living


def project(document: Json, fields: Sequence[str]) -> Json:
    """Return only `fields` of a document, each at its path."""
    chosen: Json = {}
    for field in fields:
        path = parse_path(field)
        value = lookup(document, path, _ABSENT)
        if value is not _ABSENT:
            place = chosen
            for name in path[:-1]:
                place = place.setdefault(name, {})
            place[path[-1]] = value
    return chosen


def explain(name: str, query: Query, plan: Plan) -> Json:
    """Return the plan as `POST /{db}/_explain` does, with the range in readable form."""
    ranges: Json = {"start_key": plan.first_id, "end_key": plan.last_id}
    if plan.index is not None:
        ranges = {"start_key": plan.low.hex(), "end_key": plan.high.hex()}
    return {
        "dbname": name,
        "index": plan.index.describe() if plan.index else ALL_DOCS,
        "selector": query.selector,
        "opts": {
            "use_index": list(query.index),
            "bookmark": query.bookmark or "nil",
            "limit": query.limit,
            "skip": query.skip,
            "sort": dict(query.sort),
            "fields": list(query.fields) if query.fields else [],
            "conflicts": query.conflicts,
        },
        "limit": query.limit,
        "skip": query.skip,
        "fields": list(query.fields) if query.fields else "all_fields",
        "mrargs": {**ranges, "direction": "rev" if plan.descending else "fwd", "include_docs": True},
    }


def _bookmark(last: tuple[bytes, str]) -> str:
    key, document_id = last
    text = json.dumps([base64.b64encode(key).decode("ascii"), document_id])
    return base64.urlsafe_b64encode(text.encode()).decode("ascii")


def _read_bookmark(text: str) -> tuple[bytes, str]:
    try:
        key, document_id = json.loads(base64.urlsafe_b64decode(text))
        return base64.b64decode(key), str(document_id)
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidBookmark(f"Invalid bookmark value: {text}") from error
