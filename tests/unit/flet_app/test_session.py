"""Enrolment and tokens on the phone: private, whole, and on disk before they are used."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from flet_app.collector.api import Api, NoNetwork, Refused, SignInAgain, WrongCredentials
from flet_app.collector.session import (
    EnrolmentFile,
    NotACollector,
    TokenKeeper,
    companies_collected_for,
    device_public_key,
)
from tests.support.seed_phone import enrolment

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def answering(status: int, body: dict[str, Any]) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _request: httpx.Response(status, json=body))


def cut_off() -> httpx.MockTransport:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    return httpx.MockTransport(refuse)


def an_api(transport: httpx.BaseTransport) -> Api:
    return Api("http://office", transport=transport)


@pytest.mark.parametrize(
    ("transport", "error"),
    [
        (answering(401, {"code": "wrong_credentials"}), WrongCredentials),
        (answering(429, {"code": "locked", "detail": "Espere 5 minutos."}), Refused),
        (answering(503, {}), NoNetwork),
        (cut_off(), NoNetwork),
    ],
)
def test_a_failed_sign_in_says_which_kind_of_failure_it_was(
    transport: httpx.MockTransport, error: type[Exception]
) -> None:
    api = an_api(transport)
    with pytest.raises(error):
        api.login("ana@andina.example", "secret")
    api.close()


def test_an_account_that_does_not_collect_is_told_so() -> None:
    office = {"companies": [{"code": "andina", "roles": ["supervisor"], "collector": None}]}
    with pytest.raises(NotACollector):
        companies_collected_for(office)


def test_the_enrolment_survives_a_restart_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = EnrolmentFile(tmp_path)
    assert file.read() is None
    file.write(enrolment(now=NOW))
    assert file.read() == enrolment(now=NOW)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["enrolment.json"]


def test_a_device_keeps_its_key(tmp_path: Path) -> None:
    first = device_public_key(tmp_path)
    assert device_public_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "device.key").stat().st_mode) == 0o600


def test_a_renewed_token_is_on_disk_when_it_is_given(tmp_path: Path) -> None:
    fresh = {"access_token": "new", "expires_at": "2027-01-01T00:00:00Z", "refresh_token": "next"}
    file, api = EnrolmentFile(tmp_path), an_api(answering(200, fresh))
    keeper = TokenKeeper(enrolment(now=NOW), file, api=api, now=lambda: NOW)
    assert keeper.token() == "none"
    assert keeper.token(True) == "new"
    assert json.loads(file.path.read_text())["refresh_token"] == "next"
    api.close()


@pytest.mark.parametrize(
    ("transport", "error"),
    [(answering(401, {"code": "refresh_reused"}), SignInAgain), (cut_off(), NoNetwork)],
)
def test_a_token_that_cannot_be_renewed_leaves_the_enrolment_as_it_was(
    tmp_path: Path, transport: httpx.MockTransport, error: type[Exception]
) -> None:
    file, api = EnrolmentFile(tmp_path), an_api(transport)
    keeper = TokenKeeper(enrolment(now=NOW), file, api=api, now=lambda: NOW)
    with pytest.raises(error):
        keeper.token(True)
    assert keeper.token() == "none"
    assert not file.path.exists()
    api.close()
