"""One database server for all tests of the API, one company for each module of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.config import Settings
from receivables.access import Role
from tests.support.office import Office, a_database_server, an_office


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_database_server(tmp_path_factory.mktemp("api")) as settings:
        yield settings


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    """Ana and Bruno collect, Sofía supervises, Alba administers."""
    with an_office(database_server) as office:
        office.collect("ana", "bruno")
        office.hire("sofia", Role.SUPERVISOR)
        office.hire("alba", Role.ADMINISTRATOR)
        yield office


@pytest.fixture(scope="module")
def other(database_server: Settings) -> Iterator[Office]:
    """Another company on the same server, where Bea supervises and Ana's namesake collects."""
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("bea", Role.SUPERVISOR)
        yield office
