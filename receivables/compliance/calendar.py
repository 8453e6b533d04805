"""The days on which nobody is to be contacted, as the lists that every phone and the office share.

The lists are documents (`holidays:<country>:<year>`, `holidays:local`) and not computed where they are asked
for: a phone and the office with different versions of a library would otherwise disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from receivables.documents import BadDocument, parse_date


@dataclass(frozen=True, slots=True)
class Holidays:
    """Holidays by date, with their names. A year without a list has none: its absence forbids nothing."""

    names: Mapping[date, str]

    def __contains__(self, on: object) -> bool:
        return on in self.names

    @classmethod
    def none(cls) -> Holidays:
        return cls({})

    @classmethod
    def from_documents(cls, documents: Iterable[Mapping[str, Any]]) -> Holidays:
        """Merge `holidays:…` documents; where two name the same day, the first does."""
        names: dict[date, str] = {}
        for document in documents:
            try:
                for day in document["days"]:
                    names.setdefault(parse_date(day["on"]), str(day["name"]))
            except (KeyError, TypeError, ValueError) as error:
                raise BadDocument(f"holidays {document.get('_id')!r}: {error!r}") from error
        return cls(names)
