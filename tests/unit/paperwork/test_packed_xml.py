"""An electronic document packed for the phone says the same, is small, and can't be turned into a bomb."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperwork.packed_xml import pack, read_packed
from paperwork.safe_xml import MAX_BYTES
from paperwork.sri_xml import read_electronic_document
from receivables.electronic_documents import ElectronicDocument
from receivables.validation import Problem
from tests.support.sri import SAMPLES, document, sample


@pytest.mark.parametrize("name", SAMPLES)
def test_a_packed_document_says_what_the_file_said(name: str) -> None:
    packed = pack(sample(name))
    assert isinstance(packed, str)
    assert read_packed(packed) == document(name)
    assert len(packed) < len(sample(name)) / 2


def test_the_signature_does_not_travel() -> None:
    packed = pack(sample("factura-1.1.0"))
    assert isinstance(packed, str)
    assert b"Signature" not in zlib.decompress(base64.b64decode(packed))


def test_a_bare_document_stays_bare() -> None:
    text = sample("factura-1.1.0").partition("<![CDATA[")[2].partition("]]>")[0]
    packed = pack(text)
    assert isinstance(packed, str)
    assert read_packed(packed) == read_electronic_document(text)


def test_a_broken_file_is_not_packed() -> None:
    assert pack("<a/>") == Problem("sri_document_unknown", "", {"root": "a"})


def test_what_unfolds_beyond_the_bound_is_refused() -> None:
    bomb = base64.b64encode(zlib.compress(b"<a>" + b" " * (50 * MAX_BYTES), 9)).decode()
    refused = read_packed(bomb)
    assert isinstance(refused, Problem)
    assert refused.code == "sri_file_too_large"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    packed = pack(sample("factura-1.1.0"))
    assert isinstance(packed, str)
    cut = data.draw(st.integers(0, len(packed)))
    damaged = packed[:cut] + data.draw(st.text(max_size=8)) + packed[cut + data.draw(st.integers(0, 9)) :]
    assert isinstance(read_packed(damaged), ElectronicDocument | Problem)
