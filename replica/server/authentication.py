"""Who is asking: CouchDB's authentication handlers in the order of [chttpd] authentication_handlers.

A handler that finds no credentials of its kind passes on; one that finds bad ones refuses at once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from werkzeug.wrappers import Request

from replica.errors import Forbidden, Unauthorized
from replica.server import cookies
from replica.server.configuration import Configuration
from replica.server.lockout import Lockout
from replica.server.passwords import PasswordCheck, hashed_fields
from replica.server.tokens import read_token, roles_of

WRONG = "Name or password is incorrect."
LOCKED = "Account is temporarily locked due to multiple authentication failures"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """CouchDB's userCtx. `expires_at` is when the credentials stop being good; an open feed ends then.

    `new_cookie` goes back with the answer.
    """

    name: str | None = None
    roles: tuple[str, ...] = ()
    handler: str = "default"
    expires_at: float | None = None
    new_cookie: str | None = None

    @property
    def is_server_admin(self) -> bool:
        return "_admin" in self.roles


ANONYMOUS = User()


class Accounts(Protocol):
    """Where stored accounts come from: `_users`."""

    def find_account(self, name: str) -> dict[str, Any] | None: ...


class Authenticator:
    """Turns the credentials of a request into a `User`."""

    def __init__(
        self, configuration: Configuration, accounts: Accounts, *, admin: tuple[str, str] | None
    ) -> None:
        self._configuration = configuration
        self._accounts = accounts
        self._admin = admin
        self._passwords = PasswordCheck()
        self._lockout = Lockout()
        iterations = configuration.number("chttpd_auth", "iterations", 50_000)
        self._nobody = hashed_fields(secrets.token_hex(16), iterations=iterations, prf="sha256")
        self._handlers: dict[str, Callable[[Request], User | None]] = {
            "cookie_authentication_handler": self._from_cookie,
            "jwt_authentication_handler": self._from_token,
            "proxy_authentication_handler": self._from_proxy,
            "default_authentication_handler": self._from_basic,
        }

    def handler_names(self) -> list[str]:
        listed = self._configuration.get("chttpd", "authentication_handlers")
        return [name for name in _named_handlers(listed) if name in self._handlers]

    def identify(self, request: Request) -> User:
        """Raise `Unauthorized`, `TokenRefused`, `BadRequest` or `Forbidden` (locked) on bad credentials."""
        for name in self.handler_names():
            user = self._handlers[name](request)
            if user is not None:
                return user
        return ANONYMOUS

    def is_admin_name(self, name: str) -> bool:
        return self._configured_admin(name) is not None

    def _configured_admin(self, name: str) -> str | None:
        if self._admin is not None and hmac.compare_digest(self._admin[0].encode(), name.encode()):
            return self._admin[1]
        return self._configuration.section("admins").get(name)

    def sign_in(self, name: str, password: str, address: str) -> User:
        """The user behind a name and password.

        Raise `Unauthorized`, or `Forbidden` while the account is locked.
        """
        mode = self._configuration.get("chttpd_auth_lockout", "mode")
        window = self._configuration.number("chttpd_auth_lockout", "max_lifetime", 300_000) / 1000
        threshold = self._configuration.number("chttpd_auth_lockout", "threshold", 5)
        now = time.time()
        if mode == "enforce" and self._lockout.is_locked(
            name, address, now=now, threshold=threshold, window_seconds=window
        ):
            raise Forbidden(LOCKED)
        user = self._check_password(name, password)
        if user is None:
            if mode != "off":
                self._lockout.record_failure(name, address, now=now, window_seconds=window)
            raise Unauthorized(WRONG)
        return user

    def _check_password(self, name: str, password: str) -> User | None:
        configured = self._configured_admin(name)
        if configured is not None:
            right = self._passwords.matches_admin(password, configured)
            return User(name=name, roles=("_admin",)) if right else None
        account = self._accounts.find_account(name)
        if account is None:
            # As slow as a wrong password: the time tells nobody which names exist.
            self._passwords.matches(password, self._nobody)
            return None
        return User(name=name, roles=_roles(account)) if self._passwords.matches(password, account) else None

    def _from_basic(self, request: Request) -> User | None:
        """A cookie goes back, so that the password need not be hashed for the next request."""
        given = _basic_credentials(request)
        if given is None:
            return None
        name, password = given
        user = self.sign_in(name, password, request.remote_addr or "")
        return replace(user, new_cookie=self.cookie_for(name, unasked=True))

    def _from_token(self, request: Request) -> User | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        claims = read_token(token.strip(), self._configuration, now=time.time())
        if not isinstance(claims.get("sub"), str):
            raise Unauthorized("Token missing sub claim.")
        return User(
            name=claims["sub"],
            roles=roles_of(claims, self._configuration),
            handler="jwt",
            expires_at=float(claims["exp"]) if "exp" in claims else None,
        )

    def _from_proxy(self, request: Request) -> User | None:
        settings = self._configuration.section("chttpd_auth")
        name = request.headers.get(settings["x_auth_username"])
        if name is None:
            return None
        if self._configuration.flag("chttpd_auth", "proxy_use_secret"):
            token = request.headers.get(settings["x_auth_token"], "")
            genuine = any(
                hmac.compare_digest(
                    hmac.digest(settings["secret"].encode(), name.encode(), algorithm).hex(), token
                )
                for algorithm in ("sha256", "sha1")
            )
            if not genuine:
                return None
        roles = request.headers.get(settings["x_auth_roles"], "")
        return User(name=name, roles=tuple(role for role in roles.split(",") if role), handler="proxy")

    def _from_cookie(self, request: Request) -> User | None:
        value = request.cookies.get(cookies.NAME) if "HTTP_COOKIE" in request.environ else None
        if not value:
            return None
        cookie = cookies.opened(value)
        if cookie.unasked and not _speaks_for(request, cookie.name):
            return None
        timeout = self._configuration.number("chttpd_auth", "timeout", 600)
        salt, secret = self._salt(cookie.name), self._configuration.get("chttpd_auth", "secret")
        if salt is None or not cookies.is_genuine(cookie, secret=secret, salt=salt):
            return None
        age = time.time() - cookie.issued_at
        if age >= timeout:
            return None
        admin = self.is_admin_name(cookie.name)
        return User(
            name=cookie.name,
            roles=("_admin",) if admin else _roles(self._accounts.find_account(cookie.name)),
            handler="cookie",
            expires_at=cookie.issued_at + timeout,
            # CouchDB renews the cookie once a tenth of its life is over.
            new_cookie=self.cookie_for(cookie.name, unasked=cookie.unasked) if age > timeout * 0.1 else None,
        )

    def cookie_for(self, name: str, *, unasked: bool = False) -> str:
        return cookies.seal(
            name,
            issued_at=int(time.time()),
            secret=self._configuration.get("chttpd_auth", "secret"),
            salt=self._salt(name) or "",
            unasked=unasked,
        )

    def _salt(self, name: str) -> str | None:
        """What ends sessions when it changes: the admin's configured password, or the account's salt."""
        configured = self._configured_admin(name)
        if configured is not None:
            return hmac.digest(b"session", configured.encode(), "sha256").hex()
        account = self._accounts.find_account(name)
        return None if account is None else str(account.get("salt", ""))


def _basic_credentials(request: Request) -> tuple[str, str] | None:
    """(name, password) of Basic authentication. Raise `Unauthorized` where they can't be read."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        plain = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (ValueError, binascii.Error):
        raise Unauthorized("Invalid Authorization header.") from None
    name, colon, password = plain.partition(":")
    if not colon:
        raise Unauthorized("Invalid Authorization header.")
    return name, password


def _speaks_for(request: Request, name: str) -> bool:
    """Whether a cookie that nobody asked for agrees with what the request says of itself."""
    if "Authorization" not in request.headers:
        return True
    given = _basic_credentials(request)
    return given is not None and given[0] == name


@lru_cache(maxsize=16)
def _named_handlers(listed: str) -> tuple[str, ...]:
    return tuple(re.findall(r"(\w+_authentication_handler)", listed))


def _roles(account: dict[str, Any] | None) -> tuple[str, ...]:
    listed = account.get("roles", []) if account else []
    return tuple(role for role in listed if isinstance(role, str) and not role.startswith("_"))
