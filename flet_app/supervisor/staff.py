"""The people of the company as who administers it sees them: added, changed, let go, let in again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import TYPING_SECONDS, Asking
from receivables.access import Role

Json = dict[str, Any]

PAGE = 60
"""People on a page of the list; the next comes by a button."""

STATES = ("active", "disabled")


@ft.observable
@dataclass
class Staff(Asking):
    """`items` is None until the first answer; `total` counts everybody who is meant.

    `editing` is the e-mail of the person in the form, the empty text for a new one, None while there is no
    form. `considered` is what was asked about whom: (`disable`, `enable` or `password`, the person).
    `told` is a one-time password, which can't be read again: `{person, one_time_password}`.
    """

    query: str = ""
    state: str = STATES[0]
    items: list[Json] | None = None
    total: int = 0
    next_cursor: str | None = None
    editing: str | None = None
    email: str = ""
    name: str = ""
    roles: list[str] = field(default_factory=list)
    collector: str = ""
    has_code: bool = False
    shared: bool = False
    considered: tuple[str, Json] | None = None
    told: Json | None = None

    async def search(self, api: Api) -> None:
        """Look for the words of the query, once they are typed."""
        asked = self.query
        await asyncio.sleep(TYPING_SECONDS)
        if asked == self.query:
            await self.read(api)

    async def read(self, api: Api) -> None:
        """The first page of who is meant by the search; a later search overtakes an earlier one."""
        asked = (self.query, self.state)
        page = await self.ask(api.read("/people", q=self.query.strip(), state=self.state, limit=PAGE))
        if page is not None and asked == (self.query, self.state):
            self.items, self.total, self.next_cursor = page["items"], page["total"], page["next_cursor"]

    async def more(self, api: Api) -> None:
        wanted = {"q": self.query.strip(), "state": self.state, "limit": PAGE, "cursor": self.next_cursor}
        page = await self.ask(api.read("/people", **wanted))
        if page is not None:
            self.items = [*(self.items or []), *page["items"]]
            self.total, self.next_cursor = page["total"], page["next_cursor"]

    def begin(self, person: Json | None = None) -> None:
        """Open the form, for a new person where none is given."""
        known = person or {"email": "", "name": "", "roles": [], "collector": None, "elsewhere": False}
        self.editing, self.email, self.name = known["email"], known["email"], known["name"]
        self.roles, self.collector = list(known["roles"]), known["collector"] or ""
        self.has_code, self.shared = known["collector"] is not None, known["elsewhere"]
        self.failure, self.faults = "", {}

    def stop(self) -> None:
        self.editing, self.failure, self.faults = None, "", {}

    def toggle(self, role: str) -> None:
        self.roles = (
            [each for each in self.roles if each != role] if role in self.roles else [*self.roles, role]
        )

    @property
    def is_complete(self) -> bool:
        """Does the form say all that it must?"""
        coded = Role.COLLECTOR not in self.roles or bool(self.collector.strip())
        return bool(self.email.strip() and self.name.strip() and self.roles and coded)

    async def save(self, api: Api) -> None:
        """Add or change the person in the form; on refusal the form stays as it is."""
        wish: Json = {"name": self.name.strip(), "roles": list(self.roles)}
        if Role.COLLECTOR in self.roles:
            wish["collector"] = self.collector.strip()
        if self.editing:
            done = await self.ask(api.write(_path(self.editing), wish, method="PUT"))
        else:
            done = await self.ask(api.write("/people", wish | {"email": self.email.strip()}))
        if done is None:
            return
        if "person" in done:
            self.told = done
        self.editing = None
        await self.read(api)

    def consider(self, verb: str, person: Json) -> None:
        """Ask before something is done to a person."""
        self.considered, self.failure = (verb, person), ""

    def reconsider(self) -> None:
        """It is not done after all."""
        self.considered = None

    async def carry_out(self, api: Api) -> None:
        """Do what was asked about."""
        if self.considered is None:
            return
        (verb, person), self.considered = self.considered, None
        done = await self.ask(api.write(f"{_path(person['email'])}/{verb}", {}))
        if done is None:
            return
        if verb == "password":
            self.told = done
        await self.read(api)

    def put_away(self) -> None:
        """Nobody looks at the password any longer."""
        self.told = None


def _path(email: str) -> str:
    return f"/people/{quote(email, safe='')}"
