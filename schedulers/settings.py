"""When the jobs run and where the ERPs' mapping files are; everything else is the backend's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apscheduler.triggers.cron import CronTrigger

from backend.config import SettingError, Settings

ERP_SECONDS = 60
# Business hours of the strictest market, after the morning's bank movements: Monday to Friday at nine.
DUNNING_CRON = "0 9 * * mon-fri"
COMPARISON_CRON = "30 2 * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerSettings:
    """`dunning_cron` and `comparison_cron` are in each company's own zone."""

    backend: Settings
    environment: Mapping[str, str]
    erp_folder: Path
    erp_seconds: int
    dunning_cron: str
    comparison_cron: str
    heartbeat: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> SchedulerSettings:
        """Raise `SettingError` for the first variable that is missing or makes no sense."""
        backend = Settings.from_environment(environment)
        return cls(
            backend=backend,
            environment=environment,
            erp_folder=backend.erp_config or backend.data / "erp",
            erp_seconds=_seconds(environment.get("RECAUDO_ERP_SECONDS", "").strip()),
            dunning_cron=_cron(environment, "RECAUDO_DUNNING_CRON", DUNNING_CRON),
            comparison_cron=_cron(environment, "RECAUDO_ERP_COMPARISON_CRON", COMPARISON_CRON),
            heartbeat=heartbeat_path(environment),
        )


def heartbeat_path(environment: Mapping[str, str]) -> Path:
    """Where the process says that it lives; known without the settings that a health check does not need."""
    return Path(environment.get("RECAUDO_DATA", "").strip() or "var") / "scheduler.json"


def _seconds(text: str) -> int:
    if not text:
        return ERP_SECONDS
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise SettingError("RECAUDO_ERP_SECONDS should be a whole number of seconds, such as 60")
    return int(text)


def _cron(environment: Mapping[str, str], name: str, default: str) -> str:
    text = environment.get(name, "").strip() or default
    try:
        CronTrigger.from_crontab(text)
    except ValueError as error:
        raise SettingError(f"{name} should be five fields such as {default!r}: {error}") from error
    return text
