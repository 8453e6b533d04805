"""*Personas*, and a password for one use at the sign-in."""

from __future__ import annotations

from typing import Any

import flet as ft
import httpx
import pytest

from flet_app.i18n import catalogue
from flet_app.supervisor.state import SupervisorState
from flet_app.supervisor.views.settings.people_dialogs import QUESTIONS
from flet_app.supervisor.words import ROLE_RIGHTS, ROLES
from receivables.access import Role
from tests.support.desk import DeskOffice, at_the_desk, problem, tokens
from tests.support.flet_harness import Screen

Json = dict[str, Any]
ROUTE = "/configuracion/personas"
ALBA: Json = {
    "email": "alba@andina.example", "name": "Alba Paz", "roles": ["administrator"], "collector": None,
    "series": [], "disabled_at": None, "disabled_by": None, "one_time_until": None, "elsewhere": False,
}  # fmt: skip
ANA = {
    **ALBA, "email": "ana@andina.example", "name": "Ana Quishpe", "roles": ["collector"], "collector": "ana",
    "series": ["R0001", "R0004"],
}  # fmt: skip
EVA = {
    **ALBA, "email": "eva@andina.example", "name": "Eva Luna", "roles": ["backoffice"], "elsewhere": True,
    "one_time_until": "2026-11-27T15:30:00Z",
}  # fmt: skip
GONE = {
    **ALBA, "email": "gil@andina.example", "name": "Gil Soto", "roles": ["supervisor"],
    "disabled_at": "2026-11-18T14:00:00Z", "disabled_by": "alba@andina.example",
}  # fmt: skip


def page_of(*people: Json, total: int | None = None, cursor: str | None = None) -> Json:
    return {"items": [*people], "total": total or len(people), "next_cursor": cursor}


EVERYBODY = {"GET /people": page_of(ALBA, ANA, EVA)}


@pytest.mark.parametrize("width", [360, 1280])
def test_each_person_shows_roles_code_series_and_what_is_special(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("person-ana@andina.example"), "the people")
        assert office.of("GET /people")[0] == {"state": "active", "limit": "60"}
        assert screen.says("3 personas")
        assert screen.says("Cobra como ana · serie R0001, R0004")
        assert screen.says("También trabaja en otra empresa")
        assert screen.says("Contraseña de un solo uso hasta 27 nov, 10:30")
        assert screen.by_id("person-password-eva@andina.example").content.disabled  # type: ignore[union-attr]

    at_the_desk(story, route=ROUTE, answers=EVERYBODY, width=width)


def test_people_are_searched_and_shown_a_page_at_a_time() -> None:
    def answer(request: httpx.Request) -> Json:
        asked = request.url.params
        if asked.get("cursor") == "next":
            return page_of(EVA, total=3)
        if asked.get("q") == "gil":
            return page_of(GONE) if asked.get("state") == "disabled" else page_of()
        return page_of(ALBA, ANA, total=3, cursor="next")

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("people-more"), "the first page")
        await screen.tap("people-more")
        await screen.until(lambda: screen.has("person-eva@andina.example"), "the second page")
        assert screen.has("person-alba@andina.example")
        assert not screen.has("people-more")
        await screen.type("people-search", "gil")
        await screen.until(lambda: screen.says("No se encontró a nadie."), "nobody at work is called so")
        await screen.tap("people-disabled")
        await screen.until(lambda: screen.has("person-gil@andina.example"), "who was let go")
        assert screen.says("Desactivada 18 nov, 09:00")
        assert screen.has("person-enable-gil@andina.example")
        assert not screen.has("person-disable-gil@andina.example")

    at_the_desk(story, route=ROUTE, answers={"GET /people": answer})


