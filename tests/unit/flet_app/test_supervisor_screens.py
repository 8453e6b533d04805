"""The supervisor's screens over a day already in the state; the server's part is proven in the browser."""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft
import httpx
import pytest

from flet_app.i18n import Texts, catalogue
from flet_app.supervisor.api import Api
from flet_app.supervisor.main import App
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import SupervisorState
from flet_app.supervisor.words import ERP_KINDS, EXCEPTIONS, METHODS, POSTING_STATES, posting_status
from tests.support.flet_harness import Screen

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # a Friday, 10:30 in Quito
NOWHERE = "http://127.0.0.1:9"
ROOT = Path(__file__).parents[3]

POSTED = {
    "id": "receipt:R0001:00000001", "number": "R0001-00000001", "collector": "ana", "customer": "C0001",
    "customer_name": "Comercial El Rosal", "created_at": "2026-11-20T15:00:00Z",
    "total": 51378, "currency": "USD",
    "payments": [{"method": "cash", "amount": 30000}, {"method": "cheque", "amount": 21378}],
    "allocations": [{"invoice": "001-001-000002154", "amount": 50000}], "on_account": 1378,
    "state": "posted", "erp_number": "COB-000123", "reason": None,
}  # fmt: skip
REJECTED = {
    **POSTED, "id": "receipt:R0002:00000001", "number": "R0002-00000001", "collector": "bruno",
    "on_account": 0, "state": "rejected", "erp_number": None,
    "reason": "Cliente bloqueado: cheque protestado.",
}  # fmt: skip


def a_day() -> SupervisorState:
    goal = {"amount_day": 100000, "visits_day": 20}
    seen = {"lat": -0.18, "lon": -78.48, "accuracy": 9.0, "at": "2026-11-20T15:20:00Z"}
    ana = {
        "collector": "ana", "name": "Ana Quishpe", "active": True, "last_position": seen, "collected": 51378,
        "visits": 3, "receipts": 1, "customers": 133, "goal": goal,
    }  # fmt: skip
    return SupervisorState(
        signed_in=True, company="andina", company_name="Distribuidora Andina", user_name="Sofía",
        timezone="America/Guayaquil", day="2026-11-20", loaded_at="10:30:00",
        summary={
            "collected": {"total": 102756, "by_method": {"cash": 60000, "cheque": 42756}},
            "receipts": {"count": 2, "received": 0, "sending": 0, "posted": 1, "retry": 0, "rejected": 1},
            "visits": {"started": 4, "finished": 3, "effective": 2}, "goal": goal, "exceptions_open": 1,
        },
        collectors=[ana, {**ana, "collector": "bruno", "name": "Bruno Cevallos", "last_position": None}],
        customers=[{"code": "C0001", "location": {"lat": -0.19, "lon": -78.49}, "overdue": 1000}],
        visits=[{
            "id": "visit_start:ana:1", "collector": "ana", "customer": "C0001",
            "customer_name": "Comercial El Rosal",
            "started_at": "2026-11-20T14:40:00Z", "finished_at": "2026-11-20T15:05:00Z", "outcome": "paid",
            "outcome_label": {"es": "Pagó", "en": "Paid"}, "comment": "Pagó lo vencido.",
            "next_visit_at": "2026-11-27T15:00:00Z", "open": False,
        }],
        receipts=[POSTED, REJECTED],
        receipts_total={"count": 2, "amount": 102756, "by_method": {"cash": 60000, "cheque": 42756}},
        exceptions=[{
            "kind": "posting_rejected", "receipt": "receipt:R0002:00000001", "customer": "C0001",
            "detail": "Cliente bloqueado: cheque protestado.",
        }],
    )  # fmt: skip


