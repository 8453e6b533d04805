"""The query parameters of views and `_all_docs`, from the URL and from the body, checked as CouchDB checks
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from replica.server.wire import QueryParseError, loads

Json = dict[str, Any]
_ALIASES = {
    "startkey": "start_key",
    "endkey": "end_key",
    "startkey_docid": "start_key_doc_id",
    "endkey_docid": "end_key_doc_id",
}
_JSON = {"key", "keys", "start_key", "end_key"}
_BOOLEANS = {
    "include_docs",
    "descending",
    "inclusive_end",
    "reduce",
    "group",
    "conflicts",
    "attachments",
    "update_seq",
    "sorted",
    "att_encoding_info",
}
_NUMBERS = {"limit", "skip", "group_level"}
_CHOICES = {
    "update": ("true", "false", "lazy"),
    "stable": ("true", "false"),
    "stale": ("ok", "update_after"),
}
_DOC_IDS = {"start_key_doc_id": "start_key_docid", "end_key_doc_id": "end_key_docid"}


PAST_EVERY_ID = "\U0010ffff" * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewParameters:
    """`key` and the bounds are JSON values; `has_*` tells a given null from none.

    `level` is how many elements of a key make a group: 0 for one group of all, None for whole keys.
    """

    key: Any = None
    has_key: bool = False
    keys: list[Any] | None = None
    start_key: Any = None
    has_start: bool = False
    end_key: Any = None
    has_end: bool = False
    start_key_doc_id: str | None = None
    end_key_doc_id: str | None = None
    inclusive_end: bool = True
    descending: bool = False
    limit: int | None = None
    skip: int = 0
    include_docs: bool = False
    conflicts: bool = False
    attachments: bool = False
    reduce: bool | None = None
    group: bool = False
    group_level: int | None = None
    update: str = "true"
    update_seq: bool = False
    sorted: bool = True

    @property
    def level(self) -> int | None:
        return None if self.group and self.group_level is None else self.group_level or 0


def read_parameters(arguments: Mapping[str, str], body: Json) -> ViewParameters:
    """Raise `QueryParseError` (400) or `BadRequest`."""
    given: Json = {}
    for name, text in arguments.items():
        _read(given, _ALIASES.get(name, name), text, from_text=True)
    for name, value in body.items():
        _read(given, _ALIASES.get(name, name), value, from_text=False)
    stale = given.pop("stale", None)
    if stale is not None:
        given.setdefault("update", "false" if stale == "ok" else "lazy")
    given.pop("stable", None)
    if given.get("group") is False and given.get("group_level"):
        raise QueryParseError("Can't specify group=false and group_level>0 at the same time")
    given.pop("att_encoding_info", None)
    for name, mark in (("key", "has_key"), ("start_key", "has_start"), ("end_key", "has_end")):
        given[mark] = name in given
    if given.get("keys") and (given["has_key"] or given["has_start"] or given["has_end"]):
        raise QueryParseError("`keys` is incompatible with `key`, `start_key` and `end_key`")
    return ViewParameters(**given)


def id_range(asked: ViewParameters) -> tuple[str | None, str | None]:
    """The bounds of a range over ids or names, (start, end) in the direction asked."""
    if asked.has_key:
        key = _id_bound(asked.key, is_low=True)
        return key, key
    return (
        _id_bound(asked.start_key, is_low=not asked.descending),
        _id_bound(asked.end_key, is_low=asked.descending),
    )


def _id_bound(value: Any, *, is_low: bool) -> str | None:
    """A bound as an id. What sorts before every string bounds nothing from below and all from above."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return None if is_low else ""
    return PAST_EVERY_ID if is_low else None


def _read(given: Json, name: str, value: Any, *, from_text: bool) -> None:
    if name in _JSON:
        given[name] = loads(value) if from_text else value
        if name == "keys" and not isinstance(given[name], list):
            raise QueryParseError("`keys` parameter must be an array.")
    elif name in _BOOLEANS:
        given[name] = _boolean(value)
    elif name in _NUMBERS:
        given[name] = _number(value)
    elif name in _CHOICES:
        word = str(value).lower() if isinstance(value, bool) else value
        if word not in _CHOICES[name]:
            raise QueryParseError(f"Invalid value for `{name}`.")
        given[name] = word
    elif name in _DOC_IDS:
        if not isinstance(value, str):
            raise QueryParseError(f"`{_DOC_IDS[name]}` must be a string.")
        given[name] = value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise QueryParseError(f'Invalid boolean parameter: "{value}"')


def _number(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif (
        isinstance(value, str)
        and value.removeprefix("-").isascii()
        and value.removeprefix("-").isdigit()
        and len(value) < 19
    ):
        number = int(value)
    else:
        raise QueryParseError(f'Invalid value for integer: "{value}"')
    if number < 0:
        raise QueryParseError(f'Invalid value for positive integer: "{number}"')
    return number
