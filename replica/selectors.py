"""Mango selectors as predicates over documents: every operator of CouchDB's `/{db}/_find`, in memory.

A selector is compiled once into closures. Negation is pushed down to the fields as CouchDB does, and with its
effect: a condition on a field that a document lacks is false, negated or not; only `{"$exists": false}` is
true of what is absent. Comparisons follow `collation`, but `_id` is compared by its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from replica.collation import collation_key, raw_key
from replica.errors import BadRequest

Json = dict[str, Any]
Predicate = Callable[[Any], bool]
Key = Callable[[Any], bytes]


class InvalidSelector(BadRequest):
    """A selector that CouchDB refuses too."""

    error = "invalid_selector"


class InvalidOperator(InvalidSelector):
    error = "invalid_operator"


class BadArgument(InvalidSelector):
    error = "bad_arg"


_ABSENT = object()
_INVERSE = {"$eq": "$ne", "$ne": "$eq", "$lt": "$gte", "$gte": "$lt", "$gt": "$lte", "$lte": "$gt"}
_TYPE_NAMES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def compile_selector(selector: Any) -> Predicate:
    """Return the predicate of a selector. Raise `InvalidSelector` naming the operator or argument."""
    if not isinstance(selector, dict):
        raise InvalidSelector("Selector must be a JSON object")
    try:
        return _conditions(selector, negated=False, key=collation_key)
    except RecursionError as error:
        raise InvalidSelector("Selector is nested too deeply") from error


def parse_path(field: str) -> tuple[str, ...]:
    r"""Split `a.b` into its names; `\.` is a dot inside a name."""
    return tuple(name.replace("\\.", ".") for name in re.split(r"(?<!\\)\.", field))


def lookup(value: Any, path: Sequence[str], absent: Any = None) -> Any:
    """Return what stands at `path`, `absent` where nothing does.

    A number among the names indexes an array.
    """
    for name in path:
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return absent
    return value


def _conditions(selector: Any, *, negated: bool, key: Key) -> Predicate:
    """Compile an object of operators and fields: all of them, of which negation leaves any."""
    if not isinstance(selector, dict):
        return _operator("$eq", selector, negated=negated, key=key)
    parts = [
        _operator(name, argument, negated=negated, key=key)
        if name.startswith("$")
        else _field(name, argument, negated=negated)
        for name, argument in selector.items()
    ]
    if not parts:
        return _constant(not negated)
    return parts[0] if len(parts) == 1 else _any(parts) if negated else _all(parts)


def _field(field: str, condition: Any, *, negated: bool) -> Predicate:
    if isinstance(condition, dict) and condition and not all(name.startswith("$") for name in condition):
        parts = [
            _field(field, {name: argument}, negated=negated)
            if name.startswith("$")
            else _field(f"{field}.{name}", argument, negated=negated)
            for name, argument in condition.items()
        ]
        return _any(parts) if negated else _all(parts)
    path = parse_path(field)
    if condition == {"$exists": negated}:
        return lambda document: lookup(document, path, _ABSENT) is _ABSENT
    if condition == {}:
        condition = {"$eq": {}}
    matches = _conditions(condition, negated=negated, key=raw_key if field == "_id" else collation_key)

    def on_field(document: Any) -> bool:
        value = lookup(document, path, _ABSENT)
        return value is not _ABSENT and matches(value)

    return on_field


def _operator(name: str, argument: Any, *, negated: bool, key: Key) -> Predicate:
    match name:
        case "$and" | "$or" | "$nor":
            return _combination(name, _list_for(name, argument), negated=negated, key=key)
        case "$not":
            return _conditions(argument, negated=not negated, key=key)
        case "$eq" | "$ne" | "$lt" | "$lte" | "$gt" | "$gte":
            return _comparison(_INVERSE[name] if negated else name, argument, key)
        case "$exists":
            if not isinstance(argument, bool):
                raise _bad_argument(name, argument)
            return _constant(argument != negated)
        case "$in" | "$nin":
            return _membership(_list_for(name, argument), wanted=(name == "$in") != negated, key=key)
    plain = _plain_operator(name, argument, key)
    return (lambda value: not plain(value)) if negated else plain


def _combination(name: str, selectors: Sequence[Any], *, negated: bool, key: Key) -> Predicate:
    if not selectors:
        return _constant(True)  # CouchDB: an empty list of conditions is always true
    parts = [_conditions(selector, negated=negated != (name == "$nor"), key=key) for selector in selectors]
    every = (name == "$or") == negated  # De Morgan: $nor is $and of negations
    return _all(parts) if every else _any(parts)


def _comparison(name: str, argument: Any, key: Key) -> Predicate:
    wanted = key(argument)
    match name:
        case "$eq":
            return lambda value: key(value) == wanted
        case "$ne":
            return lambda value: key(value) != wanted
        case "$lt":
            return lambda value: key(value) < wanted
        case "$lte":
            return lambda value: key(value) <= wanted
        case "$gt":
            return lambda value: key(value) > wanted
        case _:
            return lambda value: key(value) >= wanted


def _membership(argument: Sequence[Any], *, wanted: bool, key: Key) -> Predicate:
    members = {key(member) for member in argument}

    def holds(value: Any) -> bool:
        found = key(value) in members
        if not found and isinstance(value, list):
            found = any(key(element) in members for element in value)
        return found == wanted

    return holds


def _plain_operator(name: str, argument: Any, key: Key) -> Predicate:
    """Compile an operator whose negation is simply "not"."""
    compiler = _PLAIN.get(name)
    if compiler is None:
        raise InvalidOperator(f"Invalid operator: {name}")
    return compiler(argument, key)


def _all_of(argument: Any, key: Key) -> Predicate:
    wanted = [key(member) for member in _list_for("$all", argument)]
    return lambda value: bool(wanted) and isinstance(value, list) and _has_all(value, wanted, key)


def _some_element(argument: Any, key: Key) -> Predicate:
    some = _conditions(argument, negated=False, key=key)
    return lambda value: isinstance(value, list) and any(map(some, value))


def _every_element(argument: Any, key: Key) -> Predicate:
    every = _conditions(argument, negated=False, key=key)
    return lambda value: isinstance(value, list) and bool(value) and all(map(every, value))


def _some_key(argument: Any, key: Key) -> Predicate:
    on_key = _conditions(argument, negated=False, key=key)
    return lambda value: isinstance(value, dict) and any(map(on_key, value))


def _type(argument: Any, _: Key) -> Predicate:
    if argument not in _TYPE_NAMES.values():
        raise _bad_argument("$type", argument)
    return lambda value: _TYPE_NAMES[type(value)] == argument


def _size(argument: Any, _: Key) -> Predicate:
    size = _integer_for("$size", argument)
    return lambda value: isinstance(value, list) and len(value) == size


def _begins_with(argument: Any, _: Key) -> Predicate:
    if not isinstance(argument, str):
        raise _bad_argument("$beginsWith", argument)
    return lambda value: isinstance(value, str) and value.startswith(argument)


def _has_all(values: Sequence[Any], wanted: Sequence[bytes], key: Key) -> bool:
    keys = {key(value) for value in values}
    return all(member in keys for member in wanted)


def _modulo(argument: Any, _: Key) -> Predicate:
    if not (isinstance(argument, list) and len(argument) == 2):
        raise _bad_argument("$mod", argument)
    divisor, remainder = (_integer_for("$mod", number) for number in argument)
    if divisor == 0:
        raise _bad_argument("$mod", argument)

    def holds(value: Any) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        # Erlang's `rem` takes the sign of the dividend, Python's `%` that of the divisor.
        rest = abs(value) % abs(divisor)
        return (rest if value >= 0 else -rest) == remainder

    return holds


def _regex(argument: Any, _: Key) -> Predicate:
    if not isinstance(argument, str):
        raise _bad_argument("$regex", argument)
    try:
        pattern = re.compile(argument)
    except re.error as error:
        raise _bad_argument("$regex", argument) from error
    return lambda value: isinstance(value, str) and pattern.search(value) is not None


def _list_for(name: str, argument: Any) -> list[Any]:
    if not isinstance(argument, list):
        raise _bad_argument(name, argument)
    return argument


def _integer_for(name: str, argument: Any) -> int:
    if not isinstance(argument, int) or isinstance(argument, bool):
        raise _bad_argument(name, argument)
    return argument


def _bad_argument(name: str, argument: Any) -> BadArgument:
    return BadArgument(f"Bad argument for operator {name}: {argument!r}")


def _constant(answer: bool) -> Predicate:
    return lambda _: answer


def _all(parts: Sequence[Predicate]) -> Predicate:
    return lambda value: all(part(value) for part in parts)


def _any(parts: Sequence[Predicate]) -> Predicate:
    return lambda value: any(part(value) for part in parts)


_PLAIN: dict[str, Callable[[Any, Key], Predicate]] = {
    "$all": _all_of,
    "$elemMatch": _some_element,
    "$allMatch": _every_element,
    "$keyMapMatch": _some_key,
    "$type": _type,
    "$size": _size,
    "$mod": _modulo,
    "$regex": _regex,
    "$beginsWith": _begins_with,
}
