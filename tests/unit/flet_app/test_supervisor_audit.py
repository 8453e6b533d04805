"""*Auditoría* and *Rescate*: who did what, and the file of a phone that could not send."""

from __future__ import annotations

from typing import Any

import flet as ft
import httpx
import pytest

from backend.http.rules import RULES
from flet_app.i18n import catalogue
from flet_app.supervisor.rescue import LARGEST_FILE
from flet_app.supervisor.views.settings.rescue import SHOWN
from flet_app.supervisor.words import ACTIONS, FACTS, KEPT, OUTCOMES
from receivables.access import Role
from receivables.fact_shapes import FACTS as FACT_SHAPES
from tests.support.desk import DeskOffice, at_the_desk, problem
from tests.support.flet_harness import Screen

Json = dict[str, Any]
AUDIT, RESCUE = "/configuracion/auditoria", "/configuracion/rescate"


def entry(number: int, **fields: Any) -> Json:
    return {
        "id": f"01KA{number}", "at": "2026-11-20T15:20:00Z", "by": "sofia@andina.example",
        "action": "sign_in", "subject": None, "outcome": "accepted", "values": {},
        "address": "10.0.0.7", "agent": "Firefox", "device": None, "of": None, **fields,
    }  # fmt: skip


VOIDED = entry(1, action="receipt_voided", subject="R0001-00000004", values={"reason": "Cobro doble"})
REFUSED = entry(2, action="person_added", outcome="role_missing", values={"roles": ["administrator"]})
LATER = entry(3, action="zone_saved", subject="norte")


def page(*entries: Json, cursor: str | None = None) -> Json:
    return {"items": [*entries], "next_cursor": cursor}


@pytest.mark.parametrize("width", [360, 1280])
def test_an_entry_says_who_did_what_about_what_and_from_where(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("audit-01KA1"), "the entries")
        asked = [{"from": "2026-11-14", "limit": "60"}]
        assert office.of("GET /audit") == asked, "seven days, today included"
        assert screen.says("Cobro anulado · R0001-00000004")
        assert screen.says("10:20 · sofia@andina.example")
        assert screen.says("Motivo: Cobro doble")
        assert screen.says("10.0.0.7 · Firefox")
        assert screen.says("El rol no lo permite")
        assert screen.says("Roles: Administrador")

    at_the_desk(story, route=AUDIT, answers={"GET /audit": page(VOIDED, REFUSED)}, width=width)


def test_the_audit_is_filtered_and_read_a_page_at_a_time() -> None:
    def answer(request: httpx.Request) -> Json:
        if request.url.params.get("cursor") == "next":
            return page(LATER)
        return page(VOIDED, cursor="next")

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("audit-more"), "the first page")
        await screen.tap("audit-more")
        await screen.until(lambda: screen.has("audit-01KA3"), "the second page")
        assert screen.has("audit-01KA1")
        await screen.tap("audit-span-0")
        await screen.type("audit-by", "Sofia@andina.example ")
        await screen.type("audit-subject", "R0001-00000004")
        dropdown = screen.by_id("audit-action").content
        assert isinstance(dropdown, ft.Dropdown)
        screen.session.apply_patch(dropdown._i, {"value": "receipt_voided"})
        await screen.fire(dropdown, "select", "receipt_voided")
        asked = {
            "by": "sofia@andina.example", "action": "receipt_voided", "subject": "R0001-00000004",
            "limit": "60",
        }  # fmt: skip
        await screen.until(lambda: office.of("GET /audit")[-1] == asked, "all filters at once")

    at_the_desk(story, route=AUDIT, answers={"GET /audit": answer})


@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_what_is_filtered_is_taken_away_as_a_file(form: str) -> None:
    answers = {"GET /audit": page(VOIDED), "GET /audit/export": b"the file"}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("audit-01KA1"), "the entries")
        await screen.tap(f"audit-export-{form}")
        await screen.until(lambda: office.of("GET /audit/export"), "the API is asked")
        assert office.of("GET /audit/export") == [{"from": "2026-11-14", "format": form}]
        await screen.until(lambda: screen.connection.calls, "the file is given")
        (given,) = [given for name, given in screen.connection.calls if name == "save_file"]
        assert given["file_name"] == f"auditoria-andina-2026-11-20.{form}"
        assert bytes(given["src_bytes"]) == b"the file"

    at_the_desk(story, route=AUDIT, answers=answers, services={"save_file": None})


