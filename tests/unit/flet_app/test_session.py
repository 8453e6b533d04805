"""Enrolment and tokens on the phone: private, whole, and on disk before they are used."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from flet_app.collector.api import Api, NoNetwork, Refused, SignInAgain, WrongCredentials
from flet_app.collector.session import (
    DeviceKey,
    Enrolment,
    EnrolmentFile,
    NotACollector,
    TokenKeeper,
    companies_collected_for,
    enrol,
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
        (httpx.MockTransport(lambda _request: httpx.Response(200, html="<p>Acepte</p>")), NoNetwork),
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
    first = DeviceKey(tmp_path, "andina").public
    assert DeviceKey(tmp_path, "andina").public == first
    assert stat.S_IMODE((tmp_path / "device-andina.key").stat().st_mode) == 0o600


def test_a_device_has_another_key_in_each_company(tmp_path: Path) -> None:
    assert DeviceKey(tmp_path, "andina").public != DeviceKey(tmp_path, "pacifico").public


def test_the_key_of_a_phone_that_knew_one_company_only_stays_that_companys(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_bytes(b"k" * 32)
    kept = DeviceKey(tmp_path, "andina").public
    assert DeviceKey(tmp_path, "pacifico").public != kept
    assert DeviceKey(tmp_path, "andina").public == kept


def test_the_enrolment_of_a_phone_that_knew_one_company_only_is_read(tmp_path: Path) -> None:
    file = EnrolmentFile(tmp_path)
    file.path.write_text(json.dumps(dataclasses.asdict(enrolment(now=NOW))))
    assert file.read() == enrolment(now=NOW)


def test_a_phone_of_two_companies_keeps_both_and_uses_one(tmp_path: Path) -> None:
    file, andina = EnrolmentFile(tmp_path), enrolment(now=NOW)
    pacifico = dataclasses.replace(andina, company="pacifico", database="pacifico-c-ana", currency="PEN")
    for each in (andina, pacifico):
        file.write(each)
    assert file.read() == andina, "keeping another changes nothing for the person who is working"
    file.activate("pacifico")
    file.write(dataclasses.replace(andina, access_token="renewed"))
    assert file.read() == pacifico
    assert file.all()["andina"].access_token == "renewed"


def test_a_renewed_token_is_on_disk_when_it_is_given(tmp_path: Path) -> None:
    fresh = {"access_token": "new", "expires_at": "2027-01-01T00:00:00Z", "refresh_token": "next"}
    file, api = EnrolmentFile(tmp_path), an_api(answering(200, fresh))
    file.write(enrolment(now=NOW))
    keeper = TokenKeeper(enrolment(now=NOW), file, api=api, uptime=lambda: 0.0)
    assert keeper.token() == "none"
    assert keeper.token(True) == "new"
    assert json.loads(file.path.read_text())["enrolments"]["andina"]["refresh_token"] == "next"
    api.close()


def test_a_renewal_leaves_the_lock_as_it_was_put_meanwhile(tmp_path: Path) -> None:
    fresh = {"access_token": "new", "expires_at": "2027-01-01T00:00:00Z", "refresh_token": "next"}
    file, api = EnrolmentFile(tmp_path), an_api(answering(200, fresh))
    file.write(enrolment(now=NOW))
    keeper = TokenKeeper(enrolment(now=NOW), file, api=api, uptime=lambda: 0.0)
    file.change("andina", revoked=True)
    keeper.token(True)
    kept = file.read()
    assert kept is not None
    assert kept.revoked
    assert kept.refresh_token == "next"
    api.close()


def test_a_renewal_that_comes_back_after_the_signing_out_signs_nobody_in(tmp_path: Path) -> None:
    file = EnrolmentFile(tmp_path)
    file.write(enrolment(now=NOW))

    def answer(_request: httpx.Request) -> httpx.Response:
        file.remove()
        tokens = {"access_token": "new", "expires_at": "2027-01-01T00:00:00Z", "refresh_token": "next"}
        return httpx.Response(200, json=tokens)

    api = an_api(httpx.MockTransport(answer))
    TokenKeeper(enrolment(now=NOW), file, api=api, uptime=lambda: 0.0).token(True)
    api.close()
    assert file.read() is None
    assert not file.path.exists()


@pytest.mark.parametrize(
    ("transport", "error"),
    [(answering(401, {"code": "refresh_reused"}), SignInAgain), (cut_off(), NoNetwork)],
)
def test_a_token_that_cannot_be_renewed_leaves_the_enrolment_as_it_was(
    tmp_path: Path, transport: httpx.MockTransport, error: type[Exception]
) -> None:
    file, api = EnrolmentFile(tmp_path), an_api(transport)
    keeper = TokenKeeper(enrolment(now=NOW), file, api=api, uptime=lambda: 0.0)
    with pytest.raises(error):
        keeper.token(True)
    assert keeper.token() == "none"
    assert not file.path.exists()
    api.close()


def test_a_renewal_whose_answer_was_lost_is_repeated_in_the_same_words(tmp_path: Path) -> None:
    """The second phone is the same one, started again after the power went."""
    said: list[dict[str, str]] = []

    def lose(request: httpx.Request) -> httpx.Response:
        said.append(json.loads(request.content))
        raise httpx.ReadError("cut off", request=request)

    for _start in range(2):
        api = an_api(httpx.MockTransport(lose))
        keeper = TokenKeeper(enrolment(now=NOW), EnrolmentFile(tmp_path), api=api, uptime=lambda: 0.0)
        with pytest.raises(NoNetwork):
            keeper.token(True)
        api.close()
    first, second = said
    assert first == second
    assert len(first["attempt"]) == 64
    assert first["refresh_token"] not in first["attempt"]


def test_another_token_or_another_phone_attempts_in_other_words(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    words = {
        DeviceKey(ours, "andina").attempt("one"),
        DeviceKey(ours, "andina").attempt("two"),
        DeviceKey(theirs, "andina").attempt("one"),
    }
    assert len(words) == 3


def test_what_was_replaced_is_on_disk_by_its_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    replace, fsync = Path.replace, os.fsync

    def noted_replace(path: Path, target: Path) -> Path:
        done.append("replaced")
        return replace(path, target)

    def noted_fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(Path, "replace", noted_replace)
    monkeypatch.setattr(os, "fsync", noted_fsync)
    EnrolmentFile(tmp_path).write(enrolment(now=NOW))
    assert done == ["file", "replaced", "folder"]


def signed_in_again(folder: Path, *, before: Enrolment | None, **answer: Any) -> Enrolment:
    """The enrolment as Ana's device `DEV2`, when the office answers so."""
    said = {
        "device": "DEV2", "series": "R0002", "collector": "ana", "database": "andina-c-ana",
        "couchdb_url": "http://office", "access_token": "a", "expires_at": "2027-01-01T00:00:00Z",
        "refresh_token": "r", **answer,
    }  # fmt: skip
    company = {
        "code": "andina", "name": "Andina", "locale": "es_EC", "timezone": "UTC", "currency": "USD",
    }  # fmt: skip
    login = {"access_token": "l", "user": {"email": "ana@andina.example", "name": "Ana"}}
    api = an_api(answering(201, said))
    enrolled = enrol(api, login, company, device_name="phone", folder=folder, before=before)
    api.close()
    return enrolled


