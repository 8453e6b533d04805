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
    folder: Path, story: Any, login_answers: list[Answer], device_answers: list[Answer] | None = None
) -> None:
    """Walk `story(screen, phone, office)` from a phone that nobody has signed in on."""
    script = {"/auth/login": login_answers, "/devices": device_answers or [(201, DEVICE)]}
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
