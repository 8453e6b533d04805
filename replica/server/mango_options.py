"""The bodies of `_find`, `_explain` and `_index`, checked as CouchDB checks them and refused in its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from replica.errors import BadRequest
from replica.server.wire import dumps

Json = dict[str, Any]


class MangoError(BadRequest):
    """`error` names the kind of mistake."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(reason)
        self.error = error


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise MangoError("invalid_boolean", f"Invalid boolean value: {dumps(value)}")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise MangoError("invalid_string", f"Invalid string: {dumps(value)}")
    return value


def _count(value: Any) -> int:
    if not _is_count(value):
        words = "is not an integer greater than or equal to zero"
        raise MangoError("invalid_non_neg_integer", f"{dumps(value)} {words}")
    return int(value)


def _positive(value: Any) -> int:
    if not _is_count(value) or value == 0:
        raise MangoError("invalid_pos_integer", f"{dumps(value)} is not an integer greater than zero")
    return int(value)


def _selector(value: Any) -> Json:
    if not isinstance(value, dict):
        raise MangoError("invalid_selector_json", f"Selector must be a JSON object, not: {dumps(value)}")
    return value


def _fields(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise MangoError("invalid_fields", f"Fields must be an array of strings, not: {dumps(value)}")
    for field in value:
        if not isinstance(field, str):
            raise MangoError("invalid_field", f"Invalid JSON for field spec: {dumps(field)}")
    return value


def read_sort(value: Any) -> list[Json]:
    """`[{field: "asc"|"desc"}]`, all of one direction."""
    if not isinstance(value, list):
        raise MangoError("invalid_sort_json", f"Sort must be an array of sort specs, not: {dumps(value)}")
    found = [_sort_field(entry) for entry in value]
    if len({way for entry in found for way in entry.values()}) > 1:
        raise MangoError(
            "unsupported_mixed_sort", "Sorts currently only support a single direction for all fields."
        )
    return found


def _sort_field(entry: Any) -> Json:
    if isinstance(entry, str) and entry:
        return {entry: "asc"}
    if not isinstance(entry, dict) or len(entry) != 1:
        raise MangoError("invalid_sort_field", f"Invalid sort field: {dumps(entry)}")
    if next(iter(entry.values())) not in ("asc", "desc"):
        raise MangoError("invalid_sort_dir", f"Invalid sort direction: {dumps(entry)}")
    return entry


def read_use_index(value: Any) -> list[str]:
    """`[]`, `[ddoc]` or `[ddoc, name]`, from a list or from a text such as `_design/ddoc/name`."""
    if value in (None, []):
        return []
    parts = value.removeprefix("_design/").split("/") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) > 2 or not all(isinstance(one, str) for one in parts):
        raise MangoError("invalid_index_name", f"Invalid index name: {dumps(value)}")
    return parts


def _bookmark(value: Any) -> str:
    if value is None:
        return "nil"
    if not isinstance(value, str):
        raise MangoError("invalid_bookmark", f"Invalid bookmark value: {dumps(value)}")
    return value or "nil"


def _stale(value: Any) -> bool:
    if value not in ("ok", "false", False):
        raise MangoError("invalid_ok_or_false_value", f"Invalid value for stale: {dumps(value)}")
    return bool(value == "ok")


Reader = Callable[[Any], Any]
_FIND: dict[str, tuple[Reader, Any]] = {
    "use_index": (read_use_index, []),
    "bookmark": (_bookmark, "nil"),
    "limit": (_count, 25),
    "skip": (_count, 0),
    "sort": (read_sort, []),
    "fields": (_fields, []),
    "partition": (_string, ""),
    "r": (_positive, 1),
    "conflicts": (_boolean, False),
    "stale": (_stale, False),
    "update": (_boolean, True),
    "stable": (_boolean, False),
    "execution_stats": (_boolean, False),
    "allow_fallback": (_boolean, True),
}
_INDEX: dict[str, tuple[Reader, Any]] = {
    "type": (_string, "json"),
    "name": (_string, None),
    "ddoc": (_string, None),
    "w": (_positive, 2),
    "partitioned": (_boolean, False),
}


def read_find(body: Json) -> tuple[Json, Json]:
    """(selector, every other option, given or not)."""
    return _selector(_required(body, "selector")), _read(body, _FIND, "selector")


def read_index(body: Json) -> tuple[Any, Json]:
    """(definition, every other option, given or not)."""
    return _required(body, "index"), _read(body, _INDEX, "index")


def read_bulk_delete(body: Json) -> list[str]:
    docids = _required(body, "docids")
    _read(body, {"w": (_positive, 2)}, "docids")
    if not isinstance(docids, list) or not all(isinstance(one, str) and one for one in docids):
        raise MangoError(
            "invalid_bulk_docs", f"Bulk Delete requires an array of non-null docids. Docids: {dumps(docids)}"
        )
    return docids


def _required(body: Json, name: str) -> Any:
    if name not in body:
        raise MangoError("missing_required_key", f"Missing required key: {name}")
    return body[name]


def _read(body: Json, known: dict[str, tuple[Reader, Any]], required: str) -> Json:
    for name in body:
        if name not in known and name != required:
            raise MangoError("invalid_key", f"Invalid key {name} for this request.")
    return {name: read(body[name]) if name in body else default for name, (read, default) in known.items()}
