"""The rules of contact on the collector's screens: what they stop, what they only say, and the way on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.compliance.shipped import holidays_document, shipped_pack
from flet_app.collector.actions.visits import finish_visit, start_visit
from flet_app.collector.phone import Phone
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen

FRIDAY = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 10:30 in Quito
SATURDAY = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 15, 30, tzinfo=UTC)

Story = Callable[[Screen, Phone], Coroutine[Any, Any, None]]


def under_the_law(folder: Path, story: Story, *, debtor_type: str, now: datetime) -> None:
    """Walk `story` on a phone that carries the law of Ecuador, at the instant `now`."""

    async def lawful(screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        documents = [shipped_pack("EC"), holidays_document("EC", 2026)]
        policy = phone.store.database.get("policy:collection") | {"debtor_type": debtor_type}
        await phone.store.write(
            lambda transaction: [transaction.put(each) for each in (*documents, policy) if each]
        )
        phone.announce()
        await screen.settle()
        await screen.go("/cliente/C0001")
        await story(screen, phone)

    walk(folder, lawful, now=now)


async def visiting(screen: Screen) -> None:
    await screen.until(lambda: screen.has("new-receipt"), "the visit is open")


def started(phone: Phone) -> dict[str, Any]:
    [start] = phone.portfolio.visit_starts.values()
    checked: dict[str, Any] = start["contact_check"]
    return checked


def test_in_the_legal_hours_a_visit_starts_with_one_tap(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("start-visit")
        await visiting(screen)
        assert started(phone) == {
            "outcome": "allow", "codes": [], "pack": "EC", "version": 1, "exception": None,
        }  # fmt: skip

    under_the_law(tmp_path, story, debtor_type="consumer", now=FRIDAY)


def test_on_a_saturday_a_consumer_is_not_visited_unless_he_asked_for_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("start-visit")
        await screen.settle()
        assert screen.says("Las reglas no lo permiten ahora")
        assert screen.says("Está fuera del horario en que se puede contactar a los clientes.")
        assert screen.says("Se puede desde el lun, 23 nov, 07:00.")
        assert screen.says("Ley Orgánica de Defensa del Consumidor, art. 49")
        assert not screen.has("contact-anyway")
        assert not phone.portfolio.visit_starts
        await screen.tap("contact-back")
        await screen.settle()
        assert not screen.has("contact-exception-customer_asked")
        await screen.tap("start-visit")
        await screen.tap("contact-exception-customer_asked")
        await visiting(screen)
        assert started(phone)["outcome"] == "block"
        assert started(phone)["exception"] == "customer_asked"

    under_the_law(tmp_path, story, debtor_type="consumer", now=SATURDAY)


def test_on_a_holiday_a_business_may_be_visited_after_a_warning(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("start-visit")
        await screen.settle()
        assert screen.says("Es feriado.")
        assert not phone.portfolio.visit_starts
        await screen.tap("contact-anyway")
        await visiting(screen)
        assert started(phone)["codes"] == ["HOLIDAY"]

    under_the_law(tmp_path, story, debtor_type="business", now=CHRISTMAS)


def test_a_call_is_recorded_and_so_is_that_it_was_answered(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("contact-call")
        await screen.until(lambda: phone.portfolio.attempts, "the call is recorded")
        assert screen.says("¿Contestó el cliente?")
        await screen.fire(button(screen, "Sí, contestó"), "click")
        await screen.until(lambda: len(phone.portfolio.attempts) == 2, "the answer is recorded")
        await screen.settle()
        assert not screen.says("¿Contestó el cliente?")
        attempt, answer = phone.portfolio.attempts.values()
        assert (attempt["channel"], attempt["direct"], answer["direct"]) == ("call", False, True)
        assert answer["of"] == attempt["_id"]
        await screen.tap("contact-call")
        await screen.settle()
        assert screen.says("A este cliente ya se le contactó hoy.")
        assert len(phone.portfolio.attempts) == 2

    under_the_law(tmp_path, story, debtor_type="consumer", now=FRIDAY)


@pytest.mark.parametrize(("day", "allowed"), [("2026-11-23T15:00:00", True), ("2026-11-22T15:00:00", False)])
def test_the_next_visit_is_agreed_for_a_legal_hour_only(tmp_path: Path, day: str, allowed: bool) -> None:
    async def story(_screen: Screen, phone: Phone) -> None:
        await start_visit(phone, "C0001", place=None)
        done = await finish_visit(
            phone,
            outcome="absent",
            comment="Nadie en casa",
            next_visit_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
            place=None,
        )
        codes = [problem.code for problem in done] if isinstance(done, list) else []
        assert codes == ([] if allowed else ["next_visit_not_allowed"])

    under_the_law(tmp_path, story, debtor_type="consumer", now=FRIDAY)


def button(screen: Screen, text: str) -> Any:
    return next(
        control
        for control in screen.walk()
        if getattr(control, "content", None) == text and hasattr(control, "on_click")
    )
