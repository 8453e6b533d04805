"""The supervisor's app for screen tests: signed in, before an office that answers from a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import flet as ft
import httpx

from flet_app.supervisor.api import Api
from flet_app.supervisor.main import App
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import SupervisorState
from receivables.access import Role
from tests.support.flet_harness import Screen

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # a Friday, 10:30 in Quito
Json = dict[str, Any]
PEOPLE = [("ana", "Ana Quishpe", True), ("bruno", "Bruno Cevallos", True), ("carla", "Carla Mena", False)]


class DeskOffice:
    """Answers `METHOD /path` below the company from `answers`, and keeps what was asked.

    An answer is a body, a `(status, body)` pair, bytes, an exception of the network to raise, or a callable
    that makes one of the request.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1/companies/andina").removeprefix("/api/v1")
        is_json = request.headers.get("Content-Type", "").startswith("application/json")
        sent: Any = json.loads(request.content) if is_json and request.content else request.content
        if request.method == "GET":
            sent = dict(request.url.params)
        self.asked.append((request.method, path, sent))
        absent = (404, problem("not_found", "No existe."))
        default = tokens() if path == "/auth/login" else absent
        answer = self.answers.get(f"{request.method} {path}", default)
        if callable(answer) and not isinstance(answer, Exception):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return httpx.Response(200, content=answer)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body)

    def of(self, call: str) -> list[Any]:
        """What was sent with each `METHOD /path`: the body, or the parameters of a GET."""
        return [sent for method, path, sent in self.asked if f"{method} {path}" == call]


def problem(code: str, detail: str) -> Json:
    return {"code": code, "detail": detail}


def tokens() -> Json:
    return {"access_token": "a", "refresh_token": "r", "expires_at": "2026-11-20T15:45:00Z"}


def a_desk(*roles: Role, locale: str = "es_EC") -> SupervisorState:
    collectors = [{"collector": code, "name": name, "active": active} for code, name, active in PEOPLE]
    return SupervisorState(
        signed_in=True, company="andina", company_name="Distribuidora Andina", user_name="Alba",
        user_email="alba@andina.example", roles=[role.value for role in roles], locale=locale,
        timezone="America/Guayaquil", day="2026-11-20", loaded_at="10:30:00", collectors=collectors,
    )  # fmt: skip


def at_the_desk(
    story: Callable[[Screen, DeskOffice], Awaitable[None]],
    *,
    route: str,
    answers: dict[str, Any] | None = None,
    roles: Sequence[Role] = (Role.ADMINISTRATOR,),
    width: int = 1280,
    locale: str = "es_EC",
    state: SupervisorState | None = None,
    services: dict[str, Any] | None = None,
) -> None:
    """Open `route` for a person with `roles` and live `story`; `services` answer for files and the like."""
    office = DeskOffice(answers or {})
    shown = state or a_desk(*roles, locale=locale)
    shown.width = width

    async def run() -> None:
        transport = httpx.MockTransport(office)
        api = Api("http://office", language="es", now=lambda: NOW, transport=transport)
        if shown.signed_in:
            await api.sign_in("alba@andina.example", "x")
            api.company = "andina"
            office.asked.clear()
        session = Session(api=api, state=shown, nudge=asyncio.Event(), now=lambda: NOW)

        def main(page: ft.Page) -> None:
            page.render_views(App, session)

        try:
            async with Screen(
                main, route=route, width=width, height=800, platform="linux", answers=services
            ) as screen:
                await screen.settle()
                await story(screen, office)
        finally:
            await api.close()

    asyncio.run(run())
