"""Signing in: what may go wrong is told in words with what to do, and nothing has to be typed twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.phone import Phone
from receivables.documents import rfc3339
from tests.support.collector_walk import NOW, walk
from tests.support.flet_harness import Screen
from tests.support.scripted_office import Answer, Office, scripted_office

COMPANY = {
    "code": "andina", "name": "Distribuidora Andina", "roles": ["collector"], "collector": "ana",
    "locale": "es_EC", "timezone": "America/Guayaquil", "currency": "USD",
}  # fmt: skip
PACIFICO = COMPANY | {"code": "pacifico", "name": "Pacífico"}
DEVICE = {
    "device": "01KB0000000000000000000DEV", "series": "R0002", "collector": "ana",
    "database": "andina-c-ana", "couchdb_url": "http://127.0.0.1:9", "access_token": "a",
    "expires_at": rfc3339(NOW), "refresh_token": "r",
}  # fmt: skip
CODE_NEEDED: Answer = (403, {"code": "code_needed", "detail": "Hace falta un código."})
CODE_INVALID: Answer = (403, {"code": "code_invalid", "detail": "El código no sirve o ya se usó."})


def login(*companies: dict[str, Any]) -> Answer:
    user = {"email": "ana@andina.example", "name": "Ana Paredes"}
    return 200, {"access_token": "l", "expires_at": rfc3339(NOW), "user": user, "companies": list(companies)}


def at_the_office(
    folder: Path,
    story: Any,
    login_answers: list[Answer],
    device_answers: list[Answer] | None = None,
    password_answers: list[Answer] | None = None,
) -> None:
    """Walk `story(screen, phone, office)` from a phone that nobody has signed in on."""
    script = {
        "/auth/login": login_answers,
        "/auth/password": password_answers or [login(COMPANY)],
        "/devices": device_answers or [(201, DEVICE)],
    }
    with scripted_office(script) as office:

        async def walked(screen: Screen, phone: Phone) -> None:
            await story(screen, phone, office)

        walk(folder, walked, seeded=False, api_url=office.url)


async def enter(screen: Screen) -> None:
    await screen.type("sign-in-email", " ana@andina.example ")
    await screen.type("sign-in-password", "secreta")
    await screen.tap("sign-in-submit")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((401, {"code": "wrong_credentials"}), "El correo o la contraseña no son correctos. Revíselos"),
        ((429, {"code": "locked", "detail": "Espere 5 minutos."}), "Espere 5 minutos."),
        ((503, {}), "No hay conexión con la oficina. Revise"),
        (login(COMPANY | {"roles": ["supervisor"]}), "Esta cuenta no cobra para ninguna empresa. Pida"),
        (login(), "Esta cuenta no cobra para ninguna empresa. Pida"),
    ],
)
def test_a_refusal_says_what_to_do_and_what_was_typed_stays(
    tmp_path: Path, answer: Answer, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone, _office: Office) -> None:
        await enter(screen)
        await screen.until(lambda: screen.has("sign-in-problem"), "the problem is told")
        assert screen.says(sentence)
        assert screen.field("sign-in-email").value == " ana@andina.example "
        assert screen.field("sign-in-password").value == "secreta"
        assert phone.enrolment is None
        await screen.tap("sign-in-submit")
        await screen.until(lambda: phone.enrolment is not None, "the second attempt is good")

    at_the_office(tmp_path, story, [answer, login(COMPANY)])


def test_who_is_known_goes_straight_to_the_day(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await enter(screen)
        await screen.until(lambda: screen.has("nav-hoy"), "the day is shown")
        assert phone.enrolment is not None
        assert (phone.enrolment.collector, phone.enrolment.series) == ("ana", "R0002")
        first, second = office.asked[:2]
        assert first == ("/api/v1/auth/login", {"email": "ana@andina.example", "password": "secreta"})
        assert second[0] == "/api/v1/companies/andina/devices"
        assert second[1]["name"] == "test"

    at_the_office(tmp_path, story, [login(COMPANY)])


def test_a_phone_new_to_the_company_is_asked_for_the_offices_code_until_it_is_right(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await enter(screen)
        await screen.until(lambda: screen.has("sign-in-code"), "a code is asked for")
        assert screen.says("Su supervisor le da un código")
        await screen.type("sign-in-code", "AAAA-BBBB")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("sign-in-problem"), "the wrong code is told")
        assert screen.says("El código no sirve o ya se usó.")
        assert screen.field("sign-in-code").value == "AAAA-BBBB"
        assert phone.enrolment is None
        await screen.type("sign-in-code", " ABCD-EFGH ")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("nav-hoy"), "the day is shown")
        codes = [body.get("code") for path, body in office.asked if path.endswith("/devices")]
        assert codes == [None, "AAAA-BBBB", "ABCD-EFGH"]

    at_the_office(tmp_path, story, [login(COMPANY)], [CODE_NEEDED, CODE_INVALID, (201, DEVICE)])


def test_who_collects_for_two_companies_chooses_one_and_may_choose_again(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await enter(screen)
        await screen.until(lambda: screen.has("company-pacifico"), "the companies are shown")
        assert screen.says("¿Para qué empresa cobra hoy?")
        await screen.tap("company-pacifico")
        await screen.until(lambda: screen.has("sign-in-problem"), "no answer is told")
        assert phone.enrolment is None
        await screen.tap("company-andina")
        await screen.until(lambda: screen.has("nav-hoy"), "the day is shown")
        assert phone.enrolment is not None
        assert phone.enrolment.company == "andina"
        assert [path for path, _ in office.asked if "devices" in path] == [
            "/api/v1/companies/pacifico/devices", "/api/v1/companies/andina/devices",
        ]  # fmt: skip

    at_the_office(tmp_path, story, [login(COMPANY, PACIFICO)], [(503, {}), (201, DEVICE)])


ONE_USE: Answer = (403, {"code": "password_change_needed", "detail": "Primero elija una contraseña."})
OWN = "lluvia de agosto"


async def choose_own(screen: Screen, new: str = OWN, again: str = OWN) -> None:
    await screen.type("password-new", new)
    await screen.type("password-again", again)
    await screen.tap("password-save")


async def entered_for_one_use(screen: Screen) -> None:
    await enter(screen)
    await screen.until(lambda: screen.has("password-new"), "another password is asked for")


def test_a_password_for_one_use_is_changed_on_the_phone_which_goes_on(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await entered_for_one_use(screen)
        assert screen.says("al menos 8 caracteres"), "the rules are said first"
        assert not screen.has("sign-in-problem")
        await choose_own(screen)
        await screen.until(lambda: screen.has("sign-in-code"), "the code of a new phone is asked for")
        assert screen.says("Su contraseña se cambió.")
        await screen.type("sign-in-code", "ABCD-EFGH")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("nav-hoy"), "the day is shown")
        assert phone.enrolment is not None
        said = [body for path, body in office.asked if path.startswith("/api/v1/auth/")]
        assert said[1] == {"email": "ana@andina.example", "password": "secreta", "new_password": OWN}
        assert {body["password"] for body in said[2:]} == {OWN}

    at_the_office(tmp_path, story, [ONE_USE, login(COMPANY)], [CODE_NEEDED, (201, DEVICE)])


@pytest.mark.parametrize(
    ("new", "again", "at", "sentence"),
    [
        ("corta", "corta", "password-new", "Necesita al menos 8 caracteres."),
        ("lluvia de agosto", "lluvia de enero", "password-again", "Las dos contraseñas son distintas."),
    ],
)
def test_what_is_wrong_with_a_new_password_stands_at_its_field(
    tmp_path: Path, new: str, again: str, at: str, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await entered_for_one_use(screen)
        await choose_own(screen, new, again)
        assert sentence in str(screen.field(at).error)
        assert screen.field("password-new").value == new, "what was typed stays"
        assert not [path for path, _ in office.asked if path.endswith("/auth/password")]
        await choose_own(screen)
        await screen.until(lambda: phone.enrolment is not None, "the second attempt is good")

    at_the_office(tmp_path, story, [ONE_USE, login(COMPANY)])


def test_what_the_office_says_of_a_new_password_stands_at_its_field(tmp_path: Path) -> None:
    fault = {"field": "new_password", "code": "too_short", "detail": "Necesita al menos 20 caracteres."}
    refused: Answer = (400, {"code": "request_invalid", "detail": "Revise los campos.", "errors": [fault]})

    async def story(screen: Screen, _phone: Phone, _office: Office) -> None:
        await entered_for_one_use(screen)
        await choose_own(screen)
        await screen.until(lambda: screen.field("password-new").error, "the reason")
        assert screen.field("password-new").error == "Necesita al menos 20 caracteres."
        assert not screen.has("sign-in-problem")

    at_the_office(tmp_path, story, [ONE_USE], password_answers=[refused])


def test_a_change_whose_answer_was_lost_is_asked_again_and_goes_on(tmp_path: Path) -> None:
    """The office had taken it: the password for one use is wrong now, and the own one signs in."""
    answers: list[Answer] = [(503, {}), (401, {"code": "credentials_invalid"})]

    async def story(screen: Screen, phone: Phone, _office: Office) -> None:
        await entered_for_one_use(screen)
        await choose_own(screen)
        await screen.until(lambda: screen.has("sign-in-problem"), "no answer is told")
        assert screen.field("password-new").value == OWN
        await screen.tap("password-save")
        await screen.until(lambda: phone.enrolment is not None, "the phone goes on")

    at_the_office(tmp_path, story, [ONE_USE, login(COMPANY)], password_answers=answers)


def test_who_goes_back_signs_in_as_somebody_else(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, _office: Office) -> None:
        await entered_for_one_use(screen)
        await screen.tap("password-back")
        assert screen.field("sign-in-email").value == " ana@andina.example "
        assert not screen.field("sign-in-password").value
        await screen.type("sign-in-password", "otra")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: phone.enrolment is not None, "the other is known")

    at_the_office(tmp_path, story, [ONE_USE, login(COMPANY)])
