"""The scheduler's own variables: sensible defaults, and a sentence that names the one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.config import SettingError
from schedulers.jobs import JOBS, job_named
from schedulers.settings import SchedulerSettings

LEAST = {"COUCHDB_USER": "admin", "COUCHDB_PASSWORD": "x"}


def test_without_variables_there_are_defaults() -> None:
    settings = SchedulerSettings.from_environment(LEAST)
    assert (settings.erp_seconds, settings.dunning_cron) == (60, "0 9 * * mon-fri")
    assert settings.erp_folder == Path("var/erp")
    assert settings.heartbeat == Path("var/scheduler.json")


def test_the_data_folder_moves_what_lies_in_it() -> None:
    settings = SchedulerSettings.from_environment(LEAST | {"RECAUDO_DATA": "/srv/recaudo"})
    assert settings.erp_folder == Path("/srv/recaudo/erp")
    assert settings.heartbeat == Path("/srv/recaudo/scheduler.json")


@pytest.mark.parametrize("value", ["0", "-1", "soon", "1.5"])
def test_a_senseless_interval_is_named(value: str) -> None:
    with pytest.raises(SettingError, match="RECAUDO_ERP_SECONDS"):
        SchedulerSettings.from_environment(LEAST | {"RECAUDO_ERP_SECONDS": value})


@pytest.mark.parametrize("value", ["at nine", "61 9 * * *", "0 9 * *"])
def test_a_senseless_time_is_named(value: str) -> None:
    with pytest.raises(SettingError, match="RECAUDO_DUNNING_CRON"):
        SchedulerSettings.from_environment(LEAST | {"RECAUDO_DUNNING_CRON": value})


def test_an_unknown_job_is_told_which_there_are() -> None:
    with pytest.raises(SettingError, match="erp_in, erp_out, erp_compare, dunning"):
        job_named("backup")


def test_the_table_has_every_job_once() -> None:
    assert len({job.id for job in JOBS}) == len(JOBS)
    assert [job_named(job.id) for job in JOBS] == list(JOBS)
