"""Reading the SRI's XML: what honest files say, and that hostile or broken ones are refused in words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperwork.safe_xml import MAX_BYTES
from paperwork.sri_xml import read_electronic_document
from receivables.access_keys import is_access_key
from receivables.electronic_documents import ElectronicDocument
from receivables.messages import sentence
from receivables.validation import Problem
from tests.support.sri import SAMPLES, document, invoice, refusal, sample, voucher


def bare(name: str) -> str:
    """The document inside the sample's wrapper."""
    found = re.search(r"<!\[CDATA\[(.*)\]\]>", sample(name), re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_carry_real_access_keys_and_are_authorised(name: str) -> None:
    read = document(name)
    assert is_access_key(read.content.issuer.access_key)
    assert read.authorisation
    assert (read.authorisation.state, read.authorisation.number) == (
        "AUTORIZADO", read.content.issuer.access_key,
    )  # fmt: skip
    assert read.content.version == name.rpartition("-")[2]


def test_an_invoice_keeps_the_decimals_it_wrote() -> None:
    sugar, rice = invoice("factura-1.1.0").lines
    assert str(sugar.quantity) == "2.500000"
    assert str(sugar.unit_price) == "40.000000"
    assert sugar.details == (("Lote", "L-2026-77"),)
    assert rice.auxiliary_code == ""


def test_the_second_version_has_subsidy_plate_excise_and_refunded_tax() -> None:
    read = invoice("factura-2.1.0")
    assert (read.subsidy, read.plate, read.delivery_note) == (
        Decimal("6.00"),
        "PBC-1234",
        "001-001-000000777",
    )
    assert [tax.code for tax in read.taxes] == ["3", "2", "2", "2", "2", "2", "5"]
    assert read.taxes[1].refunded == Decimal("0.33")
    assert read.issuer.simplified_regime == "CONTRIBUYENTE RÉGIMEN RIMPE"
    assert [payment.method for payment in read.payments] == ["01", "19"]
    assert (read.vat_withheld, read.income_tax_withheld) == (Decimal("4.73"), Decimal("2.31"))


def test_a_first_version_withholding_gathers_the_taxes_of_one_document() -> None:
    (supporting,) = voucher("retencion-1.0.0").documents
    assert supporting.number == "001002000000123"
    assert [(each.tax, each.amount) for each in supporting.withheld] == [
        ("1", Decimal("2.25")), ("2", Decimal("4.39")),
    ]  # fmt: skip


def test_a_second_version_withholding_names_several_invoices() -> None:
    read = voucher("retencion-2.0.0")
    assert [each.number for each in read.documents] == ["001002000000130", "001002000000141"]
    assert read.total == Decimal("18.00")
    assert read.documents[0].payments[0].total == Decimal("230.00")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_bare_document_says_the_same_without_an_authorisation(name: str) -> None:
    read = read_electronic_document(bare(name))
    assert isinstance(read, ElectronicDocument)
    assert read.authorisation is None
    assert read.content == document(name).content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_the_one_that_is_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = bare("factura-1.1.0").replace('encoding="UTF-8"', f'encoding="{declared}"')
    read = read_electronic_document(text.encode(encoding))
    assert isinstance(read, ElectronicDocument), read
    assert read.content == invoice("factura-1.1.0")


def test_a_soap_answer_gives_the_attempt_that_was_authorised() -> None:
    authorised = sample("factura-1.1.0").split("?>", 1)[1]
    refused = authorised.replace("AUTORIZADO", "NO AUTORIZADO").replace("127.13", "999.99")
    answer = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        "<RespuestaAutorizacionComprobante><autorizaciones>"
        f"{refused}{authorised}</autorizaciones></RespuestaAutorizacionComprobante></soap:Body></soap:Envelope>"
    )
    read = read_electronic_document(answer)
    assert isinstance(read, ElectronicDocument)
    assert read.authorisation and read.authorisation.state == "AUTORIZADO"
    assert read.content == invoice("factura-1.1.0")


