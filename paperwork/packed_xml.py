"""An electronic document made small enough to travel to a phone with every open invoice.

Packed is the authorisation and the document without its signature and white space, compressed, as text: about
1 KB for an invoice whose file has 10. It says the same to `paperwork.sri_xml`. The signed original stays with
the ERP, which is answerable for it.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from xml.etree.ElementTree import Element, SubElement, tostring

from paperwork.safe_xml import MAX_BYTES, Node, XmlRefused
from paperwork.sri_answer import authorised_document
from paperwork.sri_xml import read_electronic_document
from receivables.electronic_documents import ElectronicDocument
from receivables.payments import MAX_VOUCHER
from receivables.validation import Problem

MAX_PACKED = MAX_VOUCHER
"""Characters; an invoice of several hundred lines. What is larger stays in the office."""

_ANSWER = ("estado", "numeroAutorizacion", "fechaAutorizacion", "ambiente")
_SIGNATURE = "Signature"


def pack(content: bytes | str, *, document_code: str) -> str | Problem:
    """The packed form of a file, or why it can't be read.

    `document_code` is what the file has to hold: an invoice (`01`) or a withholding voucher (`07`).
    """
    try:
        wrapper, document = authorised_document(content)
    except XmlRefused as refused:
        return refused.problem
    root = _bare(document)
    if wrapper is not None:
        root = _answered(wrapper, root)
    small = tostring(root, encoding="utf-8")
    read = read_electronic_document(small)
    if isinstance(read, Problem):
        return read
    if read.content.issuer.document_code != document_code:
        return Problem("sri_document_unknown", "", {"root": document.name})
    packed = base64.b64encode(zlib.compress(small, 9)).decode("ascii")
    if len(packed) > MAX_PACKED:
        return Problem("sri_file_too_large", "", {"max_kb": MAX_PACKED // 1024})
    return packed


def read_packed(text: str) -> ElectronicDocument | Problem:
    """The document in a packed text; it never raises, and what it unfolds to is bounded."""
    expander = zlib.decompressobj()
    try:
        content = expander.decompress(base64.b64decode(text, validate=True), MAX_BYTES + 1)
    except (zlib.error, binascii.Error, ValueError):
        return Problem("sri_xml_broken")
    if not expander.eof and len(content) <= MAX_BYTES:
        return Problem("sri_xml_broken")
    return read_electronic_document(content)


def _answered(wrapper: Node, document: Element) -> Element:
    """The document inside the SRI's answer to it."""
    root = Element("autorizacion")
    for name in _ANSWER:
        if text := wrapper.text(name):
            SubElement(root, name).text = text
    SubElement(root, "comprobante").append(document)
    return root


def _bare(node: Node) -> Element:
    """A copy without namespaces, signature and the white space between elements."""
    copy = Element(node.name, dict(node.attributes))
    children = [child for child in node.elements() if child.name != _SIGNATURE]
    for child in children:
        copy.append(_bare(child))
    if not children:
        copy.text = node.own_text or None
    return copy