ERP = {
    "kinds": [
        {"kind": "customers", "imported_at": "2026-11-20T15:20:00Z", "unreadable_count": 0, "unreadable": []},
        {
            "kind": "invoices", "imported_at": "2026-11-20T15:20:00Z", "unreadable_count": 1,
            "unreadable": [{"key": "F-9", "reason": "due_on: 'x' is not a date"}],
        },
    ],
    "failing": {"out": {"since": "2026-11-21T02:00:00Z", "reason": "connection refused"}},
    "waiting": {"sending": 1, "retry": 1, "rejected": 1},
    "rejected": [{**REJECTED, "reversal_reason": None}],
    "comparison": {
        "on": "2026-11-20", "at": "2026-11-20T07:30:00Z", "agrees": True, "kept_back": [],
        "kinds": [{
            "kind": "invoices", "left": False, "erp": 2500, "here": 2501, "missing_count": 0, "gone_count": 1,
            "differing_count": 1,
        }],
        "customers": [{"customer": "C0001", "erp": 3, "erp_open": 27500, "here": 4, "here_open": 30000}],
        "receipts": {"checked": 120, "lost": [], "lost_count": 0, "sent_again": 0},
    },
}  # fmt: skip


def look(
    state: SupervisorState,
    story: Callable[[Screen, Session], Coroutine[Any, Any, None]],
    *,
    route: str,
    width: int = 1280,
) -> None:
    state.width = width

    async def run() -> None:
        api = Api(NOWHERE, language="es", now=lambda: NOW)
        session = Session(api=api, state=state, nudge=asyncio.Event(), now=lambda: NOW)

        def main(page: ft.Page) -> None:
            page.render_views(App, session)

        try:
            async with Screen(main, route=route, width=width, height=800, platform="linux") as screen:
                await story(screen, session)
        finally:
            await api.close()

    asyncio.run(run())


def test_the_panel_opens_on_what_was_collected_and_its_methods_add_up() -> None:
    async def story(screen: Screen, _session: Session) -> None:
        assert screen.says("$ 1.027,56")
        assert screen.has("panel-method-cash")
        assert screen.has("panel-method-cheque")
        assert screen.says("3 gestiones · 1 cobro · 133 clientes")
        assert screen.says("$ 600,00")
        assert screen.says("$ 427,56")
        assert screen.says("Ana Quishpe")
        assert screen.says("El ERP rechazó un recibo · R0002-00000001")

    look(a_day(), story, route="/")


@pytest.mark.parametrize("width", [360, 1280])
def test_each_receipt_shows_the_answer_of_the_erp(width: int) -> None:
    async def story(screen: Screen, _session: Session) -> None:
        assert screen.says("Contabilizado n.º COB-000123")
        assert screen.says("Rechazado: Cliente bloqueado: cheque protestado.")
        assert screen.says("2 cobros · $ 1.027,56 · Efectivo 600,00 · Cheque 427,56")
        assert screen.says("$ 13,78 a favor")

    look(a_day(), story, route="/cobros", width=width)


def test_a_finished_visit_shows_its_outcome_times_and_next_visit() -> None:
    async def story(screen: Screen, _session: Session) -> None:
        assert screen.says("ana · 09:40 – 10:05")
        assert screen.says("Pagó lo vencido.")
        assert screen.says("27 nov, 10:00")

    look(a_day(), story, route="/gestiones")


def test_the_map_tells_the_age_of_a_position_and_who_has_none() -> None:
    async def story(screen: Screen, _session: Session) -> None:
        assert screen.has("collectors-map")
        assert screen.says("Visto hace 10 minutos")
        assert screen.says("Sin posición en este día")

    look(a_day(), story, route="/mapa")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_erp_page_says_what_waits_what_was_refused_and_what_differs(width: int) -> None:
    state = a_day()
    state.erp = ERP

    async def story(screen: Screen, _session: Session) -> None:
        assert screen.says("desde vie, 20 nov 21:00: connection refused")
        assert screen.says("1 registro ilegible: F-9 (due_on: 'x' is not a date)")
        assert screen.says("Comercial El Rosal · R0002-00000001")
        assert screen.says("Todo coincide.")
        assert screen.says("ERP 2500 · aquí 2501 · 2 diferían, corregido")
        assert screen.says("$ 275,00 / $ 300,00")

    look(state, story, route="/erp", width=width)


