"""An electronic document packed for the phone says the same, is small, and can't be turned into a bomb."""

from __future__ import annotations

import base64
import zlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperwork.packed_xml import MAX_PACKED, pack, read_packed
from paperwork.safe_xml import MAX_BYTES
from paperwork.sri_xml import read_electronic_document
from receivables.electronic_documents import INVOICE_CODE, WITHHOLDING_CODE, ElectronicDocument
from receivables.validation import Problem
from tests.support.sri import SAMPLES, document, sample


def packed_sample(name: str) -> str:
    packed = pack(sample(name), document_code=code_of(name))
    assert isinstance(packed, str), packed
    return packed


def code_of(name: str) -> str:
    return INVOICE_CODE if name.startswith("factura") else WITHHOLDING_CODE


@pytest.mark.parametrize("name", SAMPLES)
def test_a_packed_document_says_what_the_file_said(name: str) -> None:
    packed = packed_sample(name)
    assert read_packed(packed) == document(name)
    assert len(packed) < len(sample(name)) / 2


def test_the_signature_does_not_travel() -> None:
    packed = packed_sample("factura-1.1.0")
    assert b"Signature" not in zlib.decompress(base64.b64decode(packed))


def test_a_bare_document_stays_bare() -> None:
    text = sample("factura-1.1.0").partition("<![CDATA[")[2].partition("]]>")[0]
    packed = pack(text, document_code=INVOICE_CODE)
    assert isinstance(packed, str)
    assert read_packed(packed) == read_electronic_document(text)


def test_a_broken_file_is_not_packed() -> None:
    assert pack("<a/>", document_code=INVOICE_CODE) == Problem("sri_document_unknown", "", {"root": "a"})


def test_a_document_without_what_it_needs_is_not_packed() -> None:
    text = sample("factura-1.1.0", ("<importeTotal>127.13</importeTotal>", ""))
    refused = pack(text, document_code=INVOICE_CODE)
    assert refused == Problem("sri_field_missing", "importeTotal", {"field": "importeTotal"})


def test_a_withholding_is_no_invoice() -> None:
    refused = pack(sample("retencion-1.0.0"), document_code=INVOICE_CODE)
    assert isinstance(refused, Problem)
    assert refused.code == "sri_document_unknown"


def test_what_is_too_large_to_travel_stays() -> None:
    dice = Random(1)
    notes = "".join(
        f'<campoAdicional nombre="n{i}">{dice.randbytes(60).hex()}</campoAdicional>' for i in range(400)
    )
    text = sample("factura-1.1.0", ("<infoAdicional>", f"<infoAdicional>{notes}"))
    refused = pack(text, document_code=INVOICE_CODE)
    assert refused == Problem("sri_file_too_large", "", {"max_kb": MAX_PACKED // 1024})


def test_what_unfolds_beyond_the_bound_is_refused() -> None:
    bomb = base64.b64encode(zlib.compress(b"<a>" + b" " * (50 * MAX_BYTES), 9)).decode()
    refused = read_packed(bomb)
    assert isinstance(refused, Problem)
    assert refused.code == "sri_file_too_large"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    packed = packed_sample("factura-1.1.0")
    cut = data.draw(st.integers(0, len(packed)))
    damaged = packed[:cut] + data.draw(st.text(max_size=8)) + packed[cut + data.draw(st.integers(0, 9)) :]
    assert isinstance(read_packed(damaged), ElectronicDocument | Problem)
