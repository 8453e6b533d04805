"""The RIDE against the XML: every value is printed, the bar code is the key, the bytes are the same."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
import zxingcpp
from defusedxml import ElementTree

from paperwork.ride import render_ride
from paperwork.ride_invoice import line_table, percent, total_pairs
from paperwork.sri_names import (
    DOCUMENTS,
    EMISSIONS,
    ENVIRONMENTS,
    IDENTIFICATIONS,
    PAYMENT_PLACES,
    PAYMENTS,
    TAXES,
    WITHHELD_TAXES,
)
from tests.support.brand import a_logo
from tests.support.pdfs import page_texts, picture_of, text_of
from tests.support.sri import SAMPLES, document, invoice, sample

ROOT = Path(__file__).parents[3]

NAMES = {
    "ambiente": ENVIRONMENTS,
    "tipoEmision": EMISSIONS,
    "codDoc": {"01": "FACTURA", "07": "COMPROBANTE DE RETENCIÓN"},
    "codDocSustento": DOCUMENTS,
    "codImpuestoDocSustento": TAXES,
    "tipoIdentificacionComprador": IDENTIFICATIONS,
    "tipoIdentificacionSujetoRetenido": IDENTIFICATIONS,
    "formaPago": PAYMENTS,
    "pagoLocExt": PAYMENT_PLACES,
}
"""What is printed in place of a code."""

RATE_CODES = {"0": "IVA0%", "4": "IVA15%", "5": "IVA5%", "6": "Noobjeto", "7": "Exento"}


def values_of(name: str) -> Iterator[tuple[str, str, str]]:
    """(parent, element, text) of every value in the sample, its wrapper included, its signature not."""
    text = sample(name)
    inside = re.search(r"<!\[CDATA\[<\?xml[^>]*\?>(.*)\]\]>", text, re.DOTALL)
    assert inside
    for source in (text.replace(inside[0], ""), inside[1]):
        root = ElementTree.fromstring(source)
        for parent in root.iter():
            if "xmldsig" in parent.tag:
                continue
            for child in parent:
                if len(child) == 0 and (child.text or "").strip() and "xmldsig" not in child.tag:
                    yield parent.tag, child.tag, str(child.text)
                yield from (
                    ("", key, value) for key, value in child.attrib.items() if key not in {"Id", "URI"}
                )


def printed(parent: str, element: str, value: str) -> str:
    """How the RIDE prints a value of the XML."""
    if element in NAMES:
        return NAMES[element].get(value, value)
    if element == "codigo":
        return (WITHHELD_TAXES if parent == "retencion" else TAXES | WITHHELD_TAXES)[value]
    if element == "codigoPorcentaje":
        return RATE_CODES.get(value, value)
    if element == "numDocSustento":
        return f"{value[:3]}-{value[3:6]}-{value[6:]}"
    if element in {"tarifa", "porcentajeRetener"}:
        return percent(Decimal(value)).removesuffix("%").strip()
    return value


def is_zero(value: str) -> bool:
    try:
        return Decimal(value) == 0
    except InvalidOperation:
        return False


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_of_the_xml_is_on_the_paper(name: str) -> None:
    text = text_of(render_ride(document(name)))
    values = list(values_of(name))
    assert len(values) > 30
    missing = [
        (element, value)
        for parent, element, value in values
        if element not in {"estado", "estab", "ptoEmi", "secuencial"}
        and re.sub(r"\s+", "", printed(parent, element, value)) not in text
        and not is_zero(value)
    ]
    assert missing == []
    assert document(name).content.issuer.number in text


@pytest.mark.parametrize("name", SAMPLES)
def test_the_required_blocks_are_named(name: str) -> None:
    text = text_of(render_ride(document(name)))
    common = (
        "R.U.C.", "NÚMERO DE AUTORIZACIÓN", "FECHA Y HORA DE AUTORIZACIÓN", "AMBIENTE", "EMISIÓN",
        "CLAVE DE ACCESO", "Dirección matriz", "Dirección sucursal", "Obligado a llevar contabilidad",
        "Información adicional",
    )  # fmt: skip
    kind = (
        ("Forma de pago", "SUBTOTAL SIN IMPUESTOS", "TOTAL DESCUENTO", "VALOR TOTAL")
        if name.startswith("factura")
        else ("Período fiscal", "Base imponible", "Porcentaje", "Valor retenido")
    )
    for block in (*common, *kind):
        assert block.replace(" ", "") in text


@pytest.mark.parametrize("name", SAMPLES)
def test_the_bar_code_reads_as_the_access_key(name: str) -> None:
    read = document(name)
    codes = zxingcpp.read_barcodes(picture_of(render_ride(read)))
    assert [(code.format.name, code.text) for code in codes] == [("Code128", read.content.issuer.access_key)]


def test_sums_are_in_the_order_of_the_tax_authority() -> None:
    assert [label for label, _ in total_pairs(invoice("factura-2.1.0"))] == [
        "SUBTOTAL IVA 15\u00a0%", "SUBTOTAL IVA 5\u00a0%", "SUBTOTAL IVA 0\u00a0%",
        "SUBTOTAL NO OBJETO DE IVA", "SUBTOTAL EXENTO DE IVA", "SUBTOTAL SIN IMPUESTOS", "TOTAL DESCUENTO",
        "DESCUENTO ADICIONAL",
        "ICE 3041 · tarifa 12.50 de 40.00", "IVA 15\u00a0%", "IVA 5\u00a0%", "DEVOLUCIÓN DE IVA",
        "IRBPNR 5001 · tarifa 0.02", "PROPINA", "VALOR TOTAL", "RETENCIÓN DE IVA", "RETENCIÓN DE RENTA",
        "VALOR TOTAL SIN SUBSIDIO", "AHORRO POR SUBSIDIO",
    ]  # fmt: skip


def test_what_is_zero_or_absent_takes_no_room() -> None:
    labels = [label for label, _ in total_pairs(invoice("factura-1.1.0"))]
    assert labels == [
        "SUBTOTAL IVA 15\u00a0%", "SUBTOTAL IVA 0\u00a0%", "SUBTOTAL SIN IMPUESTOS", "TOTAL DESCUENTO",
        "IVA 15\u00a0%", "VALOR TOTAL",
    ]  # fmt: skip
    columns, _ = line_table(invoice("factura-1.1.0"), 188)
    assert "Sin subsidio" not in {column.heading for column in columns}
    assert sum(column.width for column in columns) == pytest.approx(188)


def test_an_old_invoice_prints_the_rate_of_its_day() -> None:
    """Version 1.1.0 leaves the rate out of its sums; code 2 was and stays 12 %."""
    old = invoice(
        "factura-1.1.0",
        (
            "<codigoPorcentaje>4</codigoPorcentaje><tarifa>15</tarifa>",
            "<codigoPorcentaje>2</codigoPorcentaje>",
        ),
        ("<codigoPorcentaje>4<", "<codigoPorcentaje>2<"),
    )
    assert "SUBTOTAL IVA 12\u00a0%" in dict(total_pairs(old))


def test_a_test_document_and_an_unauthorised_one_say_so() -> None:
    assert "PRUEBAS:SINVALIDEZTRIBUTARIA" in text_of(render_ride(document("factura-2.1.0")))
    returned = document("factura-1.1.0", ("<estado>AUTORIZADO", "<estado>DEVUELTA"))
    assert "DEVUELTA:SINVALIDEZTRIBUTARIA" in text_of(render_ride(returned))
    assert "SINVALIDEZ" not in text_of(render_ride(document("factura-1.1.0")))


def test_the_companys_logo_is_on_its_invoices_and_not_on_its_customers_vouchers() -> None:
    for name in SAMPLES:
        plain, adorned = (render_ride(document(name), logo=logo) for logo in (None, a_logo()))
        assert (plain == adorned) == name.startswith("retencion")


def long_invoice() -> tuple[str, str]:
    line = re.search(r"    <detalle>.*?</detalle>\n", sample("factura-1.1.0"), re.DOTALL)
    assert line
    many = "".join(
        line[0].replace("AZ-050", f"COD-{position:03d}").replace("AZÚCAR BLANCA SACO 50 KG", LONG_NAME)
        for position in range(60)
    )
    return line[0], many


LONG_NAME = "CONJUNTO DE PIEZAS DE REPOSICIÓN PARA MOLINO INDUSTRIAL DE GRANOS " * 4


def test_sixty_lines_go_over_pages_that_all_say_whose_they_are() -> None:
    long = document(
        "factura-1.1.0",
        long_invoice(),
        ("COMERCIAL LA ECONÓMICA CÍA. LTDA.", "IMPORTADORA Y COMERCIALIZADORA ÑANDÚ HERMANOS " * 6),
    )
    pages = page_texts(render_ride(long))
    assert len(pages) > 2
    text = "".join(pages)
    assert all(f"COD-{position:03d}" in text for position in range(60))
    for number, page in enumerate(pages, start=1):
        assert f"Página {number}/{len(pages)}" in page
        assert "001-002-000000123" in page
        assert "1790012345001" in page
        assert page.count("Cód. principal") <= 1
    assert "VALOR TOTAL" in pages[-1]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_document_is_the_same_file_on_every_machine(name: str) -> None:
    script = (
        "import hashlib, sys; from tests.support.sri import document; from paperwork.ride import render_ride;"
        f"sys.stdout.write(hashlib.sha256(render_ride(document({name!r}))).hexdigest())"
    )
    environment = {**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LANG": "C"}
    other = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert other == hashlib.sha256(render_ride(document(name))).hexdigest()
