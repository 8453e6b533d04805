"""Addresses as they are found in an ERP.

Several in one field, misspelt, or with a line break that would add a header.
"""

from __future__ import annotations

import re

# RFC 5321 allows stranger ones; those that people have look like this, and no server is offered anything
# else.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}"
)
_SEPARATORS = re.compile(r"[,;]")


class BadAddress(ValueError):
    """A text that is no address; the message quotes it."""


def addresses_in(text: str | None) -> list[str]:
    """The addresses of a field, in order, each once. Raises `BadAddress` for the first part that is none."""
    found: list[str] = []
    for part in _SEPARATORS.split(text or ""):
        address = part.strip()
        if not address:
            continue
        if not _ADDRESS.fullmatch(address):
            raise BadAddress(f"{address!r} is not an e-mail address")
        if address not in found:
            found.append(address)
    return found