def test_a_rejected_receipt_is_sent_again_by_one_button() -> None:
    state = a_day()
    state.erp = ERP
    asked: list[str] = []

    async def story(screen: Screen, session: Session) -> None:
        async def write(path: str, _body: dict[str, Any]) -> dict[str, Any]:
            asked.append(path)
            return {}

        session.api.write = write  # type: ignore[method-assign]
        await screen.tap("erp-send-again-R0002-00000001")
        await screen.until(lambda: bool(asked), "the API is asked")
        assert session.nudge.is_set()

    look(state, story, route="/erp")
    assert asked == ["/receipts/R0002-00000001/send-again"]


def test_the_last_figures_stay_while_the_server_is_away() -> None:
    state = a_day()
    state.failure = "unreachable"

    async def story(screen: Screen, _session: Session) -> None:
        assert screen.says("El servidor no responde; se muestran los últimos datos conocidos.")
        assert screen.says("$ 1.027,56")

    look(state, story, route="/")


def test_signing_in_without_an_answer_says_so_and_keeps_what_was_typed() -> None:
    async def story(screen: Screen, _session: Session) -> None:
        await screen.type("sign-in-email", "sofia@andina.example")
        await screen.type("sign-in-password", "secreta")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.says("El servidor no responde."), "the failure is told")
        assert screen.by_id("sign-in-email").content.value == "sofia@andina.example"  # type: ignore[union-attr]

    look(SupervisorState(), story, route="/")


def test_signing_out_leaves_nothing_for_who_signs_in_next() -> None:
    async def story(screen: Screen, session: Session) -> None:
        await screen.tap("sign-out")
        left = session.state
        assert not left.signed_in
        assert not (left.summary or left.collectors or left.customers or left.visits or left.receipts)
        assert not (left.exceptions or left.receipts_total or left.collector)

    look(a_day(), story, route="/")


def test_of_several_reads_at_once_only_the_first_renews_the_token() -> None:
    spent: list[str] = []

    def office(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/auth/login"):
            tokens = {"access_token": "a", "refresh_token": "r0", "expires_at": "2026-11-20T15:30:10Z"}
            return httpx.Response(200, json=tokens)
        if request.url.path.endswith("/auth/refresh"):
            spent.append(json.loads(request.content)["refresh_token"])
            tokens = {"access_token": "b", "refresh_token": "r1", "expires_at": "2026-11-20T15:45:00Z"}
            return httpx.Response(200, json=tokens)
        return httpx.Response(200, json={})

    async def read_five() -> None:
        api = Api(NOWHERE, language="es", now=lambda: NOW, transport=httpx.MockTransport(office))
        await api.sign_in("sofia@andina.example", "secreta")
        await asyncio.gather(*(api.read("/summary") for _ in range(5)))
        await api.close()

    asyncio.run(read_five())
    assert spent == ["r0"]


def test_a_day_before_today_is_not_overtaken_by_the_calendar() -> None:
    async def story(screen: Screen, session: Session) -> None:
        await screen.tap("day-before")
        assert session.state.day == "2026-11-19"
        assert not session.state.follows_today
        await screen.tap("day-after")
        assert session.state.follows_today

    look(a_day(), story, route="/")


def test_a_receipt_without_an_answer_is_received() -> None:
    status = posting_status(Texts(domains=("supervisor", "shared")), {**POSTED, "state": "received"})
    assert status.text == "Recibido"


def keys_of(path: Path) -> set[str]:
    """The sentences that a module asks the catalogue for, where they are written out."""
    asked = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in {"t", "n"} and node.args and isinstance(node.args[0], ast.Constant):
                asked.add(str(node.args[0].value))
    return asked


def test_every_sentence_of_the_supervisor_has_its_spanish() -> None:
    asked = set().union(*(keys_of(path) for path in (ROOT / "flet_app" / "supervisor").rglob("*.py")))
    asked |= {*EXCEPTIONS.values(), *ERP_KINDS.values(), *METHODS.values(), "ERP"}
    asked |= {*(words for words, _tone in POSTING_STATES.values())}
    known = {*catalogue("es", "supervisor"), *catalogue("es", "shared")}
    assert len(asked) > 30
    assert asked - known == set()
