"""What a browser session carries from screen to screen: the API, the state, the texts."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import flet as ft

from flet_app.i18n import Texts
from flet_app.supervisor.api import Api, ApiProblem
from flet_app.supervisor.state import SupervisorState
from receivables.access import ALLOWED, Action

DOMAINS = ("supervisor", "shared")
SUPERVISING = frozenset({"supervisor", "coordinator", "backoffice", "administrator"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The capabilities of the screens; `nudge` makes the feed refresh at once."""

    api: Api
    state: SupervisorState
    nudge: asyncio.Event
    now: Callable[[], datetime]

    @property
    def texts(self) -> Texts:
        return Texts(locale=self.state.locale, timezone=self.state.timezone, domains=DOMAINS)

    async def sign_in(self, email: str, password: str, *, new_password: str = "") -> None:
        """With `new_password` that one counts from now on.

        Raise `ApiProblem` when refused, also for a person who supervises nowhere.
        """
        if new_password:
            answer = await self.api.change_password(email, password, new_password)
        else:
            answer = await self.api.sign_in(email, password)
        company = next((c for c in answer["companies"] if SUPERVISING.intersection(c["roles"])), None)
        if company is None:
            raise ApiProblem("not_a_supervisor", "not a supervisor", status=403)
        self.api.company = company["code"]
        state = self.state
        state.company, state.company_name = company["code"], company["name"]
        state.currency, state.timezone, state.locale = (
            company["currency"],
            company["timezone"],
            company["locale"],
        )
        self.api.speak(self.texts.language)
        state.user_name, state.user_email = answer["user"]["name"], answer["user"]["email"]
        state.roles = list(company["roles"])
        state.day = self.today().isoformat()
        state.signed_in = True
        self.nudge.set()

    def sign_out(self) -> None:
        self.state.forget()

    def may(self, action: Action) -> bool:
        """Is the person offered this? The server decides again whenever it is asked."""
        return not ALLOWED[action].isdisjoint(self.state.roles)

    def today(self) -> date:
        return self.now().astimezone(ZoneInfo(self.state.timezone)).date()

    def move_day(self, days: int) -> None:
        """Look at another day, never a future one; at today the screens follow the calendar again."""
        chosen = min(date.fromisoformat(self.state.day) + timedelta(days=days), self.today())
        self._choose(day=chosen)

    def choose_today(self) -> None:
        self._choose(day=self.today())

    def choose_collector(self, collector: str) -> None:
        """Show one collector's visits and receipts; the empty text shows everyone's."""
        self.state.collector = collector
        self.nudge.set()

    def _choose(self, *, day: date) -> None:
        self.state.day = day.isoformat()
        self.state.follows_today = day == self.today()
        self.nudge.set()


def run(work: Callable[[Api], Awaitable[Any]], session: Session) -> None:
    """Let `work` talk to the API without holding up the screen."""

    async def working() -> None:
        await work(session.api)

    ft.context.page.run_task(working)


SessionContext: Any = ft.create_context(None)


def use_session() -> Session:
    """The session of the screen being rendered; the component renders again when the state changes."""
    session: Session = ft.use_context(SessionContext)
    ft.use_state(session.state)
    return session
