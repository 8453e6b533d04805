"""Records of visits, cash closes, deposits and statements: what they say, and for ever the same."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.compliance.shipped import PACKS
from paperwork.acta import render_acta
from paperwork.cash_papers import render_cash_close, render_deposit
from paperwork.phrases import PHRASES, Wording
from paperwork.statement import render_statement
from receivables.compliance import Code
from receivables.documents import BadDocument
from receivables.invoices import OpenItem
from receivables.money import Money
from tests.support.letters import (
    CLOSE,
    COLLECTOR,
    COMPANY,
    CUSTOMER,
    DEPOSIT,
    PROMISE,
    START,
    VISIT,
    Json,
    photo,
    picture,
)
from tests.support.pdfs import page_texts, picture_of, text_of

ROOT = Path(__file__).parents[3]
ON = date(2026, 11, 21)
PHOTOS = [photo(1, "Fachada"), photo(2, "Referencia")]
RECEIPT = {
    "visit": START["_id"],
    "_id": "receipt:R0001:00000004", "number": "R0001-00000004", "total": 10000, "currency": "USD",
    "created_at": "2026-11-21T14:18:00Z", "local_on": "2026-11-21",
}  # fmt: skip
ITEMS = [
    OpenItem(
        invoice=f"001-001-{place:09d}", customer="C0001", issued_on=ON - timedelta(days=20 * place + 15),
        due_on=ON - timedelta(days=20 * place - 15), open=Money(place * 12_345, "USD"), disputed=place == 3,
    )
    for place in range(8)
]  # fmt: skip


def acta(visit: Json = VISIT, **fields: Any) -> bytes:
    values: Json = {
        "start": START, "company": COMPANY, "customer": CUSTOMER, "collector": COLLECTOR,
        "outcome": "Promesa de pago", "promises": [PROMISE], "receipts": [RECEIPT], "photos": PHOTOS,
    } | fields  # fmt: skip
    return render_acta(visit, **values)


def close(fact: Json = CLOSE, language: str = "es") -> bytes:
    return render_cash_close(fact, company=COMPANY, collector=COLLECTOR, language=language)


def deposit(fact: Json = DEPOSIT, slip: bytes | None = None, language: str = "es") -> bytes:
    return render_deposit(fact, company=COMPANY, collector=COLLECTOR, slip=slip, language=language)


def statement(items: list[OpenItem] = ITEMS, **fields: Any) -> bytes:
    values: Json = {
        "company": COMPANY, "totals": {item.invoice: item.open for item in items}, "on": ON,
        "now": datetime(2026, 11, 21, 15, tzinfo=UTC),
    } | fields  # fmt: skip
    return render_statement(CUSTOMER, items=items, **values)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def says(pdf: bytes, *words: str) -> None:
    read = text_of(pdf)
    for each in words:
        assert squeezed(each) in read, each


def test_the_acta_says_who_was_met_what_was_shown_and_what_was_agreed() -> None:
    says(
        acta(),
        "Acta de visita", "ANA-01K9ZZZZZZZZZZZZZZZZZZZZZ2", "Distribuidora Andina Cía. Ltda.",
        "1790012344001",
        "Abarrotes La Ñusta – Pérez & Hijos", "C0001", "1712345678001", "Bolívar N12-34 y Sucre, Quito",
        "21-11-2026 09:00", "21-11-2026 09:22", "22 min", "-0.18065, -78.46783 ±8 m", "12 m",
        "Rosa Pérez, administradora", "Promesa de pago", "28-11-2026 10:30", "EC 2026.1 · permitido",
        "001-001-000002154", "15-10-2026", "37", "300,00", "213,78", "USD 513,78",
        "R0001-00000004", "USD 100,00", "Se compromete a pagar USD 200,00 hasta el 28-11-2026",
        "Dice que el producto llegó tarde", "Pide copia del RIDE.",
        "Foto 1 · Fachada · 21-11-2026 09:11", "Foto 2 · Referencia · 21-11-2026 09:12",
        "Rosa Pérez", "Ana Quishpe", "no implica aceptación de la deuda",
    )  # fmt: skip


def test_the_close_says_what_should_be_there_what_was_counted_and_who_signed() -> None:
    says(
        close(),
        "Cierre de caja", "21-11-2026", "Cobrado en efectivo", "513,78", "Anulado", "13,78",
        "Depositado", "200,00",
        "Efectivo esperado", "USD 300,00", "Efectivo contado", "299,50", "Diferencia (Faltante)", "USD -0,50",
        "20,00", "14", "280,00", "000123", "R0001-00000004", "USD 245,50", "Faltó una moneda",
        "Recibos: 2 · depósitos: 1", "Ana Quishpe", "Sofía Andrade", "Recibe", "21-11-2026 18:05",
    )  # fmt: skip


def test_the_acta_says_in_words_what_the_rules_of_contact_found() -> None:
    check = {
        "outcome": "warn", "codes": ["OUT_OF_HOURS", "HOLIDAY"], "pack": "EC", "version": "1",
        "exception": "customer_asked",
    }  # fmt: skip
    spanish, english = (acta(start=START | {"contact_check": check}, language=each) for each in ("es", "en"))
    says(spanish, "EC 1 · permitido con advertencia · fuera de horario, día feriado · el cliente lo pidió")
    says(english, "allowed with a warning · outside the hours, a public holiday · the customer asked for it")
    says(acta(start=START | {"contact_check": check | {"codes": ["OF_TOMORROW"]}}), "OF_TOMORROW")


def test_every_finding_and_shipped_exception_has_words_on_paper() -> None:
    exceptions = {
        each["code"] for file in PACKS.glob("*.json") for each in json.loads(file.read_text())["exceptions"]
    }
    assert exceptions
    for key in (*(f"found_{code}" for code in Code), *(f"exception_{code}" for code in exceptions)):
        assert key in PHRASES


def test_only_what_belongs_to_the_visit_is_on_its_acta() -> None:
    later = PROMISE | {"_id": "promise:ana:X", "created_at": "2026-11-21T14:22:01Z"}
    others = PROMISE | {"_id": "promise:bruno:X", "collector": "bruno"}
    elsewhere = RECEIPT | {"_id": "receipt:R0001:00000009", "visit": None}
    shop = photo(7, "Otra", of="visit_start:ana:other")
    more: Json = {
        "promises": [later, PROMISE, others], "receipts": [elsewhere, RECEIPT], "photos": [shop, *PHOTOS]
    }  # fmt: skip
    assert acta(**more) == acta()


def test_a_surplus_is_no_shortage() -> None:
    more = CLOSE | {"counted": 30050, "difference": 50, "denominations": []}
    says(close(more), "Diferencia (Sobrante)", "USD 0,50")
    assert "Faltante" not in text_of(close(more))


def test_the_deposit_says_its_bank_slip_cash_and_cheques() -> None:
    says(
        deposit(),
        "Depósito bancario", "Banco Pichincha", "2100456789", "0004571123", "21-11-2026", "200,00", "245,50",
        "USD 445,50", "Cuatrocientos cuarenta y cinco dólares estadounidenses con 50/100", "000877",
    )  # fmt: skip


def test_the_statement_says_each_invoice_and_its_sums_hold() -> None:
    notes = [
        {"_id": "credit_note:N", "number": "001-003-000000009", "issued_on": "2026-11-01", "balance": 500,
         "currency": "USD", "state": "open"},
        {"_id": "credit_note:M", "number": "used-up", "issued_on": "2026-11-01", "balance": 0,
         "currency": "USD", "state": "applied"},
    ]  # fmt: skip
    pdf = statement(credit_notes=notes, receipts=[RECEIPT])
    says(
        pdf, "Estado de cuenta", "Corte al 21-11-2026", "001-001-000000003 (en disputa)", "3.456,60",
        "USD 3.456,60", "Antigüedad de saldos", "Nota de crédito 001-003-000000009", "Recibo R0001-00000004",
    )  # fmt: skip
    assert "used-up" not in text_of(pdf)
    says(statement([]), "No hay facturas pendientes.", "USD 0,00")


LETTERS: dict[str, Callable[[str], bytes]] = {
    "acta": lambda language: acta(language=language),
    "close": lambda language: close(language=language),
    "deposit": lambda language: deposit(language=language, slip=picture("x")),
    "statement": lambda language: statement(language=language),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_speaks_one_language(name: str) -> None:
    spanish, english = (text_of(LETTERS[name](language)) for language in ("es", "en"))
    wording = {language: Wording(language, COMPANY) for language in ("es", "en")}
    for key in (
        "acta_title",
        "close_title",
        "deposit_title",
        "statement_title",
        "signatures",
        "verification",
    ):
        es, en = squeezed(wording["es"](key)), squeezed(wording["en"](key))
        assert (es in spanish) == (en in english), key
        assert en not in spanish, key
        assert es not in english, key
    assert "Página1/" in spanish
    assert "Page1/" in english


def test_every_phrase_is_said_in_both_languages_with_the_same_places() -> None:
    for key, (spanish, english) in PHRASES.items():
        assert spanish, key
        assert english, key
        assert re.findall(r"{\w+}", spanish) == re.findall(r"{\w+}", english), key


@pytest.mark.parametrize("name", LETTERS)
def test_made_again_it_is_the_same_file(name: str) -> None:
    assert LETTERS[name]("es") == LETTERS[name]("es")


def test_another_process_in_another_zone_makes_the_same_acta() -> None:
    program = (
        "import hashlib; from tests.unit.paperwork.test_letters import acta, close;"
        "print(hashlib.sha256(acta() + close()).hexdigest())"
    )
    environment = os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == hashlib.sha256(acta() + close()).hexdigest()


def test_what_databases_add_to_a_visit_changes_nothing_in_its_acta() -> None:
    stored = VISIT | {"_rev": "1-abc", "_revisions": {"start": 1}, "source_rev": "1-abc"}
    assert acta(stored) == acta()
    assert acta(photos=PHOTOS[::-1]) == acta()


def test_the_acta_says_what_was_shown_then_whatever_the_customer_is_now() -> None:
    assert (
        acta(customer=CUSTOMER | {"name": "Otro nombre", "address": "Otra calle", "city": "Loja"}) == acta()
    )


def test_another_word_in_the_visit_is_another_digest() -> None:
    digests = []
    for visit in (VISIT, VISIT | {"comment": "Otra cosa"}):
        found = re.search(r"Verificación((?:[0-9A-F]{8}){8})", text_of(acta(visit)))
        assert found
        digests.append(found[1])
    assert digests[0] != digests[1]


def test_a_signature_is_drawn_where_it_was_given() -> None:
    signed, unsigned = picture_of(close()), picture_of(close(CLOSE | {"signature": {"name": "Ana Quishpe"}}))
    assert sum(ink(signed)) > sum(ink(unsigned))
    says(acta(VISIT | {"signature": None}), "Quien atiende: no firmó")


def ink(image: Any) -> list[int]:
    """Counts of the blue that signatures are drawn in."""
    return [count for count, (red, _green, blue) in image.getcolors(2**24) if blue > red + 40]


@pytest.mark.parametrize(
    "content", [b"", b"no picture", picture("x")[:400], b"\x89PNG\r\n\x1a\n" + bytes(64)], ids=str
)
def test_a_broken_picture_leaves_its_frame_empty_and_says_so(content: bytes) -> None:
    says(acta(photos=[photo(1, "Fachada", content)]), "la imagen no es la que se tomó")


def test_a_picture_that_was_exchanged_is_not_shown() -> None:
    changed = photo(1, "Fachada", sha256="0" * 64)
    pdf = acta(photos=[changed])
    says(pdf, "la imagen no es la que se tomó")
    assert len(pdf) < len(acta(photos=[photo(1, "Fachada")]))


def test_a_picture_that_is_elsewhere_is_named() -> None:
    says(acta(photos=[replace(PHOTOS[0], picture=None)]), "Fachada", "la imagen no está en este equipo")


def test_long_letters_go_on_over_the_page_with_their_head() -> None:
    visit = VISIT | {"comment": "Una observación larga. " * 170}
    texts = page_texts(acta(visit, photos=[photo(number, f"Foto {number}") for number in range(9)]))
    assert len(texts) >= 4
    assert all("ANA-01K9ZZZZZZZZZZZZZZZZZZZZZ2" in text for text in texts)
    assert f"Página {len(texts)}/{len(texts)}" in texts[-1]
    many = [ITEMS[1]] * 120
    assert len(page_texts(statement(many))) >= 3


@pytest.mark.parametrize("lines", range(0, 40, 3))
def test_what_is_signed_stands_on_one_page_with_its_proof(lines: int) -> None:
    visit = VISIT | {"comment": "Una línea.\n" * lines}
    texts = [page for page in page_texts(acta(visit)) if "Firmas" in page]
    assert len(texts) == 1
    for each in ("Quien atiende", "Ana Quishpe", "no implica", "Verificación"):
        assert each in texts[0]


def test_a_visit_is_one_page_however_many_pictures_go_with_it() -> None:
    first, *further = page_texts(acta(photos=[photo(number, "Fachada") for number in range(6)]))
    for each in ("Firmas", "Verificación", "USD\u00a0513,78"):
        assert each in first
    assert len(further) == 1
    assert further[0].count("Fachada") == 6


def test_a_long_statement_says_on_its_first_page_what_is_to_be_paid() -> None:
    first, *further = page_texts(statement([ITEMS[1]] * 60))
    assert further
    for each in ("Total por pagar", "USD\u00a07.407,00", "Vencido"):
        assert each in first


@pytest.mark.parametrize(
    "fields",
    [
        {"difference": 0},
        {"expected": 31000},
        {"counted": 29951, "difference": -49},
        {"denominations": [{"value": 100, "count": 1}]},
        {"denominations": None},
        {"opening": "x"},
        {"closes_on": "hoy"},
        {"_id": "cash_close"},
    ],
)
def test_a_close_that_does_not_add_up_is_no_paper(fields: Json) -> None:
    with pytest.raises(BadDocument):
        close(CLOSE | fields)


@pytest.mark.parametrize("fields", [{"total": 1}, {"cheques": [{}]}, {"cash": -1}, {"currency": "XX"}])
def test_a_deposit_that_does_not_add_up_is_no_paper(fields: Json) -> None:
    with pytest.raises(BadDocument):
        deposit(DEPOSIT | fields)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 2**60) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(field=st.sampled_from(sorted(VISIT)), value=JSON)
def test_whatever_a_phone_wrote_gives_a_paper_or_a_clear_refusal(field: str, value: Any) -> None:
    try:
        assert acta(VISIT | {field: value}, photos=[]).startswith(b"%PDF")
    except BadDocument:
        return


@settings(max_examples=60, deadline=None)
@given(field=st.sampled_from(sorted(CLOSE)), value=JSON)
def test_whatever_a_close_says_gives_a_paper_or_a_clear_refusal(field: str, value: Any) -> None:
    try:
        assert close(CLOSE | {field: value}).startswith(b"%PDF")
    except BadDocument:
        return
