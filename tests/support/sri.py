"""The sample documents of the SRI in `tests/data/sri`, and one changed in a single place."""

from __future__ import annotations

from pathlib import Path

from paperwork.sri_xml import read_electronic_document
from receivables.electronic_documents import ElectronicDocument, ElectronicInvoice, WithholdingVoucher
from receivables.validation import Problem

FOLDER = Path(__file__).parents[1] / "data" / "sri"
SAMPLES = ("factura-1.1.0", "factura-2.1.0", "retencion-1.0.0", "retencion-2.0.0")

COMPANY_RUC = "1790012345001"
CUSTOMER_RUC = "1791234567001"


def sample(name: str, *changes: tuple[str, str]) -> str:
    """The text of a sample with every `(old, new)` of `changes` applied; each `old` must be there."""
    text = (FOLDER / f"{name}.xml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new)
    return text


def document(name: str, *changes: tuple[str, str]) -> ElectronicDocument:
    read = read_electronic_document(sample(name, *changes))
    assert isinstance(read, ElectronicDocument), read
    return read


def invoice(name: str, *changes: tuple[str, str]) -> ElectronicInvoice:
    content = document(name, *changes).content
    assert isinstance(content, ElectronicInvoice)
    return content


def voucher(name: str, *changes: tuple[str, str]) -> WithholdingVoucher:
    content = document(name, *changes).content
    assert isinstance(content, WithholdingVoucher)
    return content


def refusal(content: bytes | str) -> str:
    """The code with which a file is refused."""
    read = read_electronic_document(content)
    assert isinstance(read, Problem), read
    return read.code
