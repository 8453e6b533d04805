"""Access tokens: short-lived JWTs that the API and CouchDB's own handler both accept (RFC 7519, HS256, with
`kid`).

A token says who its bearer is and which roles CouchDB gives that person. It can't be taken back, so it is
short; what can be taken back is the refresh token and, for a phone, the device's role in `_security`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

ALGORITHM = "HS256"
ROLES_CLAIM = "_couchdb.roles"
ACCESS_LIFETIME = timedelta(minutes=15)  # how long a revoked supervisor can still read
RESERVED_MARK = "_"  # a role `_admin` in a token makes its bearer the server's administrator


class TokenRefused(Exception):
    """The text is no token of ours, or is past its time; `expired` tells which."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.expired = expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a valid token says: `subject` is the account's e-mail."""

    subject: str
    roles: tuple[str, ...]
    expires_at: datetime


class Tokens:
    """Signs and reads access tokens with one secret, named by `kid` so that keys can rotate."""

    def __init__(self, secret: bytes, kid: str, lifetime: timedelta = ACCESS_LIFETIME) -> None:
        self._secret = secret
        self._kid = kid
        self._lifetime = lifetime

    def issue(self, subject: str, roles: Sequence[str], now: datetime) -> tuple[str, datetime]:
        """Return a token and the instant at which it ends; raise ValueError for a role that CouchDB
        reserves.
        """
        reserved = [role for role in roles if role.startswith(RESERVED_MARK)]
        if reserved:
            raise ValueError(f"a token never carries {reserved}")
        expires_at = (now + self._lifetime).replace(microsecond=0)
        claims = {
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            ROLES_CLAIM: list(roles),
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM, headers={"kid": self._kid}), expires_at

    def read(self, token: str, now: datetime) -> Claims:
        """Check signature, algorithm, key and time; raise TokenRefused."""
        try:
            if jwt.get_unverified_header(token).get("kid") != self._kid:
                raise TokenRefused("signed with a key that is not known here")
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError) as error:
            raise TokenRefused(type(error).__name__) from error
        roles = claims.get(ROLES_CLAIM)
        if not isinstance(claims["sub"], str) or not isinstance(roles, list):
            raise TokenRefused("the claims are not ours")
        if expires_at <= now:
            raise TokenRefused("past its time", expired=True)
        return Claims(
            subject=claims["sub"],
            roles=tuple(
                role for role in roles if isinstance(role, str) and not role.startswith(RESERVED_MARK)
            ),
            expires_at=expires_at,
        )
