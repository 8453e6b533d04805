"""The file for support: what helps from afar, and nothing of any person."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import flet
import httpx

from flet_app.collector.api import Api
from flet_app.collector.diagnostics import diagnose
from flet_app.collector.phone import Phone
from flet_app.version import VERSION
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen

ROOT = Path(__file__).parents[3]
TOLD = {"company", "device", "devices", "timezone", "locale", "currency", "revoked"}
"""Fields of the enrolment that name no person and open nothing."""


def test_this_version_is_the_one_that_is_packed() -> None:
    for file in ("pyproject.toml", "flet_app/pyproject.toml"):
        assert tomllib.loads((ROOT / file).read_text(encoding="utf-8"))["project"]["version"] == VERSION


def test_every_request_tells_the_office_which_version_asks() -> None:
    told: list[str] = []

    def office(request: httpx.Request) -> httpx.Response:
        told.append(request.headers["User-Agent"])
        return httpx.Response(200, json={"access_token": "a"})

    api = Api("http://office", transport=httpx.MockTransport(office))
    api.login("ana@andina.example", "secreta")
    api.close()
    assert told[0].startswith(f"Recaudo/{VERSION} (")


def test_it_tells_versions_counts_and_ages(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        assert phone.store
        phone.store.outbox = dataclasses.replace(
            phone.store.outbox, refused={"visit:ana:1": "field_invalid: Comercial El Rosal"}
        )
        made = await diagnose(phone, screen={"screen": "360 x 800"})
        lines = made.content.decode().splitlines()
        assert made.name == "recaudo-20261120-153000.txt"
        for line in (
            f"recaudo: {VERSION}", f"flet: {flet.__version__}", "screen: 360 x 800", "company: andina",
            "customers: 12", "unsent: visit_start 1", "refused: field_invalid 1", "pin: no",
            "following: off", "facts: visit_start 1",
        ):  # fmt: skip
            assert line in lines, line
        assert any(line.startswith("free space: ") and line.endswith(" MB") for line in lines)

    walk(tmp_path, story)


def test_no_person_and_no_secret_is_in_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        assert phone.store
        assert phone.enrolment
        phone.store.outbox = dataclasses.replace(
            phone.store.outbox, refused={"visit:ana:1": "field_invalid: C0001 Comercial El Rosal"}
        )
        text = (await diagnose(phone, screen={})).content.decode()
        secrets = [
            str(value) for name, value in dataclasses.asdict(phone.enrolment).items() if name not in TOLD
        ]
        people = [
            str(value)
            for customer in phone.portfolio.customers.values()
            for name, value in customer.items()
            if name in {"code", "name", "tax_id", "address", "email", "phones", "observations"}
        ]
        for word in filter(None, {*secrets, *people, phone.settings.api_url, phone.settings.device_name}):
            assert f" {word}" not in text, word

    walk(tmp_path, story)


def test_it_is_handed_over_from_more(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mas")
        await screen.tap("support-file")
        saved = [arguments for name, arguments in screen.connection.calls if name == "save_file"]
        assert saved
        assert saved[0]["file_name"].endswith(".txt")
        assert b"customers: 12" in saved[0]["src_bytes"]

    walk(tmp_path, story)
