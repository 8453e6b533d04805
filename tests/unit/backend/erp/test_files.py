"""A folder of tables: what is half written, doubled or wrong is told by file, sheet, row and column, and
changes nothing.
"""

from __future__ import annotations

import dataclasses
import os
import re
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from backend.erp.files import tables
from backend.erp.files.__main__ import main as make_folder
from backend.erp.files.connector import FilesConnector
from backend.erp.files.entries import table_of
from backend.erp.files.exports import read_export
from backend.erp.files.mapping import DecimalMark, FilesMapping, Format
from backend.erp.files.tables import BrokenFile, read_table, write_table
from backend.erp.files.templates import ENTRY, FOLDERS, IN
from backend.erp.port import Cursor, ErpMisconfigured, ErpUnavailable, Kind, Page, Pending, Posted, Rejected
from backend.erp.records import InvoiceRecord
from backend.erp.registry import open_connector
from tests.support.erps import outgoing

HEADER = "numero;cliente;emision;vencimiento;total;saldo;incluye"
RECEIPT = "receipt:R0001:00000001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FOLDERS:
        (tmp_path / "erp" / name).mkdir(parents=True)
    return tmp_path / "erp"


def mapping_of(folder: Path, **changes: Any) -> FilesMapping:
    values: dict[str, Any] = {
        "folder": folder,
        "state": folder.parent / "state.sqlite",
        "currency": "USD",
        "timezone": ZoneInfo("America/Guayaquil"),
        "decimal": DecimalMark.POINT,
        "encoding": "utf-8",
        "settle": 0,
        "page_size": 100,
        "end_mark": False,
        "may_shrink": False,
        "format": Format.CSV,
    }
    return FilesMapping(**(values | changes))


def connector_of(folder: Path, **changes: Any) -> FilesConnector:
    return FilesConnector(mapping_of(folder, **changes))


def line(number: str, balance: str = "10.00", *, due_on: str = "2026-10-01") -> str:
    return f"{number};C0001;2026-09-01;{due_on};10.00;{balance};"


def put(folder: Path, *lines: str, name: str = "facturas.csv", end: str = "\n", header: str = HEADER) -> Path:
    path = folder / "entrada" / name
    path.write_text("\n".join([header, *lines]) + end, encoding="utf-8")
    return path


def put_xlsx(folder: Path, rows: Sequence[Sequence[Any]], name: str = "facturas.xlsx") -> Path:
    workbook = Workbook()
    workbook.active.title = "facturas"
    for row in [HEADER.split(";"), *rows]:
        workbook.active.append(list(row))
    workbook.properties.title = name
    path = folder / "entrada" / name
    workbook.save(path)
    return path


def keys(page: Page) -> list[str]:
    return [record.key for record in page.records]


def complaint(page: Page) -> str:
    """Of a page that says nothing but what is wrong with its file."""
    assert (list(page.records), list(page.deleted), page.cursor, page.last) == ([], [], None, True)
    [bad] = page.unreadable
    assert bad.key == "facturas"
    return bad.reason


def read(folder: Path, after: Cursor | None = None, **changes: Any) -> Page:
    return connector_of(folder, **changes).read(Kind.INVOICES, after)


# -- a file that cannot be used at all ---------------------------------------------------------


def test_a_csv_that_ends_in_the_middle_of_a_row_is_half_written(folder: Path) -> None:
    put(folder, line("A"), "B;C0001;2026-09", end="")
    assert "facturas.csv: ends in the middle of a row" in complaint(read(folder))


def test_a_csv_whose_end_mark_counts_more_rows_is_a_part(folder: Path) -> None:
    put(folder, line("A"), "#fin;2")
    assert "facturas.csv, row 3: #fin counts 2 rows, there are 1" in complaint(read(folder))


def test_where_an_end_mark_is_agreed_a_csv_without_one_is_a_part(folder: Path) -> None:
    put(folder, line("A"))
    assert "does not end with #fin" in complaint(read(folder, end_mark=True))
    put(folder, line("A"), "#fin;1")
    assert keys(read(folder, end_mark=True)) == ["A"]


def test_a_file_that_has_just_been_written_to_is_left_alone_for_a_while(folder: Path) -> None:
    path = put(folder, line("A"))
    assert keys(read(folder, settle=10)) == []
    os.utime(path, (time.time() - 11, time.time() - 11))
    assert keys(read(folder, settle=10)) == ["A"]


