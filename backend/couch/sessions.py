"""Whom CouchDB takes somebody for: asked with that person's own password or token, never with ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator, NoAuthAuthenticator

from backend.couch.errors import Forbidden, TooManyRequests, Unauthorized
from backend.couch.transport import Json, Transport, new_service

LOCK_SECONDS = 300.0  # CouchDB's [chttpd_auth_lockout] max_lifetime


@dataclass(frozen=True, slots=True)
class Session:
    """CouchDB's answer; `name` is None where it does not know the bearer."""

    name: str | None
    roles: tuple[str, ...]


def session_of_password(couchdb_url: str, name: str, password: str) -> Session | None:
    """Ask CouchDB to sign a person in; None where name and password don't belong together.

    Raise TooManyRequests where CouchDB has locked the account, CouchError where it can't be asked.
    """
    with _anonymous(couchdb_url) as transport:
        try:
            answer = transport.request("POST", "/_session", body={"name": name, "password": password})
        except Unauthorized:
            return None
        except Forbidden as locked:
            raise TooManyRequests(
                "_session", locked.error, locked.reason, retry_after=LOCK_SECONDS
            ) from locked
    return _session(answer)


def session_of_token(couchdb_url: str, token: str) -> Session:
    """What CouchDB makes of a bearer token; raise Unauthorized or BadRequest where it refuses it."""
    transport = Transport(new_service(couchdb_url, BearerTokenAuthenticator(token)))
    try:
        return _session(transport.request("GET", "/_session", idempotent=True)["userCtx"])
    finally:
        transport.close()


@contextmanager
def _anonymous(couchdb_url: str) -> Iterator[Transport]:
    transport = Transport(new_service(couchdb_url, NoAuthAuthenticator()))
    try:
        yield transport
    finally:
        transport.close()


def _session(answer: Json) -> Session:
    return Session(answer.get("name"), tuple(answer.get("roles") or ()))
