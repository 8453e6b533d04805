"""*Metas*: what is expected of each collector, whose word it is, setting it and giving it back."""

from __future__ import annotations

from typing import Any

from receivables.access import Role
from receivables.goals import TARGETS
from tests.support.desk import DeskOffice, a_desk, at_the_desk, problem
from tests.support.flet_harness import Screen

Json = dict[str, Any]
NOTHING: Json = dict.fromkeys(TARGETS)
ERPS = {**NOTHING, "amount_month": 2_400_000, "amount_day": 100_000, "visits_day": 20}
ANA = {
    "collector": "ana", "name": "Ana Quishpe", "month": "2026-11", "currency": "USD", **ERPS,
    "set_by": None, "set_at": None, "erp": ERPS,
}  # fmt: skip
BRUNO = {
    **ANA, "collector": "bruno", "name": "Bruno Cevallos", **NOTHING, "effective_month": 300,
    "set_by": "sofia@andina.example", "set_at": "2026-11-20T14:00:00Z", "erp": None,
}  # fmt: skip
CARLA = {**BRUNO, "collector": "carla", "name": "Carla Mena", "effective_month": None, "set_by": None}
LIST = {"GET /goals": {"month": "2026-11", "items": [ANA, BRUNO, CARLA]}}
ROUTE = "/configuracion/metas"


async def shown(screen: Screen) -> None:
    await screen.until(lambda: screen.has("goal-ana"), "the goals")


def test_each_goal_says_what_is_expected_and_whose_word_it_is() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert screen.says("Mes: $ 24.000,00")
        assert screen.says("Día: $ 1.000,00 · 20 gestiones")
        assert screen.says("La del ERP")
        assert screen.says("Mes: 300 efectivas")
        assert screen.says("Fijada por sofia@andina.example, 09:00")
        assert screen.says("Sin meta todavía")
        assert office.of("GET /goals") == [{"month": "2026-11"}]
        assert screen.says("noviembre 2026")
        await screen.tap("goals-2026-12")
        await screen.until(lambda: len(office.of("GET /goals")) == 2, "the next month is asked for")
        assert office.of("GET /goals")[1] == {"month": "2026-12"}

    for width in (360, 1280):
        at_the_desk(story, route=ROUTE, answers=LIST, width=width)


def test_a_goal_is_set_from_what_stands_and_read_again() -> None:
    answers = LIST | {"PUT /goals/ana/2026-11": ANA}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap("goal-set-ana")
        assert screen.says("Metas de Ana Quishpe, noviembre 2026")
        assert screen.field("goal-amount_month").value == "24000,00"
        assert not screen.has("goal-give-back"), "it is the ERP's already"
        await screen.type("goal-amount_month", "30000")
        await screen.type("goal-effective_day", "14")
        await screen.type("goal-visits_day", "")
        await screen.tap("goal-save")
        await screen.until(lambda: len(office.of("GET /goals")) == 2, "the goals are read again")
        assert office.of("PUT /goals/ana/2026-11") == [
            {**NOTHING, "amount_month": 3_000_000, "amount_day": 100_000, "effective_day": 14}
        ]
        assert not screen.has("goal-save")

    at_the_desk(story, route=ROUTE, answers=answers, roles=[Role.SUPERVISOR])


def test_what_is_no_figure_is_told_at_its_field_and_not_sent() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap("goal-set-ana")
        await screen.type("goal-amount_day", "1.2.3")
        await screen.type("goal-visits_day", "0")
        await screen.tap("goal-save")
        told = "Escriba un valor mayor que cero, o nada"
        assert screen.field("goal-amount_day").error == told
        assert screen.field("goal-visits_day").error == told
        assert not screen.field("goal-amount_month").error
        assert not office.of("PUT /goals/ana/2026-11")

    at_the_desk(story, route=ROUTE, answers=LIST)


def test_a_goal_is_given_back_and_a_refusal_is_told_in_the_dialog() -> None:
    answers = LIST | {
        "DELETE /goals/bruno/2026-11": (409, problem("changed_meanwhile", "Cambió entretanto."))
    }

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap("goal-set-bruno")
        button = screen.by_id("goal-give-back").content
        assert getattr(button, "content", None) == "Quitar la meta"
        await screen.tap("goal-give-back")
        await screen.until(lambda: screen.says("Cambió entretanto."), "the server's words")
        office.answers["DELETE /goals/bruno/2026-11"] = BRUNO
        await screen.tap("goal-give-back")
        await screen.until(lambda: not screen.has("goal-give-back"), "the dialog is gone")
        assert len(office.of("GET /goals")) == 2

    at_the_desk(story, route=ROUTE, answers=answers)


def test_the_panel_leads_there_for_who_may_set_goals() -> None:
    summary = {
        "collected": {"total": 0, "by_method": {}}, "receipts": {"count": 0}, "exceptions_open": 0,
        "visits": {"started": 0, "finished": 0, "effective": 0},
        "goal": {"amount_day": None, "visits_day": None, "effective_day": 14},
    }  # fmt: skip

    def at_the_panel(role: Role, *, offered: bool) -> None:
        async def story(screen: Screen, _office: DeskOffice) -> None:
            assert screen.has("panel-goals") is offered
            assert screen.says("de 14")

        state = a_desk(role)
        state.summary, state.collectors = summary, []
        at_the_desk(story, route="/", state=state)

    at_the_panel(Role.SUPERVISOR, offered=True)
    at_the_panel(Role.BACKOFFICE, offered=False)
