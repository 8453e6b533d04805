"""The mapping file of a company whose ERP exchanges files: where, and how numbers and texts are written."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.erp.toml_table import Table

# A file that was written to within these seconds may not be whole yet.
SETTLE_SECONDS = 10
PAGE_SIZE = 2000


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class DecimalMark(StrEnum):
    POINT = "."
    COMMA = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesMapping:
    """`state` is a SQLite database of ours, on a disk of this machine: what was read, and what was sent."""

    folder: Path
    state: Path
    currency: str
    timezone: ZoneInfo
    decimal: DecimalMark
    encoding: str
    settle: int
    page_size: int
    end_mark: bool
    may_shrink: bool
    format: Format


def read_files_mapping(file: Table) -> FilesMapping:
    """The mapping in `file`; what is wrong is in `file.faults`, and then the mapping is not to be used."""
    file.refuse_unknown(("erp", "in", "out"))
    erp, inwards, out = file.table("erp"), file.table("in"), file.table("out")
    erp.refuse_unknown(("type", "folder", "state", "currency", "timezone", "decimal", "encoding"))
    inwards.refuse_unknown(("settle", "page_size", "end_mark", "may_shrink"))
    out.refuse_unknown(("format",))
    return FilesMapping(
        folder=Path(erp.text("folder")),
        state=Path(erp.text("state")),
        currency=erp.text("currency"),
        timezone=erp.zone("timezone"),
        decimal=erp.choice("decimal", DecimalMark.POINT),
        encoding=_encoding(erp),
        settle=inwards.number("settle", SETTLE_SECONDS, least=0),
        page_size=inwards.number("page_size", PAGE_SIZE, least=1),
        end_mark=inwards.truth("end_mark"),
        may_shrink=inwards.truth("may_shrink"),
        format=out.choice("format", Format.CSV),
    )


def _encoding(erp: Table) -> str:
    name = erp.optional_text("encoding") or "utf-8"
    try:
        codecs.lookup(name)
    except LookupError:
        erp.fault("encoding", f"{name} is not an encoding")
    return name