def test_a_phone_that_signs_in_again_is_every_device_that_the_office_knows_by_its_key(
    tmp_path: Path,
) -> None:
    enrolled = signed_in_again(tmp_path, before=None, devices=["DEV0", "DEV1", "DEV2"])
    assert enrolled.devices == ("DEV0", "DEV1", "DEV2")


def test_facts_of_a_device_that_the_office_revoked_are_still_counted_as_this_phones(tmp_path: Path) -> None:
    before = dataclasses.replace(enrolment(now=NOW), device="DEV1", devices=("DEV0", "DEV1"))
    assert signed_in_again(tmp_path, before=before, devices=["DEV1", "DEV2"]).devices == (
        "DEV0",
        "DEV1",
        "DEV2",
    )
    someone_else = dataclasses.replace(before, collector="bruno")
    assert signed_in_again(tmp_path, before=someone_else).devices == ("DEV2",)


class Renewals:
    """An office whose tokens live fifteen minutes, and the seconds since a phone started."""

    def __init__(self, *, date: str | None = "Fri, 20 Nov 2026 15:30:00 GMT") -> None:
        self.count = 0
        self.elapsed = 0.0
        self._date = date

    def answer(self, _request: httpx.Request) -> httpx.Response:
        self.count += 1
        tokens = {"access_token": f"t{self.count}", "refresh_token": f"r{self.count}"}
        headers = {"Date": self._date} if self._date else {}
        return httpx.Response(200, json={**tokens, "expires_at": "2026-11-20T15:45:00Z"}, headers=headers)

    def tokens(self, folder: Path, seconds: Sequence[tuple[float, bool]]) -> list[str]:
        """The token given at each of `seconds`, by force or not, to a phone that started at 0."""
        api = an_api(httpx.MockTransport(self.answer))
        stale = dataclasses.replace(enrolment(now=NOW), access_token="t0", expires_at="2020-01-01T00:00:00Z")
        keeper = TokenKeeper(stale, EnrolmentFile(folder), api=api, uptime=lambda: self.elapsed)
        given = []
        for self.elapsed, force in seconds:
            given.append(keeper.token(force))
        api.close()
        return given


def test_a_phone_whose_clock_is_wrong_renews_as_often_as_any_other(tmp_path: Path) -> None:
    """Nothing here knows the phone's clock; the office's own says that a token lives 900 seconds."""
    moments = [(10.0, True), (11.0, False), (849.0, False), (850.0, False), (851.0, False)]
    assert Renewals().tokens(tmp_path, moments) == ["t1", "t1", "t1", "t2", "t2"]


def test_a_token_from_before_this_start_is_good_until_it_is_refused(tmp_path: Path) -> None:
    assert Renewals().tokens(tmp_path, [(0.0, False), (9e6, False), (9e6, True)]) == ["t0", "t0", "t1"]


def test_an_office_that_does_not_tell_the_time_is_asked_when_it_refuses(tmp_path: Path) -> None:
    moments = [(0.0, True), (9e6, False), (9e6, True)]
    assert Renewals(date=None).tokens(tmp_path, moments) == ["t1", "t1", "t2"]
