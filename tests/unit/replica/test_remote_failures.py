"""What a peer's refusal is taken for."""

from __future__ import annotations

import json

import pytest

from replica.errors import (
    BadRequest,
    Conflict,
    FileExists,
    Forbidden,
    MissingStub,
    NotFound,
    ReplicaError,
    ServerFailure,
    TokenRefused,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from replica.remote.failures import failure


def said(status: int, error: str = "some_error", reason: str = "some reason", **headers: str) -> ReplicaError:
    return failure(
        "GET http://peer/db", status, headers, json.dumps({"error": error, "reason": reason}).encode()
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (412, FileExists),
        (413, TooLarge),
        (429, TooManyRequests),
        (500, ServerFailure),
        (502, Unreachable),
        (503, Unreachable),
        (504, Unreachable),
    ],
)
def test_each_status_of_couchdb_has_one_error(status: int, expected: type[ReplicaError]) -> None:
    error = said(status)
    assert type(error) is expected
    assert "GET http://peer/db" in error.reason
    assert "some reason" in error.reason


@pytest.mark.parametrize("status", [302, 400, 403, 404, 409, 412, 451, 511])
def test_a_page_that_is_not_couchdbs_is_no_answer(status: int) -> None:
    """A hotel's sign-in page says 404 too, and that is not "there is no checkpoint"."""
    assert type(failure("GET x", status, {}, b"<html>Welcome</html>")) is Unreachable


def test_a_proxy_may_say_too_large_and_who_are_you() -> None:
    assert type(failure("POST x", 413, {}, b"<html>413</html>")) is TooLarge
    assert type(failure("GET x", 401, {}, b"")) is Unauthorized


@pytest.mark.parametrize(
    "reason",
    [
        "Bad HMAC",
        "Malformed token",
        "Missing exp claim",
        "Unknown kid",
        "Missing alg header parameter",
        "Invalid iss claim",
        "Token rejected",
    ],
)
def test_a_400_about_the_token_is_told_apart(reason: str) -> None:
    assert type(said(400, "bad_request", reason)) is TokenRefused


@pytest.mark.parametrize(
    "reason", ["Bad special document member: _token", "Malformed token in field x", "invalid UTF-8 JSON"]
)
def test_a_400_about_a_document_is_not(reason: str) -> None:
    assert type(said(400, "bad_request", reason)) is BadRequest


def test_a_missing_stub_is_told_apart_from_a_database_that_exists() -> None:
    assert type(said(412, "missing_stub", "id: stub unknown")) is MissingStub
    assert type(said(412, "file_exists", "the database is there")) is FileExists


def test_retry_after_is_read_in_seconds_and_its_date_form_left_out() -> None:
    def asked(value: str) -> float | None:
        error = said(429, "too_many_requests", "slow down", **{"retry-after": value})
        assert isinstance(error, TooManyRequests)
        return error.retry_after

    assert asked("7") == 7.0
    assert asked("Wed, 21 Oct 2026 07:28:00 GMT") is None
    assert isinstance(said(503, "busy", "later", **{"retry-after": "3"}), TooManyRequests)