@pytest.mark.parametrize("width", [360, 1280])
def test_a_person_is_added_and_the_password_is_told_once(width: int) -> None:
    rita = {**ANA, "email": "rita@andina.example", "name": "Rita Mora", "collector": "rita", "series": []}
    told = {
        "person": {**rita, "one_time_until": "2026-11-27T15:30:00Z"},
        "one_time_password": "K7PM-2QXR-9TBC",
    }
    answers = EVERYBODY | {"POST /people": (201, told)}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.tap("person-new")
        assert screen.by_id("person-save").content.disabled  # type: ignore[union-attr]
        await screen.type("person-email", " rita@andina.example ")
        await screen.type("person-name", "Rita Mora")
        await screen.tap("person-role-collector")
        assert screen.by_id("person-save").content.disabled, "a collector needs a code"  # type: ignore[union-attr]
        await screen.type("person-collector", "rita")
        await screen.tap("person-role-supervisor")
        await screen.tap("person-save")
        await screen.until(lambda: screen.has("password-shown"), "the password")
        assert office.of("POST /people") == [
            {
                "email": "rita@andina.example", "name": "Rita Mora", "roles": ["collector", "supervisor"],
                "collector": "rita",
            }
        ]  # fmt: skip
        assert screen.says("K7PM-2QXR-9TBC")
        assert screen.says("Vale hasta 27 nov, 10:30, para un solo uso.")
        await screen.tap("password-done")
        assert not screen.says("K7PM-2QXR-9TBC")
        assert len(office.of("GET /people")) == 2, "the list is read again"

    at_the_desk(story, route=ROUTE, answers=answers, width=width)


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays() -> None:
    fault = {"field": "email", "code": "not_an_email", "detail": "Debe ser un correo electrónico."}
    refused = (400, problem("request_invalid", "Revise los campos señalados.") | {"errors": [fault]})

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.tap("person-new")
        await screen.type("person-email", "rita")
        await screen.type("person-name", "Rita")
        await screen.tap("person-role-backoffice")
        await screen.tap("person-save")
        await screen.until(lambda: screen.field("person-email").error is not None, "the fault")
        assert screen.field("person-email").error == "Debe ser un correo electrónico."
        assert screen.field("person-email").value == "rita"
        assert screen.by_id("person-role-backoffice").selected

    at_the_desk(story, route=ROUTE, answers=EVERYBODY | {"POST /people": refused})


def test_roles_are_changed_and_a_code_is_not() -> None:
    answers = EVERYBODY | {"PUT /people/ana@andina.example": ANA}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("person-change-ana@andina.example"), "the people")
        await screen.tap("person-change-ana@andina.example")
        assert not screen.has("person-email")
        assert screen.field("person-collector").disabled
        await screen.tap("person-role-coordinator")
        assert screen.says("Coordinador: lo de un supervisor, y lee quién hizo qué.")
        await screen.tap("person-save")
        await screen.until(lambda: not screen.has("person-save"), "the form closes")
        assert office.of("PUT /people/ana@andina.example") == [
            {"name": "Ana Quishpe", "roles": ["collector", "coordinator"], "collector": "ana"}
        ]

    at_the_desk(story, route=ROUTE, answers=answers)


def test_the_name_of_who_works_elsewhere_too_is_not_offered() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("person-change-eva@andina.example"), "the people")
        await screen.tap("person-change-eva@andina.example")
        assert screen.field("person-name").disabled

    at_the_desk(story, route=ROUTE, answers=EVERYBODY)


@pytest.mark.parametrize(
    ("verb", "who", "words"),
    [
        ("disable", ANA, "¿Desactivar a Ana Quishpe?"),
        ("enable", GONE, "¿Activar a Gil Soto?"),
        ("password", ANA, "¿Nueva contraseña para Ana Quishpe?"),
    ],
)
def test_what_is_done_to_a_person_is_asked_once_with_its_consequence(
    verb: str, who: Json, words: str
) -> None:
    call = f"POST /people/{who['email']}/{verb}"
    person = {**who, "one_time_until": "2026-11-27T15:30:00Z"}
    done = {"person": person, "one_time_password": "AAAA-BBBB-CCCC"}
    answers = {"GET /people": page_of(ANA, GONE), call: done if verb == "password" else who}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has(f"person-{verb}-{who['email']}"), "the people")
        await screen.tap(f"person-{verb}-{who['email']}")
        assert screen.says(words)
        await screen.tap(f"person-{verb}-back")
        assert not office.of(call)
        await screen.tap(f"person-{verb}-{who['email']}")
        await screen.tap(f"person-{verb}-confirm")
        await screen.until(lambda: len(office.of("GET /people")) == 2, "the list is read again")
        assert office.of(call) == [{}]
        assert screen.says("AAAA-BBBB-CCCC") == (verb == "password")

    at_the_desk(story, route=ROUTE, answers=answers)


def test_the_last_administrator_is_told_why_nothing_happened() -> None:
    words = "Nadie más administra la empresa. Nombre primero a otra persona."
    answers = EVERYBODY | {
        "POST /people/alba@andina.example/disable": (409, problem("last_administrator", words))
    }

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("person-disable-alba@andina.example"), "the people")
        await screen.tap("person-disable-alba@andina.example")
        await screen.tap("person-disable-confirm")
        await screen.until(lambda: screen.says(words), "the reason")
        assert screen.has("person-alba@andina.example")

    at_the_desk(story, route=ROUTE, answers=answers)