@pytest.mark.parametrize(
    "name", ["facturas.csv.tmp", ".facturas.csv", "~$facturas.xlsx", "facturas.csv.filepart"]
)
def test_a_file_on_its_way_is_none_yet(folder: Path, name: str) -> None:
    put(folder, line("A"), name=name)
    assert read(folder) == Page(records=(), unreadable=(), cursor=None, last=True)


@settings(max_examples=40, deadline=None)
@given(share=st.floats(0, 0.999))
def test_no_part_of_an_xlsx_is_taken_for_the_whole(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    folder = tmp_path_factory.mktemp("part")
    (folder / "entrada").mkdir()
    path = put_xlsx(folder, [["A", "C0001", "2026-09-01", "2026-10-01", 10, 10, ""]] * 3)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BrokenFile, match=r"facturas\.xlsx"):
        read_export(path, Kind.INVOICES, mapping_of(folder))


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 0.999))
def test_no_part_of_a_csv_with_an_end_mark_is_taken_for_the_whole(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    folder = tmp_path_factory.mktemp("part")
    (folder / "entrada").mkdir()
    path = put(folder, *(line(f"F-{place}") for place in range(9)), "#fin;9")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BrokenFile, match=r"facturas\.csv"):
        read_export(path, Kind.INVOICES, mapping_of(folder, end_mark=True))


def test_a_spreadsheet_that_unpacks_to_a_bomb_is_not_unpacked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LARGEST_BYTES", 1024 * 1024)
    with zipfile.ZipFile(folder / "entrada" / "facturas.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * 2 * 1024 * 1024)
    assert "unpacks to more than" in complaint(read(folder))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (HEADER.replace("vencimiento", "vence"), "sheet facturas, row 1: column vencimiento is missing"),
        (f"{HEADER};saldo", "row 1: column saldo is there twice"),
        (f"{HEADER};salod", "row 1: column salod is none of the template's"),
    ],
)
def test_wrong_columns_are_named(folder: Path, header: str, sentence: str) -> None:
    put(folder, header=header)
    assert sentence in complaint(read(folder))


def test_another_encoding_is_told_by_its_row(folder: Path) -> None:
    path = put(folder, line("A"))
    path.write_bytes(path.read_bytes() + "Ñ;C0001;2026-09-01;2026-10-01;1;1;\n".encode("cp1252"))
    assert "facturas.csv, row 3: is not written in utf-8" in complaint(read(folder))
    assert keys(read(folder, encoding="cp1252")) == ["A", "Ñ"]


def test_a_row_with_more_cells_than_columns_is_not_guessed_at(folder: Path) -> None:
    put(folder, line("A"), "B,C0001,2026-09-01,2026-10-01,10,50,10,50,".replace(",", ";"))
    assert "facturas.csv, sheet facturas, row 3: has more cells" in complaint(read(folder))


def test_a_broken_file_changes_nothing_and_stops_no_other_and_is_forgotten_once_it_is_right(
    folder: Path,
) -> None:
    put(folder, line("A"), line("B"))
    (folder / "entrada" / "ventas.csv").write_text("cliente;mes;valor\nC0001;2026-10;5\n", encoding="utf-8")
    before = read(folder).cursor
    put(folder, line("A"), end="")
    assert complaint(read(folder, before))
    assert connector_of(folder).snapshot(Kind.INVOICES) is None, "nothing is compared with it"
    assert keys(connector_of(folder).read(Kind.SALES, None)) == ["C0001:2026-10"]
    put(folder, line("A"), line("B"))
    healed = read(folder, before)
    assert (keys(healed), list(healed.deleted)) == ([], ["facturas"])
    assert list(read(folder, before).deleted) == []


# -- which file is meant -----------------------------------------------------------------------


def test_the_last_by_name_is_in_force_and_the_others_are_history(folder: Path) -> None:
    put(folder, line("OLD"), name="facturas-20261124.csv")
    put(folder, line("NEW"), name="facturas-20261125.csv")
    assert keys(read(folder)) == ["NEW"]


