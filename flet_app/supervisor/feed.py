"""Keeps the supervisor's state near the server's: one loop per session, stopped when the session closes.

The last answer stays on screen while the server is away, with a plain notice of its age.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flet_app.supervisor.api import Api, ApiProblem
from flet_app.supervisor.company_look import read_company_logo
from flet_app.supervisor.state import Json, SupervisorState

REFRESH_SECONDS = 5.0
"""Supervisors decide by the minute: five seconds feels live and costs the server six small requests."""

PAGE_LIMIT = 200
MOST_PLACES = 2000
"""Dots on the map; beyond this they would hide each other."""


async def follow(state: SupervisorState, api: Api, now: Callable[[], datetime], nudge: asyncio.Event) -> None:
    """Refresh until cancelled; `nudge` asks for a refresh at once, as when another day was chosen."""
    while True:
        if state.signed_in:
            await refresh(state, api, now())
        nudge.clear()
        try:
            await asyncio.wait_for(nudge.wait(), REFRESH_SECONDS)
        except TimeoutError:
            continue


async def refresh(state: SupervisorState, api: Api, now: datetime) -> None:
    """Read everything of the chosen day and put it on the screen in one go; on failure keep what is shown."""
    if state.follows_today or not state.day:
        state.day = now.astimezone(ZoneInfo(state.timezone)).date().isoformat()
    day = state.day
    collector = state.collector
    try:
        summary, collectors, visits, receipts, exceptions, erp = await asyncio.gather(
            api.read("/summary", on=day),
            api.read("/collectors", on=day),
            api.read("/visits", on=day, collector=collector, limit=PAGE_LIMIT),
            api.read("/receipts", on=day, collector=collector, limit=PAGE_LIMIT),
            api.read("/exceptions", state="open"),
            api.read("/erp"),
        )
    except ApiProblem as problem:
        state.failure = problem.code
        if problem.status == 401:
            state.forget()
        return
    if (day, collector) != (state.day, state.collector):
        return
    if not state.branded:
        state.logo, state.branded = await read_company_logo(api), True
    if not state.customers:
        state.customers = await _placed_customers(api)
    _show(
        state,
        {
            "summary": summary,
            "collectors": collectors["items"],
            "visits": visits["items"],
            "receipts": receipts["items"],
            "receipts_total": receipts["total"],
            "exceptions": exceptions["items"],
            "erp": erp,
        },
    )
    state.loaded_at = now.astimezone(ZoneInfo(state.timezone)).strftime("%H:%M:%S")
    state.failure = ""


async def _placed_customers(api: Api) -> list[Json]:
    """The customers that have a place, for the map; read once, because places hardly ever move in a day."""
    placed: list[Json] = []
    cursor: str | None = None
    try:
        while len(placed) < MOST_PLACES:
            page = await api.read("/customers", limit=PAGE_LIMIT, cursor=cursor)
            placed += [row for row in page["items"] if row["location"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    except ApiProblem:
        return []
    return placed


def _show(state: SupervisorState, fresh: Json) -> None:
    """Assign only what changed: an unchanged list costs no message and moves nothing on screen."""
    for name, value in fresh.items():
        if getattr(state, name) != value:
            setattr(state, name, value)
