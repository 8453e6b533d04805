"""Which file of a kind is in force, and everything that it says.

A file holds all records of its kind. It is named after its sheet, `facturas.csv`, or with a date,
`facturas-20261125.csv`; of several the last by name is in force, and the others are history.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from backend.erp.files.lines import Line, LineReader, unclear
from backend.erp.files.mapping import FilesMapping
from backend.erp.files.tables import BrokenFile, TableRow, read_second_sheet, read_table
from backend.erp.files.templates import IN, INSTALMENTS
from backend.erp.port import Kind

EXTENSIONS = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`version` is the same for files that say the same."""

    name: str
    version: str
    lines: Sequence[Line]


def file_in_force(folder: Path, kind: Kind) -> Path | None:
    """The file to read now, None where there is none; raise `BrokenFile` when it is not clear which.

    Names that begin with a dot or `~`, or end in neither `.csv` nor `.xlsx`, are files on their way.
    """
    name = IN[kind].name
    pattern = re.compile(rf"{name}(-[0-9][0-9T_.-]*)?\.(csv|xlsx)", re.IGNORECASE)
    dated: dict[str, list[Path]] = {}
    strays = []
    for path in sorted(folder.iterdir()):
        if matched := pattern.fullmatch(path.name):
            dated.setdefault(matched.group(1) or "", []).append(path)
        elif path.name.lower().startswith(name) and path.suffix.lower() in EXTENSIONS:
            strays.append(path)
    found, *others = dated[max(dated)] if dated else (None,)
    if others:
        names = " and ".join(path.name for path in (found, *others) if path)
        raise BrokenFile(f"{names}: only one of them can be meant, remove the other")
    for stray in strays:
        if found is None or stray.read_bytes() != found.read_bytes():
            raise BrokenFile(f"{stray.name}: is it meant? Name it {name} or {name}-<date>, or remove it")
    return found


def read_export(path: Path, kind: Kind, mapping: FilesMapping) -> Export:
    """Everything that the file says; raise `BrokenFile` when it cannot be used at all."""
    sheet = IN[kind]
    before = path.stat()
    rows = read_table(path, sheet, encoding=mapping.encoding, end_mark=mapping.end_mark)
    reader = LineReader(kind, mapping, _instalments(path) if kind is Kind.INVOICES else None)
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise BrokenFile(f"{path.name}: was written to while it was read")
    lines: dict[str, Line] = {}
    for row in rows:
        where = f"{path.name}, sheet {sheet.name}, row {row.number}"
        line = reader.line(where, row)
        if line.key in lines:
            line = unclear(line.key, f"{where}: {line.key} is there twice", repr(row.values))
        lines[line.key] = line
    return Export(name=path.name, version=_version(lines.values()), lines=list(lines.values()))


def _instalments(path: Path) -> dict[str, list[TableRow]] | None:
    rows = read_second_sheet(path, INSTALMENTS) if path.suffix.lower() == ".xlsx" else None
    if rows is None:
        return None
    found: dict[str, list[TableRow]] = {}
    for row in rows:
        found.setdefault(str(row.values.get("factura") or ""), []).append(row)
    return found


def _version(lines: Iterable[Line]) -> str:
    said = sha256()
    for key, digest in sorted((line.key, line.digest) for line in lines):
        said.update(key.encode() + b"\0" + digest)
    return said.hexdigest()