def test_a_copy_of_the_file_in_force_is_ignored_and_another_file_asked_about(folder: Path) -> None:
    put(folder, line("A"))
    put(folder, line("A"), name="facturas (1).csv")
    assert keys(read(folder)) == ["A"]
    put(folder, line("B"), name="facturas (1).csv")
    assert "facturas (1).csv: is it meant?" in complaint(read(folder))


def test_a_csv_and_an_xlsx_of_one_table_are_one_too_many(folder: Path) -> None:
    put(folder, line("A"))
    put_xlsx(folder, [])
    assert "facturas.csv and facturas.xlsx: only one" in complaint(read(folder))


def test_the_same_rows_in_another_file_are_nothing_new(folder: Path) -> None:
    rows = [["A", "C0001", "2026-09-01", "2026-10-01", 10, 10, ""]]
    first = put_xlsx(folder, rows).read_bytes()
    cursor = read(folder).cursor
    second = put_xlsx(folder, rows, "facturas-20261126.xlsx").read_bytes()
    assert first != second
    assert read(folder, cursor) == Page(records=(), unreadable=(), cursor=None, last=True)


# -- what changed ------------------------------------------------------------------------------


def test_what_a_new_file_no_longer_holds_is_gone(folder: Path) -> None:
    put(folder, line("A"), line("B"), line("C"))
    cursor = read(folder).cursor
    put(folder, line("A"), line("C", "4.00"))
    page = read(folder, cursor)
    assert (keys(page), list(page.deleted)) == (["C"], ["B"])
    assert read(folder, page.cursor).cursor is None


def test_a_file_that_lost_most_of_its_rows_is_asked_about(folder: Path) -> None:
    put(folder, *(line(f"F-{place}") for place in range(50)))
    cursor = read(folder).cursor
    put(folder, line("F-1"))
    assert "49 of the 50 records of the last file are gone" in complaint(read(folder, cursor))
    assert len(read(folder, cursor, may_shrink=True).deleted) == 49 + len(["facturas"])


def test_a_run_cut_between_two_pages_goes_on_and_starts_anew_for_another_file(folder: Path) -> None:
    put(folder, *(line(f"F-{place}") for place in range(5)))
    first = read(folder, page_size=2)
    assert (keys(first), first.last) == (["F-0", "F-1"], False)
    assert keys(read(folder, first.cursor, page_size=2)) == ["F-2", "F-3"]
    put(folder, *(line(f"F-{place}", "1.00") for place in range(5)))
    assert keys(read(folder, first.cursor, page_size=2)) == ["F-0", "F-1"]


def test_without_our_state_everything_is_read_anew_and_nothing_taken_for_gone(folder: Path) -> None:
    put(folder, line("A"), line("B"))
    cursor = read(folder).cursor
    (folder.parent / "state.sqlite").unlink()
    put(folder, line("A", "1.00"))
    page = read(folder, cursor)
    assert (keys(page), list(page.deleted)) == (["A"], [])


# -- one row -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (line("B", due_on="mañana"), "vencimiento"),
        (line("B", "10.005"), "saldo"),
        ("B;;2026-09-01;2026-10-01;10;10;", "cliente"),
    ],
)
def test_a_wrong_cell_is_told_by_file_sheet_row_and_column(folder: Path, row: str, column: str) -> None:
    put(folder, line("A"), row, line("C"))
    page = read(folder)
    assert keys(page) == ["A", "C"]
    [bad] = page.unreadable
    assert bad.key == "B"
    assert bad.reason.startswith(f"facturas.csv, sheet facturas, row 3, column {column}: ")
    assert connector_of(folder).snapshot(Kind.INVOICES) is None


def test_a_wrong_row_is_no_deletion_and_comes_in_once_it_is_right(folder: Path) -> None:
    put(folder, line("A"), line("B"))
    cursor = read(folder).cursor
    put(folder, line("A"), line("B", "x"))
    page = read(folder, cursor)
    assert ([bad.key for bad in page.unreadable], list(page.deleted)) == (["B"], [])
    put(folder, line("A"), line("B"))
    assert keys(read(folder, page.cursor)) == ["B"]


def test_while_a_row_has_no_key_nothing_is_taken_for_gone(folder: Path) -> None:
    put(folder, line("A"), line("B"))
    cursor = read(folder).cursor
    put(folder, line("A"), line(""))
    page = read(folder, cursor)
    assert [bad.key for bad in page.unreadable] == ["facturas.csv, sheet facturas, row 3"]
    assert list(page.deleted) == []


