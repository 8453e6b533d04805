"""CSV and XLSX as tables, read with the place of every cell known."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from backend.erp.files.templates import Sheet
from backend.spreadsheets import csv_text, text_cell

# What a file may hold unpacked: a spreadsheet is a zip, and a bomb of one must not take the server down.
LARGEST_BYTES = 512 * 1024 * 1024
END_MARK = "#fin"

# More than any template has. Who formats a whole sheet makes a spreadsheet program claim 16,384 of them.
MOST_COLUMNS = 200

# A column is as wide as what stands in so many of its rows.
WIDTH_ROWS = 50

Cells = Sequence[Any]


class BrokenFile(Exception):
    """The file cannot be used as it is; the sentence says where to look."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row by the names of its columns; `number` counts from 1, as spreadsheet programs show it."""

    number: int
    values: Mapping[str, Any]


def read_table(path: Path, sheet: Sheet, *, encoding: str, end_mark: bool) -> list[TableRow]:
    """The rows of one file; raise `BrokenFile`."""
    if path.suffix.lower() == ".xlsx":
        return _named(path.name, sheet, _sheet_cells(path, sheet.name, or_first=True) or [])
    return _named(path.name, sheet, _csv_cells(path, encoding=encoding, end_mark=end_mark))


def read_second_sheet(path: Path, sheet: Sheet) -> list[TableRow] | None:
    """The rows of a further sheet of an XLSX; None where there is none."""
    cells = _sheet_cells(path, sheet.name, or_first=False)
    return None if cells is None else _named(path.name, sheet, cells)


def _csv_cells(path: Path, *, encoding: str, end_mark: bool) -> list[Cells]:
    if path.stat().st_size > LARGEST_BYTES:
        raise BrokenFile(f"{path.name}: is larger than {LARGEST_BYTES} bytes")
    content = path.read_bytes()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise BrokenFile(f"{path.name}, row {row}: is not written in {encoding}") from error
    text = text.removeprefix("\ufeff")
    if text and not text.endswith(("\n", "\r")):
        raise BrokenFile(f"{path.name}: ends in the middle of a row, only half of it may have arrived")
    header = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=header.count)
    rows: list[Cells] = []
    try:
        rows.extend(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BrokenFile(f"{path.name}, row {len(rows) + 1}: {error}") from error
    return _before_end_mark(path.name, rows, required=end_mark)


def _before_end_mark(name: str, rows: list[Cells], *, required: bool) -> list[Cells]:
    for place, row in enumerate(rows):
        if row and str(row[0]).strip() == END_MARK:
            count = str(row[1]).strip() if len(row) > 1 else ""
            if count and count != str(place - 1):
                raise BrokenFile(
                    f"{name}, row {place + 1}: {END_MARK} counts {count} rows, there are {place - 1}"
                )
            return rows[:place]
    if required:
        raise BrokenFile(f"{name}: does not end with {END_MARK}, only a part of it may have arrived")
    return rows


def _sheet_cells(path: Path, name: str, *, or_first: bool) -> list[Cells] | None:
    """The cells of the sheet of that name; without one, of the first sheet or None."""
    try:
        _refuse_bomb(path)
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            if name not in workbook.sheetnames and not or_first:
                return None
            sheet = workbook[name if name in workbook.sheetnames else workbook.sheetnames[0]]
            rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
            return [() if row.count(None) == len(row) else tuple(row) for row in rows]
        finally:
            workbook.close()
    except BrokenFile:
        raise
    except BadZipFile as error:
        raise BrokenFile(f"{path.name}: is no whole XLSX, only a part of it may have arrived") from error
    except Exception as error:  # a broken workbook breaks its reader in any way there is
        raise BrokenFile(f"{path.name}: is no XLSX that can be read ({error})") from error


def _refuse_bomb(path: Path) -> None:
    with ZipFile(path) as packed:
        unpacked = sum(each.file_size for each in packed.infolist())
    if unpacked > LARGEST_BYTES:
        raise BrokenFile(f"{path.name}: unpacks to more than {LARGEST_BYTES} bytes")


def _named(name: str, sheet: Sheet, cells: Sequence[Cells]) -> list[TableRow]:
    where = f"{name}, sheet {sheet.name}"
    if not cells:
        raise BrokenFile(f"{where}: is empty, not even the names of the columns are there")
    header = [str(cell).strip().lower() if cell is not None else "" for cell in cells[0]]
    for column in sheet.columns:
        if header.count(column.name) > 1:
            raise BrokenFile(f"{where}, row 1: column {column.name} is there twice")
        if column.required and column.name not in header:
            raise BrokenFile(f"{where}, row 1: column {column.name} is missing")
    if unknown := [title for title in header if title and not sheet.has(title)]:
        raise BrokenFile(f"{where}, row 1: column {unknown[0]} is none of the template's")
    rows = []
    for number, row in enumerate(cells[1:], start=2):
        if all(_is_empty(cell) for cell in row):
            continue
        if any(not _is_empty(cell) for cell in row[len(header) :]):
            raise BrokenFile(f"{where}, row {number}: has more cells than there are columns")
        values = {title: _cell(cell) for title, cell in zip(header, row, strict=False) if title}
        rows.append(TableRow(number, values))
    return rows


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _cell(cell: Any) -> Any:
    """Numbers without what a float adds: a code that is a number has no `.0`, an amount its own digits."""
    if _is_empty(cell):
        return None
    if isinstance(cell, float):
        exact = Decimal(format(cell, ".15g"))
        return int(exact) if exact == exact.to_integral_value() else exact
    return cell.strip() if isinstance(cell, str) else cell


def write_table(path: Path, sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]) -> None:
    """Write a new file and bring it to the disk. Several sheets only in an XLSX."""
    with path.open("wb") as file:
        if ".xlsx" in path.suffixes:
            _write_xlsx(file, sheets)
        else:
            [(header, rows)] = sheets.values()
            text = io.StringIO()
            writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
            # Spreadsheet programs take UTF-8 for what it is only with this mark.
            file.write(text.getvalue().encode("utf-8-sig"))
        file.flush()
        os.fsync(file.fileno())


def _write_xlsx(file: Any, sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]) -> None:
    workbook = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        page = workbook.create_sheet(name)
        page.freeze_panes = "A2"
        for place, title in enumerate(header, start=1):
            widest = max(len(str(title)), *(len(str(row[place - 1] or "")) for row in rows[:WIDTH_ROWS]), 8)
            page.column_dimensions[get_column_letter(place)].width = widest + 2
        for row in (header, *rows):
            page.append([text_cell(page, cell) if isinstance(cell, str) else cell for cell in row])
    workbook.save(file)


def _csv_cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return csv_text(cell)
    return cell.isoformat() if isinstance(cell, date | datetime) else cell


def bring_to_disk(folder: Path) -> None:
    """Make a rename in this folder outlast a power cut. Some network folders cannot, and do not need it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)
