"""Which office this phone belongs to: its address, asked for once, proved by an answer, kept in the folder.

Where the environment names one, as for a phone that a computer plays, nobody is asked and nothing is kept.

OfficeRefused
├── Unreachable   nobody answered: no network, or no such name
├── Untrusted     somebody answered who can't prove to be it (certificate)
└── NotRecaudo    somebody else answered: a mistyped name, or the page of a public network
"""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import httpx

from flet_app.collector.session import write_private
from receivables.office_link import read_office_link

FILE = "office.json"
SERVICE = "recaudo"
TIMEOUT = httpx.Timeout(10.0, connect=6.0)
STORES = "*.sqlite*"
KEYS = "device*.key"


class OfficeRefused(Exception):
    """Base of the tree above."""


class Unreachable(OfficeRefused):
    pass


class Untrusted(OfficeRefused):
    pass


class NotRecaudo(OfficeRefused):
    pass


class Office:
    """`fixed` is the address that the environment gives, or empty. Its methods block."""

    def __init__(
        self, folder: Path, fixed: str = "", *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._folder, self._fixed, self._transport = folder, fixed, transport
        self._address, self._before = self._read()
        self.code = ""
        """The one-time code that came with the address, until it is used."""

    @property
    def address(self) -> str:
        """Empty while nobody has said it."""
        return self._fixed or self._address

    @property
    def is_fixed(self) -> bool:
        return bool(self._fixed)

    def settle(self, text: str) -> None:
        """Take the address or link that somebody typed or pasted; raise BadAddress or OfficeRefused."""
        link = read_office_link(text)
        prove(link.api, transport=self._transport)
        if self._before and self._before != link.api:
            self._put_aside()
        self._keep(link.api, link.api)
        self.code = link.code

    def forget(self) -> None:
        """Ask for an address again; for a phone on which nobody is signed in."""
        self._keep("", self._before)
        self.code = ""

    def _put_aside(self) -> None:
        """What an earlier office wrote here is not to be sent to another one that uses the same names."""
        found = [*self._folder.glob(STORES), *self._folder.glob(KEYS)]
        number = 1 + sum(1 for _ in self._folder.glob("office-*"))
        for path in found:
            (self._folder / f"office-{number}").mkdir(exist_ok=True)
            path.rename(self._folder / f"office-{number}" / path.name)

    def _read(self) -> tuple[str, str]:
        try:
            kept = json.loads((self._folder / FILE).read_text(encoding="utf-8"))
            return str(kept["api"]), str(kept["before"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return "", ""  # a damaged file costs typing the address again

    def _keep(self, address: str, before: str) -> None:
        write_private(self._folder / FILE, json.dumps({"api": address, "before": before}).encode())
        self._address, self._before = address, before


def prove(api: str, *, transport: httpx.BaseTransport | None = None) -> None:
    """Return when a Recaudo answers at `api`; raise OfficeRefused otherwise."""
    try:
        with httpx.Client(timeout=TIMEOUT, transport=transport) as client:
            response = client.get(f"{api}/api/v1/health")
    except httpx.HTTPError as error:
        raise (Untrusted if _is_about_trust(error) else Unreachable)(str(error)) from error
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not (response.is_success and isinstance(answer, dict) and answer.get("service") == SERVICE):
        raise NotRecaudo(f"{response.status_code} from {api}")


def _is_about_trust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
