"""Where a company's office is reached, as a person types it or as a link carries it together with a code.

A new phone knows no address. The office gives one, alone or in a link that also holds the one-time code, to
be sent in a message or shown as a QR code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlencode, urlsplit

SCHEME = "recaudo"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_HOST = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?|[0-9A-Fa-f:]+")
_PATH = re.compile(r"(?:/[0-9A-Za-z._~-]+)*")


class AddressFlaw(StrEnum):
    """Why a text can't be the office's address."""

    UNREADABLE = "unreadable"
    NOT_SECURE = "not_secure"


class BadAddress(ValueError):
    """The text holds no address that a phone may talk to; `flaw` says why."""

    def __init__(self, flaw: AddressFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class OfficeLink:
    """`api` is the address of the API without `/api/v1`; `code` is a one-time code, or empty."""

    api: str
    code: str = ""

    def __str__(self) -> str:
        fields = {"api": self.api} | ({"code": self.code} if self.code else {})
        return f"{SCHEME}://oficina?{urlencode(fields)}"


def read_office_link(text: str) -> OfficeLink:
    """The link or the bare address in `text`; raise BadAddress.

    Without a scheme HTTPS is meant. Plain HTTP is only taken for this very machine: a password and a
    company's customers don't travel in the open.
    """
    text = text.strip()
    if not text.casefold().startswith(f"{SCHEME}:"):
        return OfficeLink(_address(text))
    try:
        query = parse_qs(urlsplit(text).query)
    except ValueError:
        raise BadAddress(AddressFlaw.UNREADABLE) from None
    return OfficeLink(_address(query.get("api", [""])[0]), query.get("code", [""])[0].strip())


def _address(text: str) -> str:
    scheme, found, rest = text.strip().rstrip("/").partition("://")
    if not found:
        scheme, rest = "https", scheme
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress(AddressFlaw.UNREADABLE) from None
    plain = not parts.username and parts.password is None and not parts.query and not parts.fragment
    if scheme.casefold() not in {"https", "http"} or not plain or not _HOST.fullmatch(host):
        raise BadAddress(AddressFlaw.UNREADABLE)
    if not _PATH.fullmatch(parts.path) or not ("." in host or ":" in host or host in LOOPBACK):
        raise BadAddress(AddressFlaw.UNREADABLE)
    if scheme.casefold() == "http" and host not in LOOPBACK:
        raise BadAddress(AddressFlaw.NOT_SECURE)
    name = f"[{host}]" if ":" in host else host
    return f"{scheme.casefold()}://{name}{f':{port}' if port else ''}{parts.path}"
