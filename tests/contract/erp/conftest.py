"""The ERPs that the contract is put to.

Adding one means adding its factory here; the suite says if it is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.erps import ErpFactory, ErpUnderTest
from tests.support.files_erp import FilesErp, XlsxErp
from tests.support.server_erps import MariadbErp, PostgresErp
from tests.support.sql_erps import SqliteErp
from tests.support.tryton_erp import TrytonErp

IMPLEMENTATIONS: Mapping[str, ErpFactory] = {
    "sqlite": SqliteErp,
    "postgresql": PostgresErp,
    "mariadb": MariadbErp,
    "tryton": TrytonErp,
    "files-csv": FilesErp,
    "files-xlsx": XlsxErp,
}


@pytest.fixture(params=IMPLEMENTATIONS)
def erp(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ErpUnderTest]:
    made = IMPLEMENTATIONS[request.param](tmp_path)
    yield made
    made.close()
