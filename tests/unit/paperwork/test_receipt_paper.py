"""The receipt on paper: what it says, and that the same receipt is the same file for ever."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from paperwork.receipt import Paper, render_receipt
from paperwork.receipt_view import ReceiptView, receipt_view
from paperwork.recording import Words, watch
from receivables.documents import BadDocument
from receivables.voids import VOID_REASONS
from tests.support.builders import Json, a_receipt
from tests.support.pdfs import page_texts

ROOT = Path(__file__).parents[3]

COMPANY: Json = {
    "name": "Distribuidora Andina S.A.", "tax_id": "1790012345001", "address": "Av. 10 de Agosto N34",
    "phone": "+593 2 600 1234",
    "currency": "USD", "locale": "es_EC", "country": "EC",
    "timezone": "America/Guayaquil", "legends": ["Exija su comprobante."],
}  # fmt: skip
CUSTOMER: Json = {
    "code": "C0001",
    "name": "Comercial La Económica",
    "tax_id": "1712345678001",
    "address": "Bolívar 12",
    "city": "Quito",
}
LONG_NAME = "Importadora y Comercializadora Ñandú Hermanos Pérez-Łukasz S.A"
COLLECTOR: Json = {"name": "Ana Paredes"}
CHEQUE = {
    "method": "cheque",
    "amount": 20000,
    "bank": "Pichincha",
    "account": "2100",
    "number": "000123",
    "drawer": "Ñ",
    "cheque_on": "2026-11-30",
}
RECEIPT = a_receipt(
    4,
    allocations={"F-1": 30000, "F-2": 21378},
    payments=[{"method": "cash", "amount": 31378}, CHEQUE],
)
INVOICES: dict[str, Json] = {
    "F-1": {"due_on": "2026-10-15", "balance_before": 30000},
    "F-2": {"due_on": "2026-11-02", "balance_before": 45000},
}


def view(receipt: Json = RECEIPT, *, invoices: dict[str, Json] = INVOICES, **fields: Any) -> ReceiptView:
    values: Json = {"company": COMPANY, "customer": CUSTOMER, "collector": COLLECTOR, **fields}
    return receipt_view(receipt, invoices=invoices, **values)


def paper(
    kind: Paper = "a5", receipt: Json = RECEIPT, *, invoices: dict[str, Json] = INVOICES, **fields: Any
) -> bytes:
    values: Json = {"company": COMPANY, "customer": CUSTOMER, "collector": COLLECTOR, **fields}
    return render_receipt(receipt, invoices=invoices, paper=kind, **values)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def test_receipt_says_who_paid_what_when_and_to_whom() -> None:
    seen = view()
    assert (seen.labels.title, seen.number, seen.issued) == (
        "Comprobante de pago",
        "R0001-00000004",
        "Quito, 21-11-2026 10:04",
    )
    assert seen.company_lines == ("RUC 1790012345001", "Av. 10 de Agosto N34", "Tel. +593 2 600 1234")
    assert seen.customer_lines == ("Identificación 1712345678001 · Código C0001", "Bolívar 12, Quito")
    assert (seen.amount, seen.words) == (
        "USD\u00a0513,78",
        "Quinientos trece dólares estadounidenses con 78/100",
    )
    assert [(row.number, row.due_on, row.before, row.applied, row.after) for row in seen.invoices] == [
        ("F-1", "15-10-2026", "300,00", "300,00", "0,00"),
        ("F-2", "02-11-2026", "450,00", "213,78", "236,22"),
    ]
    assert [(row.method, row.amount) for row in seen.payments] == [
        ("Efectivo", "313,78"),
        ("Cheque", "200,00"),
    ]
    assert (
        seen.payments[1].details.replace("\u00a0", " ")
        == "Pichincha · cta. 2100 · n.º 000123 · girador Ñ · fecha 30-11-2026"
    )
    assert seen.sums == (("Aplicado a facturas", "513,78"), ("Saldo a favor", "0,00"))
    assert seen.balances_note == ""


def test_traces_are_short_and_the_code_carries_number_and_hash() -> None:
    seen = view()
    facts = dict(seen.facts)
    assert facts["Gestor"] == "Ana Paredes (ana)"
    assert facts["Equipo"] == "…01KDEVICE"[:1] + "1KDEVICE · visita …S8T9V0W1"
    assert facts["GPS"] == "-0.1800, -78.4800 ±12 m"
    assert seen.qr == f"recaudo:andina:R0001-00000004:{RECEIPT['hash']}"
    assert seen.verification.replace(" ", "").lower() == RECEIPT["hash"][:16]


def test_without_a_position_the_paper_says_so() -> None:
    assert dict(view(a_receipt(place=None)).facts)["GPS"] == "sin posición"


@pytest.mark.parametrize(
    ("posting", "status"),
    [
        (None, "Emitido; pendiente de registro contable"),
        ({"state": "sending"}, "Enviándose al sistema contable"),
        ({"state": "retry"}, "Pendiente de registro"),
        ({"state": "posted", "erp_number": "RC-7"}, "Registrado en el sistema contable · n.º\u00a0RC-7"),
        (
            {"state": "rejected", "reason": "cuenta cerrada"},
            "Rechazado por el sistema contable: cuenta cerrada",
        ),
        ({"state": "unheard of"}, "Emitido; pendiente de registro contable"),
    ],
)
def test_status_is_what_the_erp_said(posting: Json | None, status: str) -> None:
    assert dict(view(posting=posting).facts)["Estado"] == status


def test_allocation_that_was_decided_otherwise_is_told() -> None:
    lines = [{"invoice": "F-1", "amount": 30000}, {"invoice": "F-2", "amount": 20000}]
    posting = {"state": "posted", "allocations": lines, "on_account": 1378}
    told = dict(view(posting=posting).facts)["Aplicación registrada"].replace("\u00a0", " ")
    assert told == "F-2: 200,00 · saldo a favor: 13,78"
    same = {"state": "posted", "allocations": RECEIPT["allocations"], "on_account": 0}
    assert "Aplicación registrada" not in dict(view(posting=same).facts)


@pytest.mark.parametrize(
    ("invoice", "before", "after"),
    [
        ({"balance": 40000, "reflects": []}, "400,00", "100,00"),
        ({"balance": 10000, "reflects": [RECEIPT["_id"]]}, "400,00", "100,00"),
        ({"balance": 29999, "reflects": []}, "", ""),  # can't have been less than was paid
        ({}, "", ""),
    ],
)
def test_balances_of_today_are_marked_as_such(invoice: Json, before: str, after: str) -> None:
    seen = view(invoices={**INVOICES, "F-1": invoice})
    assert (seen.invoices[0].before, seen.invoices[0].after) == (before, after)
    assert seen.balances_note == "Saldos según la información disponible al imprimir."


def test_unknown_invoice_keeps_its_number_and_amount() -> None:
    first = view(invoices={}).invoices[0]
    assert (first.number, first.due_on, first.before, first.applied) == ("F-1", "", "", "300,00")


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_void_says_its_reason_in_words(language: str) -> None:
    for reason in VOID_REASONS:
        assert "_" not in str(view(void={"reason": reason}, language=language).void)
    assert view(void={"reason": "wrong_amount"}).void == "monto equivocado"
    assert view(void={"reason": "como escribió la oficina"}).void == "como escribió la oficina"


def test_reprint_and_void_are_marked() -> None:
    assert view().reprint == ""
    assert view().void is None
    marked = view(reprint=2, void={"reason": "monto equivocado"}, posting={"state": "posted"})
    assert (marked.reprint, marked.void, dict(marked.facts)["Estado"]) == (
        "REIMPRESIÓN 2",
        "monto equivocado",
        "Anulado",
    )


@pytest.mark.parametrize(
    ("payments", "legends", "expected"),
    [
        ([CHEQUE], [], 2),  # ours, and the one of cheques
        ([CHEQUE], ["Cheques a nombre de la empresa."], 1),
        ([{"method": "cash", "amount": 20000}], [], 1),
    ],
)
def test_cheques_are_received_subject_to_clearing(
    payments: list[Json], legends: list[str], expected: int
) -> None:
    receipt = a_receipt(allocations={"F-1": 20000}, payments=payments)
    assert len(view(receipt, company={**COMPANY, "legends": legends}).legends) == expected


def test_english_paper() -> None:
    seen = view(language="en", posting={"state": "posted", "erp_number": "7"})
    assert (seen.labels.title, seen.amount, seen.invoices[1].after) == (
        "Payment receipt",
        "USD\u00a0513.78",
        "236.22",
    )
    assert dict(seen.facts)["Status"] == "Posted in accounting · no.\u00a07"


def test_currency_without_decimals() -> None:
    company = {
        **COMPANY,
        "currency": "CLP",
        "locale": "es_CL",
        "country": "CL",
        "timezone": "America/Santiago",
    }
    receipt = a_receipt(allocations={"F-1": 1000000}, on_account=250000, currency="CLP")
    seen = view(
        receipt, company=company, invoices={"F-1": {"due_on": "2026-10-15", "balance_before": 1000000}}
    )
    assert (seen.amount, seen.sums[1][1], seen.invoices[0].after) == ("CLP\u00a01.250.000", "250.000", "0")
    assert seen.issued == "Quito, 21-11-2026 12:04"
    assert seen.company_lines[0] == "RUT 1790012345001"


def test_receipt_whose_sums_do_not_hold_is_not_printed() -> None:
    with pytest.raises(BadDocument, match="receipt:R0001:00000004"):
        paper(receipt={**RECEIPT, "total": 1})


def ten_invoices() -> tuple[Json, dict[str, Json]]:
    numbers = [f"001-002-{number:09d}" for number in range(2154, 2164)]
    payments = [
        {"method": "cash", "amount": 100000},
        {
            "method": "transfer",
            "amount": 250000,
            "bank": "Produbanco",
            "reference": "TRX-1",
            "transferred_on": "2026-11-20",
        },
        {"method": "card", "amount": 50000, "brand": "Visa", "last4": "4242", "authorisation": "A1"},
        {**CHEQUE, "drawer": "Comercial La Económica Cía. Ltda."},
    ]
    receipt = a_receipt(allocations=dict.fromkeys(numbers, 42000), payments=payments)
    return receipt, {number: {"due_on": "2026-10-15", "balance_before": 50000} for number in numbers}


@pytest.mark.parametrize("kind", ["a5", "80mm"])
def test_ten_invoices_and_a_long_name_fit_one_page(kind: Paper) -> None:
    receipt, invoices = ten_invoices()
    assert len(LONG_NAME) >= 60
    assert (
        pages(paper(kind, receipt, invoices=invoices, customer={**CUSTOMER, "name": LONG_NAME}, reprint=1))
        == 1
    )


def test_further_pages_of_a_receipt_say_whose_and_which_it_is() -> None:
    receipt = a_receipt(4, allocations={f"F-{number}": 100 for number in range(60)})
    first, *further = page_texts(paper(receipt=receipt, invoices={}))
    assert further
    for each in further:
        assert "Comprobante de pago R0001-00000004" in each
        assert COMPANY["name"] in each
    assert "Comprobante de pago R0001" not in first


def test_on_the_roll_a_label_and_its_balance_stay_on_one_line() -> None:
    invoices = {number: {"due_on": "2026-10-15", "balance_before": 123_456_789} for number in INVOICES}
    _pdf, [page] = watch(lambda: paper("80mm", invoices=invoices, company=COMPANY | {"locale": "es_CL"}))
    lines = [mark.text for mark in page.marks if isinstance(mark, Words) and "aldo" in mark.text]
    before, after = "saldo anterior 1.234.567,89", "saldo actual 1.234.267,89"
    shown = [line.replace("\u00a0", " ") for line in lines]
    assert any(before in line for line in shown)
    assert any(after in line for line in shown)


def test_very_long_receipt_goes_on_over_pages_and_every_page_of_a_void_one_is_stamped() -> None:
    receipt = a_receipt(allocations={f"F-{number}": 100 for number in range(90)})
    plain, void = (
        paper(receipt=receipt, invoices={}),
        paper(receipt=receipt, invoices={}, void={"reason": "x"}),
    )
    assert pages(plain) == pages(void) == 3


def test_roll_is_as_long_as_what_is_on_it() -> None:
    receipt, invoices = ten_invoices()

    def length(pdf: bytes) -> float:
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert box
        assert float(box[1]) == pytest.approx(80 / 25.4 * 72, abs=0.01)
        return float(box[2])

    assert length(paper("80mm")) < length(paper("80mm", receipt, invoices=invoices)) < 400 / 25.4 * 72


@pytest.mark.parametrize("kind", ["a5", "80mm"])
def test_letters_of_any_alphabet_are_printed(kind: Paper) -> None:
    customer = {**CUSTOMER, "name": "Ñandú Łódź Ωμέγα Пётр 東京 🙂", "address": "«Çeşme» – 5 €"}
    assert paper(kind, customer=customer).startswith(b"%PDF-")


def a_png() -> bytes:
    """One red dot, 1 × 1."""
    return bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
    )


@pytest.mark.parametrize("kind", ["a5", "80mm"])
def test_logo_is_placed(kind: Paper) -> None:
    assert b"/Image" in paper(kind, logo=a_png())
    assert b"/Subtype /Image" not in paper(kind)


@pytest.mark.parametrize("kind", ["a5", "80mm"])
def test_same_receipt_is_the_same_file_in_every_process(kind: Paper) -> None:
    program = (
        "import hashlib, sys; from tests.unit.paperwork.test_receipt_paper import paper;"
        "sys.stdout.write(hashlib.sha256(paper(sys.argv[1])).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    other = subprocess.run(
        [sys.executable, "-c", program, kind],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout == hashlib.sha256(paper(kind)).hexdigest()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (Debian: poppler-utils)")
@pytest.mark.parametrize("kind", ["a5", "80mm"])
def test_both_papers_say_everything_of_the_view(kind: Paper, tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    fields: Json = {
        "reprint": 1,
        "void": {"reason": "monto equivocado"},
        "posting": {"state": "posted", "erp_number": "RC-7"},
    }
    file.write_bytes(paper(kind, **fields))
    printed = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    flat = re.sub(r"\s+", "", printed).lower()
    seen = view(**fields)
    texts = [
        seen.labels.title,
        seen.number,
        seen.issued,
        seen.company_name,
        *seen.company_lines,
        seen.customer_name,
        *seen.customer_lines,
        seen.words,
        seen.total,
        seen.reprint,
        seen.void,
        seen.collector_name,
        seen.verification,
        *seen.legends,
        *(
            text
            for row in seen.invoices
            for text in (row.number, row.due_on, row.before, row.applied, row.after)
        ),
        *(text for row in seen.payments for text in (row.method, row.amount, *row.details.split(" · "))),
        *(text for pair in (*seen.sums, *seen.facts) for text in pair),
    ]
    missing = [text for text in texts if re.sub(r"\s+", "", str(text)).lower() not in flat]
    assert missing == []