def test_a_document_in_place_of_cdata_and_in_a_namespace_is_read() -> None:
    inside = bare("retencion-2.0.0").split("?>", 1)[1]
    text = f'<a:autorizacion xmlns:a="urn:x"><a:comprobante>{inside}</a:comprobante></a:autorizacion>'
    read = read_electronic_document(text)
    assert isinstance(read, ElectronicDocument), read
    assert read.content == voucher("retencion-2.0.0")


HOSTILE = {
    "an external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><factura>&x;</factura>',
    "an entity that grows": '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><factura>&z;</factura>',
    "a parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><factura/>',
    "an external DTD": '<!DOCTYPE factura SYSTEM "http://127.0.0.1:9/a.dtd"><factura/>',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_entities_and_document_types_are_refused_wherever_they_stand(text: str) -> None:
    assert refusal(text) == "sri_xml_forbidden"
    wrapped = f"<autorizacion><comprobante><![CDATA[{text}]]></comprobante></autorizacion>"
    assert refusal(wrapped) == "sri_xml_forbidden"


def test_a_file_beyond_the_bounds_is_refused() -> None:
    assert refusal(b"<a>" + b" " * MAX_BYTES + b"</a>") == "sri_file_too_large"
    assert refusal("<a>" * 100_000) == "sri_xml_too_deep"
    assert refusal("<a>" + "<b/>" * 60_000 + "</a>") == "sri_xml_too_deep"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01", b"%PDF-1.7", "factura", "<factura>", b"<?xml version='1.0' encoding='none'?><a/>"],
)
def test_what_is_no_xml_is_refused(content: bytes | str) -> None:
    assert refusal(content) == "sri_xml_broken"


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "said"),
    [
        ("factura-1.1.0", 'version="1.1.0"', 'version="9.0.0"', "sri_version_unknown", "9.0.0"),
        ("factura-1.1.0", "factura", "notaCredito", "sri_document_unknown", "notaCredito"),
        ("factura-1.1.0", "<importeTotal>127.13</importeTotal>", "", "sri_field_missing", "importeTotal"),
        ("factura-1.1.0", "127.13</importeTotal>", "1e9</importeTotal>", "sri_field_invalid", "1e9"),
        ("factura-1.1.0", "127.13</importeTotal>", "NaN</importeTotal>", "sri_field_invalid", "NaN"),
        ("factura-1.1.0", "127.13</importeTotal>", "127,13</importeTotal>", "sri_field_invalid", "127,13"),
        ("factura-1.1.0", "15/10/2026</fecha", "2026-10-15</fecha", "sri_field_invalid", "fechaEmision"),
        ("factura-1.1.0", "detalle>", "renglon>", "sri_field_missing", "detalle"),
        ("factura-1.1.0", "infoTributaria>", "info>", "sri_field_missing", "infoTributaria"),
        ("retencion-1.0.0", "<valorRetenido>2.25</valorRetenido>", "", "sri_field_missing", "valorRetenido"),
        ("retencion-2.0.0", "docSustento>", "doc>", "sri_field_missing", "docSustento"),
        ("retencion-2.0.0", "<ruc>1791234567001", "<ruc>179", "sri_field_invalid", "ruc"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_document_is_named(name: str, old: str, new: str, code: str, said: str) -> None:
    read = read_electronic_document(sample(name, (old, new)))
    assert isinstance(read, Problem)
    assert read.code == code
    for locale in ("es_EC", "en"):
        assert said in sentence(read, locale=locale)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_raises(data: st.DataObject) -> None:
    content = sample(data.draw(st.sampled_from(SAMPLES))).encode()
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start, min(len(content), start + 200)))
    read = read_electronic_document(content[:start] + data.draw(st.binary(max_size=30)) + content[end:])
    assert isinstance(read, ElectronicDocument | Problem)
    if isinstance(read, Problem):
        assert sentence(read)