def test_without_an_answer_the_list_says_so() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("people-failure"), "the failure")
        assert screen.says("El servidor no responde.")

    at_the_desk(story, route=ROUTE, answers={"GET /people": httpx.ConnectError("no route")})


# -- the sign-in ------------------------------------------------------------------------------

ONE_TIME = (403, problem("password_change_needed", "La contraseña es de un solo uso."))
COMPANY = {
    "code": "andina", "name": "Distribuidora Andina", "currency": "USD", "timezone": "America/Guayaquil",
    "locale": "es_EC", "collector": None,
}  # fmt: skip


def signed_in(*roles: str) -> Json:
    companies = [COMPANY | {"roles": [*roles]}]
    return tokens() | {"user": {"email": "eva@andina.example", "name": "Eva"}, "companies": companies}


async def with_one_time(screen: Screen) -> None:
    await screen.type("sign-in-email", "eva@andina.example")
    await screen.type("sign-in-password", "K7PM-2QXR-9TBC")
    await screen.tap("sign-in-submit")
    await screen.until(lambda: screen.has("sign-in-new-password"), "another password is asked for")


def test_a_password_for_one_use_is_changed_and_the_person_is_in() -> None:
    answers = {"POST /auth/login": ONE_TIME, "POST /auth/password": signed_in("supervisor")}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await with_one_time(screen)
        await screen.tap("sign-in-submit")
        assert screen.says("Elija su propia contraseña.")
        await screen.type("sign-in-new-password", "mi propia clave")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("sign-out"), "the person is in")
        assert office.of("POST /auth/password") == [
            {"email": "eva@andina.example", "password": "K7PM-2QXR-9TBC", "new_password": "mi propia clave"}
        ]

    at_the_desk(story, route="/", answers=answers, state=SupervisorState())


def test_a_collector_changes_it_here_too_and_is_sent_to_the_phone() -> None:
    answers = {"POST /auth/login": ONE_TIME, "POST /auth/password": signed_in("collector")}

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await with_one_time(screen)
        await screen.type("sign-in-new-password", "mi propia clave")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("password-changed"), "the change is told")
        assert screen.says("Ingrese con ella en su teléfono.")
        assert not screen.has("sign-in-new-password")
        assert not screen.field("sign-in-password").value

    at_the_desk(story, route="/", answers=answers, state=SupervisorState(), width=360)


def test_a_password_that_will_not_do_says_why_at_its_field() -> None:
    fault = {"field": "new_password", "code": "too_short", "detail": "Necesita al menos 8 caracteres."}
    refused = (400, problem("request_invalid", "Revise los campos.") | {"errors": [fault]})
    answers = {"POST /auth/login": ONE_TIME, "POST /auth/password": refused}

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await with_one_time(screen)
        await screen.type("sign-in-new-password", "corta")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.field("sign-in-new-password").error is not None, "the reason")
        assert screen.field("sign-in-new-password").error == "Necesita al menos 8 caracteres."
        assert screen.field("sign-in-new-password").value == "corta"

    at_the_desk(story, route="/", answers=answers, state=SupervisorState())


def test_the_server_speaks_the_language_of_the_company() -> None:
    english = signed_in("administrator")
    english["companies"][0]["locale"] = "en_US"
    spoken: list[str] = []

    def answer(request: httpx.Request) -> Json:
        spoken.append(request.headers["Accept-Language"])
        return page_of(ALBA)

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.type("sign-in-email", "eva@andina.example")
        await screen.type("sign-in-password", "mi propia clave")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.says("1 person"), "the people")
        assert {"Change", "New password", "Disable"} <= {
            str(each.content) for each in screen.walk() if isinstance(each, ft.TextButton)
        }

    answers = {"POST /auth/login": english, "GET /people": answer}
    at_the_desk(story, route=ROUTE, answers=answers, state=SupervisorState())
    assert spoken == ["en"]


def test_the_words_of_roles_and_questions_are_spanish() -> None:
    known = {*catalogue("es", "supervisor"), *catalogue("es", "shared")}
    asked = {*ROLES.values(), *ROLE_RIGHTS.values()}.union(*QUESTIONS.values())
    assert asked | {"New password", "Enable", "Disable"} <= known
    assert [*ROLES] == [role.value for role in Role]
