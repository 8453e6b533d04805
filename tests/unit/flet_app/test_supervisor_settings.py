"""*Configuración*: who is offered what, and *Teléfonos* below it."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft
import httpx
import pytest

from flet_app.i18n import catalogue
from flet_app.supervisor.api import Api
from flet_app.supervisor.views.settings.sections import SECTIONS
from flet_app.supervisor.views.shell import ADMINISTRATION, MORE, PLACES
from receivables.access import ALLOWED, Role
from tests.support.desk import NOW, DeskOffice, a_desk, at_the_desk, problem, tokens
from tests.support.flet_harness import Screen

ANAS: dict[str, Any] = {
    "device": "01KA", "collector": "ana", "email": "ana@andina.example", "name": "Samsung A05",
    "series": "R0001", "enrolled_at": "2026-11-20T13:00:00Z", "revoked_at": None,
    "last_contact_at": "2026-11-20T15:20:00Z", "app": "0.1.0", "wipe": None,
}  # fmt: skip
LOST = {**ANAS, "device": "01KB", "collector": "bruno", "name": "Moto", "revoked_at": "2026-11-19T20:00:00Z"}
LOST |= {"last_contact_at": None, "app": None}
PHONES = {"GET /devices": {"items": [LOST, ANAS]}}
CODE = {
    "code": "K7PM-2QXR", "collector": "ana", "email": "ana@andina.example",
    "expires_at": "2026-11-20T16:00:00Z",
    "link": "recaudo://oficina?api=https%3A%2F%2Foffice.example&code=K7PM-2QXR",
}  # fmt: skip


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COLLECTOR])
def test_each_role_is_offered_what_its_rights_open_and_nothing_else(role: Role, width: int) -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        for section in SECTIONS:
            assert screen.has(f"settings-{section.path}") == (role in ALLOWED[section.action]), section.path

    at_the_desk(story, route="/configuracion", roles=[role], width=width)


def test_who_may_administer_nothing_sees_no_such_place_and_is_told_at_a_link() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        assert screen.has("not-allowed")
        assert not office.asked
        rail = [each for each in screen.walk() if type(each).__name__ == "NavigationRailDestination"]
        assert len(rail) == len(PLACES)

    for section in SECTIONS:
        at_the_desk(story, route=section.route, roles=[Role.BACKOFFICE])


def test_a_narrow_bar_keeps_five_places_and_the_others_are_one_tap_away() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        bar = [each for each in screen.walk() if type(each).__name__ == "NavigationBarDestination"]
        assert len(bar) == 5
        await screen.go("/mas")
        assert screen.has("more-reparto")
        assert screen.has("more-erp")
        assert screen.has("more-configuracion")
        await screen.go("/configuracion/telefonos")
        assert screen.has("settings-back")

    at_the_desk(story, route="/", width=360)


def test_phones_in_use_come_before_those_that_were_shut_out() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-01KA"), "the phones")
        texts = screen.texts()
        assert texts.index("1 teléfono en uso") < texts.index("1 teléfono bloqueado")
        assert screen.says("Ana Quishpe · Samsung A05")
        assert screen.says("Bloqueado 19 nov, 15:00")
        assert screen.says("Último contacto hace 10 minutos · versión 0.1.0")
        assert screen.says("Sin contacto hace dos meses o más")
        assert screen.has("phone-revoke-01KA")
        assert not screen.has("phone-revoke-01KB")

    for width in (360, 1280):
        at_the_desk(story, route="/configuracion/telefonos", answers=PHONES, width=width)


def test_a_phone_is_shut_out_after_one_question_that_names_the_consequence() -> None:
    answers = PHONES | {"POST /devices/01KA/revoke": {}}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-revoke-01KA"), "the phones")
        await screen.tap("phone-revoke-01KA")
        assert screen.says("¿Bloquear el teléfono de Ana Quishpe?")
        assert not office.of("POST /devices/01KA/revoke")
        await screen.tap("phone-revoke-confirm")
        await screen.until(lambda: office.of("POST /devices/01KA/revoke"), "the API is asked")
        await screen.until(lambda: len(office.of("GET /devices")) == 2, "the phones are read again")
        assert not screen.has("phone-revoke-confirm")

    at_the_desk(story, route="/configuracion/telefonos", answers=answers)


def erasing(state: str, **fields: Any) -> dict[str, Any]:
    wipe = {
        "order": "01KW", "state": state, "asked_at": "2026-11-20T15:00:00Z", "by": "sofia@andina.example",
        "reason": "Robado", "heard_at": None, "handed_over_at": None, "erased_at": None, "facts": {},
    }  # fmt: skip
    return {**ANAS, "wipe": wipe | fields}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lost", [False, True])
def test_a_phone_is_erased_for_a_reason_after_one_question_that_names_the_consequence(
    width: int, lost: bool
) -> None:
    phone = {**ANAS, "revoked_at": "2026-11-19T20:00:00Z"} if lost else ANAS
    answers = {"GET /devices": {"items": [phone]}, "POST /devices/01KA/wipe": {}}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-erase-01KA"), "the phones")
        assert screen.has("phone-revoke-01KA") != lost
        await screen.tap("phone-erase-01KA")
        assert screen.says("¿Borrar el teléfono de Ana Quishpe?")
        assert screen.says("Un teléfono que nunca vuelve a comunicarse no se borra.")
        confirm = screen.by_id("phone-erase-confirm").content
        assert isinstance(confirm, ft.FilledButton)
        assert (confirm.content, confirm.disabled) == ("Borrar Samsung A05", True)
        await screen.type("phone-erase-reason", "  ")
        await screen.type("phone-erase-reason", " Robado en el bus ")
        office.answers["GET /devices"] = {"items": [erasing("asked")]}
        await screen.tap("phone-erase-confirm")
        await screen.until(lambda: screen.says("Por borrar, pedido 10:00"), "how far it is")
        assert office.of("POST /devices/01KA/wipe") == [{"reason": "Robado en el bus"}]
        assert screen.says("1 teléfono por borrar")
        assert not screen.has("phone-erase-confirm")

    at_the_desk(story, route="/configuracion/telefonos", answers=answers, width=width)


def test_an_order_is_taken_back_until_the_phone_has_heard_of_it() -> None:
    answers: dict[str, Any] = {
        "GET /devices": {"items": [erasing("asked")]},
        "POST /devices/01KA/wipe/undo": (409, problem("wipe_heard", "El teléfono ya recibió la orden.")),
    }

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-keep-01KA"), "the phones")
        assert not screen.has("phone-erase-01KA")
        assert not screen.has("phone-revoke-01KA")
        office.answers["GET /devices"] = {"items": [erasing("heard", heard_at="2026-11-20T15:10:00Z")]}
        await screen.tap("phone-keep-01KA")
        await screen.until(lambda: screen.says("El teléfono ya recibió la orden."), "why not")
        assert screen.says("Entregando desde 10:10")
        assert not screen.has("phone-keep-01KA")

    at_the_desk(story, route="/configuracion/telefonos", answers=answers)

    async def in_time(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-keep-01KA"), "the phones")
        office.answers["GET /devices"] = {"items": [ANAS]}
        await screen.tap("phone-keep-01KA")
        await screen.until(lambda: screen.has("phone-revoke-01KA"), "it is in use again")

    answers = {"GET /devices": {"items": [erasing("asked")]}, "POST /devices/01KA/wipe/undo": {}}
    at_the_desk(in_time, route="/configuracion/telefonos", answers=answers)


def test_what_an_erased_phone_handed_over_stands_beside_it() -> None:
    times = {"heard_at": "2026-11-20T15:10:00Z", "handed_over_at": "2026-11-20T15:12:00Z"}
    facts = {"photo": 4, "receipt": 3}
    handed = erasing("handed_over", **times, facts=facts)
    gone = {**erasing("erased", **times, facts=facts, erased_at="2026-11-20T15:13:00Z"), "device": "01KZ"}

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-01KZ"), "the phones")
        assert screen.says("Entregó todo 10:12")
        assert screen.says("Borrado 10:13")
        assert screen.says("1 teléfono borrado")
        assert screen.says("sofia@andina.example: Robado")
        assert screen.says("7 registros entregados · Fotos: 4 · Cobros: 3")
        for phone in ("01KA", "01KZ"):
            assert not screen.has(f"phone-keep-{phone}")
            assert not screen.has(f"phone-erase-{phone}")

    for width in (360, 1280):
        answers = {"GET /devices": {"items": [handed, gone]}}
        at_the_desk(story, route="/configuracion/telefonos", answers=answers, width=width)


def test_leaving_a_phone_alone_asks_the_office_nothing() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-revoke-01KA"), "the phones")
        await screen.tap("phone-revoke-01KA")
        await screen.tap("phone-revoke-back")
        assert not screen.has("phone-revoke-confirm")
        assert {method for method, _path, _sent in office.asked} == {"GET"}

    at_the_desk(story, route="/configuracion/telefonos", answers=PHONES)


def test_a_code_is_made_for_a_collector_and_shown_once_with_its_end() -> None:
    answers = PHONES | {"POST /enrolment-codes": (201, CODE)}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.tap("code-new")
        assert not screen.has("code-for-carla"), "who no longer works gets no code"
        await screen.tap("code-for-ana")
        await screen.tap("code-days-7")
        await screen.tap("code-make")
        await screen.until(lambda: screen.has("code-shown"), "the code")
        assert office.of("POST /enrolment-codes") == [{"collector": "ana", "days": 7}]
        assert screen.says("K7PM-2QXR")
        assert screen.says("Vale hasta 11:00, para un solo teléfono.")
        picture = screen.by_id("code-picture").content
        assert picture is not None
        assert bytes(picture.src).startswith(b"\x89PNG")  # type: ignore[attr-defined]
        await screen.tap("code-done")
        assert not screen.says("K7PM-2QXR")

    at_the_desk(story, route="/configuracion/telefonos", answers=answers)


def test_half_an_hour_is_what_a_code_lives_unless_somebody_says_more() -> None:
    answers = PHONES | {"POST /enrolment-codes": (201, CODE)}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.tap("code-new")
        await screen.tap("code-for-bruno")
        await screen.tap("code-make")
        await screen.until(lambda: office.of("POST /enrolment-codes"), "the API is asked")
        assert office.of("POST /enrolment-codes") == [{"collector": "bruno"}]

    at_the_desk(story, route="/configuracion/telefonos", answers=answers, width=360)


def test_a_code_that_is_refused_says_why_and_keeps_the_wish() -> None:
    refused = (404, problem("collector_unknown", "No hay un gestor con el código ana."))
    answers = PHONES | {"POST /enrolment-codes": refused}

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.tap("code-new")
        await screen.tap("code-for-ana")
        await screen.tap("code-make")
        await screen.until(lambda: screen.says("No hay un gestor con el código ana."), "the reason")
        assert screen.by_id("code-for-ana").selected

    at_the_desk(story, route="/configuracion/telefonos", answers=answers)


def test_without_an_answer_the_screen_says_so_and_asks_again() -> None:
    answers: dict[str, Any] = {"GET /devices": httpx.ConnectError("no route")}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phones-failure"), "the failure")
        assert screen.says("El servidor no responde.")
        office.answers["GET /devices"] = {"items": []}
        again = next(each for each in screen.walk() if getattr(each, "content", "") == "Reintentar")
        await screen.fire(again, "click")
        await screen.until(lambda: screen.says("Aún no hay teléfonos registrados."), "the empty list")
        assert not screen.has("phones-failure")

    at_the_desk(story, route="/configuracion/telefonos", answers=answers)


def test_signing_out_forgets_the_rights_too() -> None:
    state = a_desk(Role.ADMINISTRATOR)
    state.forget()
    assert not (state.roles or state.user_email or state.user_name)


def test_places_and_sections_are_named_in_spanish() -> None:
    known = {*catalogue("es", "supervisor"), *catalogue("es", "shared")}
    asked = {place.name for place in (*PLACES, ADMINISTRATION, MORE)}
    asked |= {words for section in SECTIONS for words in (section.name, section.about)}
    assert asked - known == set()


def test_the_api_is_told_whose_browser_it_is() -> None:
    sent: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        return httpx.Response(200, json=tokens())

    async def ask() -> None:
        api = Api(
            "http://office", language="es", now=lambda: NOW, transport=httpx.MockTransport(answer),
            browser="Firefox/150", address="10.1.2.3",
        )  # fmt: skip
        await api.sign_in("a@b.example", "x")
        await api.close()

    asyncio.run(ask())
    told = sent[0]
    assert (told["User-Agent"], told["X-Forwarded-For"]) == ("Recaudo web; Firefox/150", "10.1.2.3")


GIVEN: dict[str, Any] = {
    "code": "1234 5678", "device": "01KA", "collector": "ana", "shown_at": "2026-11-20T12:30:00Z",
    "behind": 10_800,
}  # fmt: skip
GIVING = "POST /devices/01KA/clock-codes"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_clock_is_accepted_by_the_number_that_the_phone_shows(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-clock-01KA"), "the phones")
        assert not screen.has("phone-clock-01KB"), "a phone that is shut out needs no clock"
        await screen.tap("phone-clock-01KA")
        assert screen.says("Queda registrado que usted lo dio.")
        await screen.type("clock-code-number", "3621 2100 1234")
        await screen.tap("clock-code-give")
        await screen.until(lambda: screen.has("clock-code-shown"), "the code")
        assert screen.says("1234 5678")
        assert screen.says("El teléfono muestra 07:30: 3 horas de atraso.")
        assert office.of(GIVING) == [{"number": "3621 2100 1234"}]
        await screen.tap("clock-code-done")
        assert not screen.has("clock-code-shown")

    at_the_desk(
        story, route="/configuracion/telefonos", answers={**PHONES, GIVING: (201, GIVEN)}, width=width
    )


def test_a_number_that_was_misheard_is_told_at_its_field() -> None:
    fault = {"field": "number", "code": "not_a_clock_number", "detail": "Son 12 dígitos."}
    refused = (400, problem("request_invalid", "Revise los campos.") | {"errors": [fault]})

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("phone-clock-01KA"), "the phones")
        await screen.tap("phone-clock-01KA")
        await screen.type("clock-code-number", "12")
        await screen.tap("clock-code-give")
        await screen.until(lambda: screen.field("clock-code-number").error, "the reason")
        assert screen.field("clock-code-number").error == "Son 12 dígitos."
        assert not screen.has("clock-code-failure"), "it is said once"

    at_the_desk(story, route="/configuracion/telefonos", answers={**PHONES, GIVING: refused})
