"""Parts of keys: what `group_level` and ranges over the beginning of arrays need of the collation."""

from __future__ import annotations

from typing import Any

from replica.collation import ARRAY, collation_key


def group_prefix(key: Any, level: int) -> tuple[Any, bytes]:
    """The key of the group that `key` falls into at `level`, and the bytes that all of the group's keys
    begin with.

    An array's elements are self-delimiting, so its first elements are a prefix of its bytes. Level 0 is one
    group of all.
    """
    if isinstance(key, list) and len(key) >= level:
        return key[:level], ARRAY + b"".join(map(collation_key, key[:level]))
    return key, collation_key(key)
