"""Where the parts of the API are chosen and joined; nothing else builds one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.attempts import Attempts
from backend.audit import Audit
from backend.auth import Authenticator
from backend.config import Settings
from backend.couch.client import Couch, connect
from backend.sealing import RecoveryKey
from backend.services.enrolment_codes import EnrolmentCodes
from backend.services.refresh_tokens import RefreshTokens
from backend.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the blueprints are given."""

    settings: Settings
    couch: Couch
    tokens: Tokens
    authenticator: Authenticator
    audit: Audit
    enrolment_codes: EnrolmentCodes
    attempts: Attempts
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def recovery_key(self, company: str) -> RecoveryKey:
        """The key pair with which phones of the company seal what they could not send."""
        return RecoveryKey(self.settings.require_jwt_secret(), company)


def system_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def build_services(
    settings: Settings,
    *,
    now: Callable[[], datetime] = system_now,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Services:
    """Join the parts. Raise SettingError where the signing secret is missing; nothing is connected yet."""
    secret = settings.require_jwt_secret()
    couch = connect(settings)
    tokens = Tokens(secret, settings.jwt_kid)
    attempts = Attempts()
    audit = Audit(couch, random_bytes)
    refresh_tokens = RefreshTokens(couch, secret, random_bytes)
    authenticator = Authenticator(settings, couch, tokens, refresh_tokens, attempts, audit, random_bytes)
    return Services(
        settings=settings,
        couch=couch,
        tokens=tokens,
        authenticator=authenticator,
        audit=audit,
        enrolment_codes=EnrolmentCodes(couch, secret, random_bytes),
        attempts=attempts,
        now=now,
        random_bytes=random_bytes,
    )
