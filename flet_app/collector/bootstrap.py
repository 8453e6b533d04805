"""Where the collector app meets the world: its settings, its folder, the clock and chance.

Everything else takes time, identity and randomness as arguments; they are chosen here and nowhere else.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from flet_app.collector.clock_watch import this_boot, uptime
from receivables.clock_trust import Reading
from receivables.identifiers import new_ulid

ULID_RANDOM_BYTES = 10
SCRATCH = ("FLET_APP_STORAGE_CACHE", "FLET_APP_STORAGE_TEMP")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says, read once."""

    api_url: str
    """Empty where a person says it on the first screen, as on every real phone."""
    data: Path
    host: str
    port: int
    device_name: str
    tiles_url: str = ""
    """`https://…/{z}/{x}/{y}.png` of a tile server that the company may use."""
    scratch: tuple[Path, ...] = ()
    """Where the app's plugins leave what was shared or picked, on a phone."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        return cls(
            api_url=environment.get("RECAUDO_API_URL", "").rstrip("/"),
            data=Path(environment.get("FLET_APP_STORAGE_DATA", "var/phone")),
            host=environment.get("RECAUDO_WEB_HOST", "127.0.0.1"),
            port=int(environment.get("RECAUDO_WEB_PORT", "8611")),
            device_name=environment.get("RECAUDO_DEVICE_NAME", platform.node() or "phone"),
            tiles_url=environment.get("RECAUDO_TILES_URL", ""),
            scratch=tuple(Path(environment[name]) for name in SCRATCH if environment.get(name)),
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The clock and chance, as functions, so that a test can be another world."""

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    uptime: Callable[[], float] = uptime
    """Seconds that pass whatever somebody sets the clock to, and while the phone sleeps."""
    boot: str = dataclasses.field(default_factory=this_boot)

    def reading(self) -> Reading:
        return Reading(wall=self.now(), uptime=self.uptime(), boot=self.boot)

    def ulid(self) -> str:
        return new_ulid(self.now(), self.random_bytes(ULID_RANDOM_BYTES))


def real_world() -> World:
    return World(now=lambda: datetime.now(UTC), random_bytes=secrets.token_bytes)


def settings() -> Settings:
    return Settings.from_environment(os.environ)
