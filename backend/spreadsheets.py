"""What anybody wrote, as cells of a spreadsheet: text that never runs as a formula and never breaks the file.

`xlsx` makes a whole table of such cells.
"""

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
        sheet.append([text_cell(sheet, text) for text in row])
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _sheet(book: Workbook, name: str, header: Sequence[str]) -> WriteOnlyWorksheet:
    sheet: WriteOnlyWorksheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    titles = [text_cell(sheet, title) for title in header]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    return sheet


def csv_text(text: str) -> str:
    """The text as a cell of a CSV file."""
    return f"'{_storable(text)}" if text.startswith(FORMULA_MARKS) else _storable(text)


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """The text as a cell of an XLSX file."""
    cell: Cell = WriteOnlyCell(sheet, _storable(text)[:LONGEST_CELL])
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    cell.quotePrefix = text.startswith(FORMULA_MARKS)  # and the spreadsheet would when it is edited
    return cell


def _storable(text: str) -> str:
    """Without the control characters that no XML, and so no workbook, can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
