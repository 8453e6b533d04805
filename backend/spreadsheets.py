"""A table as an XLSX file in which every cell is text: nothing that anybody wrote can run as a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet takes text that begins so for a formula when somebody edits it (OWASP, CSV injection)."""

ROWS_OF_A_SHEET = 1_000_000  # below the 1,048,576 of the format; what is beyond goes on in another sheet
LONGEST_CELL = 32_767  # characters, of the format
IN_MEMORY = 4 * 1024 * 1024  # bytes, beyond which the file is made on disk
CHUNK = 64 * 1024


def xlsx(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file in pieces; `rows` are read one by one and never all held."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, name, header)
    for number, row in enumerate(rows):
        if number and number % ROWS_OF_A_SHEET == 0:
            sheet = _sheet(book, f"{name} {number // ROWS_OF_A_SHEET + 1}", header)
        sheet.append([_cell(sheet, text) for text in row])
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _sheet(book: Workbook, name: str, header: Sequence[str]) -> WriteOnlyWorksheet:
    sheet: WriteOnlyWorksheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    titles = [_cell(sheet, title) for title in header]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    return sheet


def _cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    storable = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)[:LONGEST_CELL]
    cell: Cell = WriteOnlyCell(sheet, storable)
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    cell.quotePrefix = text.startswith(FORMULA_MARKS)  # and the spreadsheet would when it is edited
    return cell