def test_a_key_that_is_there_twice_is_neither(folder: Path) -> None:
    put(folder, line("A"), line("A", "3.00"))
    page = read(folder)
    assert (keys(page), [bad.key for bad in page.unreadable]) == ([], ["A"])
    assert "row 3: A is there twice" in page.unreadable[0].reason


def test_numbers_and_dates_as_people_write_them(folder: Path) -> None:
    put(folder, "A;C0001;01/09/2026;2/10/2026;1234,56;1234,50;receipt:R0001:00000001, receipt:R0001:00000002")
    [record] = read(folder, decimal=DecimalMark.COMMA).records
    assert isinstance(record, InvoiceRecord)
    assert (record.issued_on.isoformat(), record.due_on.isoformat()) == ("2026-09-01", "2026-10-02")
    assert (record.total, record.balance) == (123_456, 123_450)
    assert list(record.reflects) == ["receipt:R0001:00000001", "receipt:R0001:00000002"]
    put(folder, "A;C0001;01/09/2026;2/10/2026;1.234,56;1;")
    assert "column total" in read(folder, decimal=DecimalMark.COMMA).unreadable[0].reason


def test_a_code_that_a_spreadsheet_took_for_a_number_is_the_code(folder: Path) -> None:
    put_xlsx(folder, [[1001.0, 77, "2026-09-01", "2026-10-01", 0.1 + 0.2, 0.3, None]])
    [record] = read(folder).records
    assert isinstance(record, InvoiceRecord)
    assert (record.key, record.customer, record.total, record.balance) == ("1001", "77", 30, 30)


# -- out ---------------------------------------------------------------------------------------


def answer(folder: Path, *rows: str, name: str = "dia.csv") -> Path:
    path = folder / "respuestas" / name
    header = "id;intento;estado;numero;fecha;motivo"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def out_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "salida").iterdir())


def test_what_was_refused_is_sent_again_in_a_file_of_its_own(folder: Path) -> None:
    connector, receipt = connector_of(folder), outgoing(1, "C0001", {"A": 400})
    for _ in range(2):
        assert connector.post_receipt(receipt) == Pending()
    assert out_files(folder) == ["receipt-R0001-00000001-1.csv"]
    answer(folder, f"{RECEIPT};1;rechazado;;;no existe")
    assert connector.find(RECEIPT) == Rejected(reason="no existe")
    for _ in range(2):
        assert connector.post_receipt(receipt) == Pending()
    assert out_files(folder) == ["receipt-R0001-00000001-1.csv", "receipt-R0001-00000001-2.csv"]
    assert connector.find(RECEIPT) == Pending(), "the refusal was of the first"


def test_what_is_posted_stays_posted_whatever_is_answered_later(folder: Path) -> None:
    connector = connector_of(folder)
    connector.post_receipt(outgoing(1, "C0001", {"A": 400}))
    answer(folder, f"{RECEIPT};1;contabilizado;C-1;2026-11-21T10:00:00;")
    first = connector.find(RECEIPT)
    assert isinstance(first, Posted)
    assert (first.number, first.posted_at.isoformat()) == ("C-1", "2026-11-21T10:00:00-05:00")
    answer(folder, f"{RECEIPT};1;contabilizado;C-2;;", f"{RECEIPT};2;rechazado;;;x", name="dia2.csv")
    assert connector.find(RECEIPT) == first


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{RECEIPT};1;quizás;;;", "row 3, column estado"),
        (f"{RECEIPT};1;contabilizado;;;", "row 3, column numero"),
        (f"{RECEIPT};;rechazado;;;x", "row 3, column intento"),
        (f"{RECEIPT};1;rechazado;;;", "row 3, column motivo"),
    ],
)
def test_a_broken_file_of_answers_is_complained_about_beside_it(folder: Path, row: str, told: str) -> None:
    connector = connector_of(folder)
    for counter in (1, 2, 3):
        connector.post_receipt(outgoing(counter, "C0001", {"A": 1}))
    answer(folder, "receipt:R0001:00000002;1;contabilizado;C-2;;", row)
    answer(folder, "receipt:R0001:00000003;1;contabilizado;C-3;;", name="otro.csv")
    assert connector.find("receipt:R0001:00000002") == Pending(), "half a file counts for nothing"
    assert isinstance(connector.find("receipt:R0001:00000003"), Posted)
    beside = folder / "respuestas" / "dia.csv.error.txt"
    assert told in beside.read_text(encoding="utf-8")
    answer(folder, "receipt:R0001:00000002;1;contabilizado;C-2;;")
    assert isinstance(connector.find("receipt:R0001:00000002"), Posted)
    assert not beside.exists()