def test_nothing_found_and_no_answer_are_said() -> None:
    async def empty(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.says("No hay nada que coincida."), "the empty list")

    async def away(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("audit-failure"), "the failure")

    at_the_desk(empty, route=AUDIT, answers={"GET /audit": page()})
    at_the_desk(away, route=AUDIT, answers={"GET /audit": httpx.ConnectError("no route")})


def test_every_action_outcome_and_kind_of_fact_has_words() -> None:
    audited = {rule.audit for rule in RULES.values() if rule.audit}
    assert audited == {*ACTIONS}
    assert {name for rule in RULES.values() for name in rule.keeps} == {*KEPT}
    assert {*FACT_SHAPES} == {*FACTS}
    known = {*catalogue("es", "supervisor"), *catalogue("es", "shared")}
    said = {*ACTIONS.values(), *KEPT.values(), *OUTCOMES.values(), *FACTS.values()}
    said |= {words for words, _tone, _icon in SHOWN.values()}
    assert said - known == set()


# -- the file of a phone ----------------------------------------------------------------------

REPORT = {
    "collector": "ana", "device": "01KA", "made_at": "2026-11-20T15:00:00Z", "stored": 3, "present": 1,
    "refused": [{"id": "receipt:R0009:00000001", "reason": "role_missing: series"}],
    "facts": [
        {"id": "receipt:R0001:00000004", "outcome": "stored"},
        {"id": "receipt:R0001:00000005", "outcome": "stored"},
        {"id": "note:ana:01KA", "outcome": "stored"}, {"id": "visit:ana:01KB", "outcome": "present"},
        {"id": "receipt:R0009:00000001", "outcome": "refused"},
    ],
}  # fmt: skip


def picked(content: bytes, *, name: str = "ana.recaudo") -> dict[str, Any]:
    return {"pick_files": [{"id": 1, "name": name, "size": len(content), "path": None, "bytes": content}]}


@pytest.mark.parametrize("width", [360, 1280])
def test_a_file_is_taken_in_and_told_fact_by_fact(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        assert screen.says("Aún no se ha elegido un archivo.")
        await screen.tap("rescue-pick")
        await screen.until(lambda: screen.has("rescue-report"), "the report")
        assert office.of("POST /recoveries") == [b"sealed"]
        assert screen.says("ana.recaudo: de Ana Quishpe, generado 10:00")
        stored, present = screen.by_id("rescue-stored").content, screen.by_id("rescue-present").content
        assert isinstance(stored, ft.Text)
        assert isinstance(present, ft.Text)
        assert (stored.value, present.value) == ("3 registros", "1 registro")
        assert screen.says("R0001-00000004, R0001-00000005")
        assert screen.says("Cobros · R0009-00000001")
        assert screen.says("Este equipo no puede registrar este documento.")

    at_the_desk(
        story, route=RESCUE, answers={"POST /recoveries": REPORT}, services=picked(b"sealed"), width=width
    )


def test_a_file_of_somebody_else_is_refused_in_the_servers_words() -> None:
    refused = (400, problem("recovery_not_for_us", "El archivo está dañado o fue sellado para otra empresa."))

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.tap("rescue-pick")
        await screen.until(lambda: screen.says("fue sellado para otra empresa."), "the reason")
        assert not screen.has("rescue-report")

    at_the_desk(story, route=RESCUE, answers={"POST /recoveries": refused}, services=picked(b"x"))


def test_a_file_beyond_the_bound_is_not_even_sent() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.tap("rescue-pick")
        await screen.until(lambda: screen.has("rescue-too-large"), "the reason")
        assert not office.asked

    at_the_desk(story, route=RESCUE, services=picked(bytes(LARGEST_FILE + 1)))


def test_who_changes_the_mind_sends_nothing() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.tap("rescue-pick")
        assert screen.says("Aún no se ha elegido un archivo.")
        assert not office.asked

    at_the_desk(story, route=RESCUE, services={"pick_files": []}, roles=[Role.SUPERVISOR])
