"""Where the demo keeps its data, which ports it takes, and the secrets it makes for itself the first time."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from honcho.environ import parse

PHONES = ("ana", "bruno", "carla")


class DemoError(Exception):
    """The demo cannot start; the sentence, in Spanish, says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    couchdb: int
    api: int
    supervisor: int
    phones: tuple[int, ...]
    smtp: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Ports:
        first_phone = _port(environment, "RECAUDO_PHONES_PORT", 8611)
        return cls(
            couchdb=_port(environment, "RECAUDO_COUCHDB_PORT", 5984),
            api=_port(environment, "RECAUDO_API_PORT", 8000),
            supervisor=_port(environment, "RECAUDO_SUPERVISOR_PORT", 8601),
            phones=tuple(first_phone + place for place in range(len(PHONES))),
            smtp=_port(environment, "SMTP_PORT", 2525),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """`environment` is what every process of the demo gets.

    `embedded` says that the database is one of them.
    """

    data: Path
    ports: Ports
    environment: Mapping[str, str]
    embedded: bool

    @property
    def erp(self) -> Path:
        return self.data / "demo" / "erp.sqlite"

    @property
    def erp_config(self) -> Path:
        """The folder of mapping files; the scheduler looks in the same place."""
        return Path(self.environment.get("RECAUDO_ERP_CONFIG") or self.data / "erp")

    @property
    def mail(self) -> Path:
        return self.data / "mail"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def password(self) -> str:
        return self.environment["RECAUDO_DEMO_PASSWORD"]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> DemoSettings:
        """Read the environment and `demo.env`.

        The environment wins, and what neither has is made and kept.
        """
        data = data_folder(environment)
        ports = Ports.from_environment(environment)
        embedded = not environment.get("COUCHDB_URL")
        if not embedded and not (environment.get("COUCHDB_USER") and environment.get("COUCHDB_PASSWORD")):
            raise DemoError("COUCHDB_URL necesita también COUCHDB_USER y COUCHDB_PASSWORD.")
        return cls(
            data=data,
            ports=ports,
            environment={**_defaults(data, ports), **kept_secrets(data), **_given(environment)},
            embedded=embedded,
        )


def data_folder(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("RECAUDO_DATA") or "var").resolve()


def unplugged(data: Path) -> Path:
    """While this file exists the network is down: only the phones and the supervisor's app run."""
    return data / "demo" / "unplugged"


def kept_secrets(data: Path) -> dict[str, str]:
    """The demo's own secrets, made once; readable by their owner alone."""
    path = data / "demo.env"
    if path.exists():
        return dict(parse(path.read_text(encoding="utf-8")))
    made = {
        "COUCHDB_USER": "admin",
        "COUCHDB_PASSWORD": secrets.token_hex(16),
        "RECAUDO_JWT_SECRET": base64.b64encode(secrets.token_bytes(48)).decode("ascii"),
        "RECAUDO_DEMO_PASSWORD": f"recaudo-{secrets.token_hex(3)}",
    }
    data.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f'{name}="{value}"\n' for name, value in made.items())
    unfinished.replace(path)
    return made


def _defaults(data: Path, ports: Ports) -> dict[str, str]:
    return {
        "RECAUDO_DATA": str(data),
        "RECAUDO_COUCHDB_PORT": str(ports.couchdb),
        "COUCHDB_URL": f"http://127.0.0.1:{ports.couchdb}",
        "RECAUDO_API_HOST": "127.0.0.1",
        "RECAUDO_API_PORT": str(ports.api),
        "RECAUDO_API_URL": f"http://127.0.0.1:{ports.api}",
        # A person who watches wants to see the ERP's number while still looking at the phone.
        "RECAUDO_ERP_SECONDS": "3",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(ports.smtp),
        "MAIL_FROM": "Distribuidora Andina <cobranzas@andina.example>",
        "PYTHONUNBUFFERED": "1",
    }


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    """What the caller said; the data folder is ours, made absolute."""
    return {name: value for name, value in environment.items() if value and name != "RECAUDO_DATA"}


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise DemoError(f"{name} debe ser un número de puerto, por ejemplo {default}.")
    return int(text)