@pytest.mark.parametrize("form", list(Format))
def test_what_a_stranger_wrote_is_no_formula_in_a_spreadsheet(tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"recibo.{form}"
    write_table(path, {"recibo": (["girador"], [["=HYPERLINK(0)"]])})
    if form is Format.XLSX:
        cell = load_workbook(path)["recibo"]["A2"]
        assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(0)")
    else:
        assert path.read_text(encoding="utf-8-sig").split() == ["girador", "'=HYPERLINK(0)"]


@pytest.mark.timeout(60)
def test_a_sheet_that_somebody_formatted_to_its_last_cell_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    """Spreadsheet programs then claim seventeen thousand million cells."""
    path, far = tmp_path / "clientes.xlsx", tmp_path / "formatted.xlsx"
    write_table(path, {"clientes": (["codigo", "nombre"], [["C1", "Uno"], ["C2", "Dos"]])})
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(far, "w") as after:
        for entry in before.namelist():
            content = before.read(entry)
            if entry.endswith("sheet1.xml"):
                last = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
                content = re.sub(rb"<dimension [^>]*/>", b"", content).replace(b"</sheetData>", last)
                content = content.replace(b"<sheetViews>", b'<dimension ref="A1:XFD1048576"/><sheetViews>')
            after.writestr(entry, content)
    rows = read_table(far, IN[Kind.CUSTOMERS], encoding="utf-8", end_mark=False)
    assert [(row.number, row.values["codigo"]) for row in rows] == [(2, "C1"), (3, "C2")]


@pytest.mark.parametrize("form", list(Format))
def test_what_no_spreadsheet_can_hold_keeps_no_receipt_from_going_out(tmp_path: Path, form: Format) -> None:
    hostile = {"method": "cheque", "amount": 100, "drawer": "Rosa\x07\x00 Vera", "bank": "Banco\x0b"}
    entry = dataclasses.replace(outgoing(1, "C0001", {"A": 100}), payments=[hostile])
    table = table_of(entry, 1, decimal=DecimalMark.POINT, numbers=form is Format.XLSX)
    path = tmp_path / f"recibo.{form}"
    write_table(path, {ENTRY.name: table})
    paid, *_ = read_table(path, ENTRY, encoding="utf-8", end_mark=False)
    assert paid.values["girador"] == "Rosa\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} Vera"
    assert paid.values["banco"] == "Banco\N{REPLACEMENT CHARACTER}"


# -- the folder and its templates --------------------------------------------------------------


@pytest.mark.parametrize("form", list(Format))
def test_empty_templates_are_tables_without_rows(folder: Path, form: Format, capsys: Any) -> None:
    assert make_folder([str(folder), "--format", form]) == 0
    made = [Path(path) for path in capsys.readouterr().out.split()]
    assert {path.stem for path in made} == {*(sheet.name for sheet in IN.values()), "recibo", "respuestas"}
    assert list((folder / "entrada").iterdir()) == []
    for path in made:
        path.rename(folder / "entrada" / path.name)
    connector = connector_of(folder)
    for kind in connector.kinds():
        assert connector.read(kind, None) == Page(records=(), unreadable=(), cursor=None, last=True)


def test_a_folder_that_is_not_mounted_is_an_erp_that_is_away(folder: Path) -> None:
    (folder / "respuestas").rmdir()
    with pytest.raises(ErpUnavailable, match="respuestas is not there"):
        read(folder)


def test_every_fault_of_the_mapping_is_told(tmp_path: Path) -> None:
    text = '[erp]\ntype = "files"\nfolder = "x"\ndecimal = ";"\nencoding = "klingon"\n[out]\nformat = "ods"\n'
    (tmp_path / "andina.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ErpMisconfigured) as caught:
        open_connector(tmp_path, "andina", environment={})
    for told in ("erp.state is missing", "erp.currency is missing", "erp.decimal", "klingon", "out.format"):
        assert told in str(caught.value)
