"""What the environment says, read once at start-up into one frozen value.

Secrets have no default and never appear in a `repr` or a message; docs/operations.md lists every variable.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

MINIMUM_SECRET_BYTES = 32  # RFC 7518 §3.2: an HS256 key is at least as long as its hash


class SettingError(Exception):
    """A variable is missing or makes no sense. The message names it and says what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Read by `from_environment`; a process asks for what only it needs through the `require_…` methods."""

    couchdb_url: str
    couchdb_user: str
    couchdb_password: str = field(repr=False)
    public_couchdb_url: str
    jwt_secret: bytes | None = field(repr=False)
    jwt_kid: str
    api_host: str
    api_port: int
    api_url: str
    trusted_proxy: str | None
    data: Path
    erp_config: Path | None
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None = field(repr=False)
    smtp_starttls: bool
    mail_from: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raise `SettingError` for the first variable that is missing or malformed."""
        read = _Reader(environment)
        couchdb_url = read.url("COUCHDB_URL", "http://127.0.0.1:5984")
        api_host = read.text("RECAUDO_API_HOST", "127.0.0.1")
        api_port = read.port("RECAUDO_API_PORT", 8000)
        return cls(
            couchdb_url=couchdb_url,
            couchdb_user=read.required("COUCHDB_USER", "the database's administrator"),
            couchdb_password=read.required("COUCHDB_PASSWORD", "the administrator's password"),
            public_couchdb_url=read.url("RECAUDO_PUBLIC_COUCHDB_URL", couchdb_url),
            jwt_secret=read.secret("RECAUDO_JWT_SECRET"),
            jwt_kid=read.text("RECAUDO_JWT_KID", "recaudo-1"),
            api_host=api_host,
            api_port=api_port,
            api_url=read.url("RECAUDO_API_URL", f"http://{api_host}:{api_port}"),
            trusted_proxy=read.optional("RECAUDO_TRUSTED_PROXY"),
            data=Path(read.text("RECAUDO_DATA", "var")),
            erp_config=Path(folder) if (folder := read.optional("RECAUDO_ERP_CONFIG")) else None,
            smtp_host=read.optional("SMTP_HOST"),
            smtp_port=read.port("SMTP_PORT", 25),
            smtp_user=read.optional("SMTP_USER"),
            smtp_password=read.optional("SMTP_PASSWORD"),
            smtp_starttls=read.flag("SMTP_STARTTLS"),
            mail_from=read.optional("MAIL_FROM"),
        )

    def require_jwt_secret(self) -> bytes:
        """The key that signs tokens; raise `SettingError` where the environment has none."""
        if self.jwt_secret is None:
            raise SettingError(
                "RECAUDO_JWT_SECRET is missing: it is the base64 of at least 32 random bytes, "
                "for example from `openssl rand -base64 32`"
            )
        return self.jwt_secret


class _Reader:
    """Typed reading of single variables; an empty variable counts as absent."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def optional(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def required(self, name: str, meaning: str) -> str:
        value = self.optional(name)
        if value is None:
            raise SettingError(f"{name} is missing: it is {meaning}")
        return value

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingError(f"{name} should be an http or https address, such as {default}")
        if parts.username or parts.password:
            raise SettingError(f"{name} should not carry a password: use the variables meant for it")
        return value

    def port(self, name: str, default: int) -> int:
        value = self.optional(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= 65535:
            raise SettingError(f"{name} should be a port number, such as {default}")
        return int(value)

    def flag(self, name: str) -> bool:
        value = (self.optional(name) or "no").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise SettingError(f"{name} should be yes or no")

    def secret(self, name: str) -> bytes | None:
        value = self.optional(name)
        if value is None:
            return None
        try:
            secret = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise SettingError(f"{name} should be base64, as `openssl rand -base64 32` prints") from None
        if len(secret) < MINIMUM_SECRET_BYTES:
            raise SettingError(f"{name} should hold at least {MINIMUM_SECRET_BYTES} bytes")
        return secret
