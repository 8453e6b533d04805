"""CouchDB's configuration, for the sections that mean something here.

Three layers, the later winning: what we ship (`SHIPPED`), the file named by --config (never written), and
`local.ini` in the data directory, which `PUT /_node/_local/_config/<section>/<key>` writes as CouchDB does.
Values are strings, as in every ini file; the typed getters say what they make of a wrong one.
"""

from __future__ import annotations

import configparser
import os
import secrets
import threading
import uuid
from pathlib import Path

Sections = dict[str, dict[str, str]]

SHIPPED: Sections = {
    "couchdb": {
        "max_document_size": "8000000",
        "max_attachment_size": "infinity",
        "default_security": "admin_only",
        "users_db_security_editable": "false",
        "os_process_timeout": "5000",
        "max_dbs_open": "500",
    },
    "chttpd": {
        "authentication_handlers": (
            "{chttpd_auth, cookie_authentication_handler}, {chttpd_auth, jwt_authentication_handler}, "
            "{chttpd_auth, default_authentication_handler}"
        ),
        "max_http_request_size": "268435456",
        "require_valid_user": "false",
        "require_valid_user_except_for_up": "false",
        "admin_only_all_dbs": "true",
        "changes_timeout": "60000",
        "server_threads": "1024",
    },
    "chttpd_auth": {
        "timeout": "600",
        "iterations": "50000",
        "pbkdf2_prf": "sha256",
        "allow_persistent_cookies": "true",
        "authentication_db": "_users",
        "proxy_use_secret": "true",
        "x_auth_username": "X-Auth-CouchDB-UserName",
        "x_auth_roles": "X-Auth-CouchDB-Roles",
        "x_auth_token": "X-Auth-CouchDB-Token",
        "public_fields": "",
        "users_db_public": "false",
    },
    "chttpd_auth_lockout": {"mode": "enforce", "threshold": "5", "max_lifetime": "300000"},
    "jwt_auth": {"required_claims": "exp", "roles_claim_path": "_couchdb\\.roles"},
    "jwt_keys": {},
    "cors": {},
    "query_server_config": {"reduce_limit": "true", "os_process_limit": "100"},
    "quickjs": {"memory_limit_bytes": "67108864", "stack_size_bytes": "1048576"},
    "replicator": {"max_history": "20", "max_jobs": "500", "interval": "60000"},
    "uuids": {"algorithm": "sequential", "max_count": "1000"},
    "vendor": {"name": "Recaudo replica.server"},
    "admins": {},
}


class Configuration:
    """The merged layers; safe to read and write from any thread."""

    def __init__(self, directory: Path, extra: Path | None = None) -> None:
        self._path = directory / "local.ini"
        self._lock = threading.Lock()
        self._base: Sections = {name: dict(keys) for name, keys in SHIPPED.items()}
        if extra is not None:
            _merge(self._base, _read(extra))
        self._local = _read(self._path)
        self._ensure("couchdb", "uuid", uuid.uuid4().hex)
        self._ensure("chttpd_auth", "secret", secrets.token_hex(32))

    def _ensure(self, section: str, key: str, value: str) -> None:
        if not self.get(section, key):
            self.set(section, key, value)

    def sections(self) -> Sections:
        with self._lock:
            merged = {name: dict(keys) for name, keys in self._base.items()}
            _merge(merged, self._local)
            return merged

    def section(self, name: str) -> dict[str, str]:
        with self._lock:
            return {**self._base.get(name, {}), **self._local.get(name, {})}

    def get(self, section: str, key: str, default: str = "") -> str:
        with self._lock:
            local = self._local.get(section, {})
            return local[key] if key in local else self._base.get(section, {}).get(key, default)

    def number(self, section: str, key: str, default: int) -> int:
        """An integer setting; `default` where the text is not one ("infinity" included)."""
        try:
            return int(self.get(section, key))
        except ValueError:
            return default

    def flag(self, section: str, key: str) -> bool:
        return self.get(section, key).strip().lower() == "true"

    def set(self, section: str, key: str, value: str) -> str:
        """Store and persist; returns the previous value ("" where there was none)."""
        with self._lock:
            previous = self._local.get(section, {}).get(key, self._base.get(section, {}).get(key, ""))
            self._local.setdefault(section, {})[key] = value
            _write(self._path, self._local)
            return previous

    def unset(self, section: str, key: str) -> str | None:
        """Remove a local value; None where nothing is set. A shipped default comes back."""
        with self._lock:
            previous = self._local.get(section, {}).pop(key, None)
            if previous is None:
                return self._base.get(section, {}).pop(key, None)
            _write(self._path, self._local)
            return previous


def _merge(into: Sections, more: Sections) -> None:
    for name, keys in more.items():
        into.setdefault(name, {}).update(keys)


def _parser() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(
        delimiters=("=",), comment_prefixes=(";",), strict=False, empty_lines_in_values=False
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys such as hmac:Main keep their case
    return parser


def _read(path: Path) -> Sections:
    parser = _parser()
    parser.read(path, encoding="utf-8")
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _write(path: Path, sections: Sections) -> None:
    """Replace the file as a whole, readable by its owner only: it holds password hashes and signing keys."""
    parser = _parser()
    for name, keys in sections.items():
        parser.add_section(name)
        for key, value in keys.items():
            parser.set(name, key, value.replace("\n", "\\n"))
    scratch = path.with_suffix(".ini.new")
    with os.fdopen(
        os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        parser.write(file)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
