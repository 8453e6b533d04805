"""Which companies have an ERP, and the connector that reaches it.

A new kind of ERP is one more line in `OPENERS`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from backend.erp.files.connector import FilesConnector
from backend.erp.files.mapping import read_files_mapping
from backend.erp.port import Connector, ErpMisconfigured
from backend.erp.sql.connector import SqlConnector
from backend.erp.sql.mapping import read_sql_mapping
from backend.erp.toml_table import Table
from backend.erp.tryton.connector import TrytonConnector
from backend.erp.tryton.mapping import read_tryton_mapping
from receivables.identifiers import is_code

Opener = Callable[[Table, Mapping[str, str]], Callable[[], Connector]]


def companies_with_erp(folder: Path) -> list[str]:
    """The companies that have a mapping file; none when the folder does not exist."""
    return sorted(path.stem for path in folder.glob("*.toml") if is_code(path.stem))


def open_connector(folder: Path, company: str, *, environment: Mapping[str, str]) -> Connector:
    """Open the ERP of one company.

    Raise `ErpMisconfigured` naming every fault of its mapping file at once.
    """
    path = folder / f"{company}.toml"
    try:
        file = Table(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ErpMisconfigured(f"{path}: {error}") from error
    kind = file.table("erp").text("type")
    opener = OPENERS.get(kind)
    if opener is None:
        raise ErpMisconfigured(f"{path}: erp.type must be one of {', '.join(OPENERS)}")
    connect = opener(file, environment)
    if file.faults:
        raise ErpMisconfigured(f"{path}: {'; '.join(file.faults)}")
    return connect()


def _sql(file: Table, environment: Mapping[str, str]) -> Callable[[], Connector]:
    mapping = read_sql_mapping(file, environment)
    return lambda: SqlConnector(mapping)


def _tryton(file: Table, environment: Mapping[str, str]) -> Callable[[], Connector]:
    mapping = read_tryton_mapping(file, environment)
    return lambda: TrytonConnector(mapping)


def _files(file: Table, _environment: Mapping[str, str]) -> Callable[[], Connector]:
    mapping = read_files_mapping(file)
    return lambda: FilesConnector(mapping)


OPENERS: Mapping[str, Opener] = {"sql": _sql, "tryton": _tryton, "files": _files}
