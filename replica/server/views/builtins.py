"""What CouchDB's built-in reduce functions make of a list of values."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from typing import Any

from replica.collation import collation_key
from replica.errors import ReplicaError
from replica.server.wire import dumps

STATISTICS = ("sum", "count", "min", "max", "sumsqr")
_RANKED = re.compile(r"_(top|bottom)_([1-9][0-9]?|100)")
_NAMED = ("_sum", "_count", "_stats", "_approx_count_distinct", "_first", "_last")


class BuiltinReduceError(ReplicaError):
    error = "builtin_reduce_error"


def is_builtin(source: str) -> bool:
    """Whether there is a built-in reduce of this name."""
    return source in _NAMED or _RANKED.fullmatch(source) is not None


def reduced(source: str, values: Sequence[Any]) -> Any:
    """`_sum`, `_stats`, `_top_n` or `_bottom_n` of some values. Raise `BuiltinReduceError`."""
    ranked = _RANKED.fullmatch(source)
    if ranked is not None:
        choose = heapq.nlargest if ranked[1] == "top" else heapq.nsmallest
        return choose(int(ranked[2]), values, key=collation_key)
    return add_up(values) if source == "_sum" else statistics(values)


def add_up(values: Sequence[Any]) -> Any:
    """`_sum`: numbers, lists element by element, objects member by member."""
    total = values[0]
    _check_summable(total)
    for value in values[1:]:
        total = _plus(total, value)
    return total


def _check_summable(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | list | dict):
        raise BuiltinReduceError(
            "The _sum function requires that map values be numbers, arrays of numbers, or objects. "
            f"Value '{dumps(value)}' is neither."
        )


def _plus(left: Any, right: Any) -> Any:
    _check_summable(right)
    if isinstance(left, dict) and isinstance(right, dict):
        merged = dict(left)
        for name, value in right.items():
            merged[name] = _plus(merged[name], value) if name in merged else value
        return merged
    if isinstance(left, list) or isinstance(right, list):
        longer, shorter = (
            (left if isinstance(left, list) else [left]),
            (right if isinstance(right, list) else [right]),
        )
        if len(longer) < len(shorter):
            longer, shorter = shorter, longer
        return [_plus(value, shorter[at]) if at < len(shorter) else value for at, value in enumerate(longer)]
    if isinstance(left, dict) or isinstance(right, dict):
        _check_summable(None)
    return left + right


def statistics(values: Sequence[Any]) -> Any:
    """`_stats` over numbers, lists of numbers (a result for each place) and results computed before."""
    if isinstance(values[0], list):
        width = len(values[0])
        if not all(isinstance(value, list) and len(value) == width for value in values):
            raise BuiltinReduceError("The _stats function requires lists of one length.")
        return [statistics([value[at] for value in values]) for at in range(width)]
    parts = [_statistics_of(value) for value in values]
    return {
        "sum": sum(part["sum"] for part in parts),
        "count": sum(part["count"] for part in parts),
        "min": min(part["min"] for part in parts),
        "max": max(part["max"] for part in parts),
        "sumsqr": sum(part["sumsqr"] for part in parts),
    }


def _statistics_of(value: Any) -> dict[str, Any]:
    if isinstance(value, dict) and all(isinstance(value.get(name), int | float) for name in STATISTICS):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BuiltinReduceError(
            "The _stats function requires that map values be numbers or arrays of numbers, not "
            f"'{dumps(value)}'"
        )
    return {"sum": value, "count": 1, "min": value, "max": value, "sumsqr": value * value}
