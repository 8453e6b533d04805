"""The document in a file of the SRI: bare, or wrapped in the answer that authorises it.

The answer is `<autorizacion>`, with the document as CDATA or in place, alone or inside a SOAP answer.
"""

from __future__ import annotations

from paperwork.safe_xml import Node, XmlRefused, parse_xml
from receivables.electronic_documents import AUTHORISED, Authorisation
from receivables.validation import Problem

INVOICE_VERSIONS = frozenset({"1.0.0", "1.1.0", "2.0.0", "2.1.0"})
WITHHOLDING_VERSIONS = frozenset({"1.0.0", "2.0.0"})

_ROOTS = ("factura", "comprobanteRetencion")
_WRAPPERS = ("autorizacion", "Autorizacion", "Authorization")
_LONGEST_ROOT = 40


def authorised_document(content: bytes | str) -> tuple[Node | None, Node]:
    """The SRI's answer, None for a bare document, and the document; raise XmlRefused where there is none."""
    root = parse_xml(content)
    wrapper = _wrapper(root)
    return wrapper, _unwrapped(wrapper) if wrapper else _bare(root)


def _wrapper(root: Node) -> Node | None:
    """The answer that counts: a document may have been refused before it was authorised."""
    answers = [node for name in _WRAPPERS for node in root.find(name)]
    authorised = [node for node in answers if node.text("estado").upper() == AUTHORISED]
    return next(iter(authorised or answers), None)


def read_authorisation(wrapper: Node) -> Authorisation:
    """What the SRI said of the document, in its own words."""
    return Authorisation(
        state=wrapper.text("estado").upper(),
        number=wrapper.text("numeroAutorizacion"),
        authorised_at=wrapper.text("fechaAutorizacion"),
        environment=wrapper.text("ambiente"),
    )


def _unwrapped(wrapper: Node) -> Node:
    inside = wrapper.child("comprobante")
    in_place = next((node for name in _ROOTS for node in inside.children(name)), None)
    return in_place or _bare(parse_xml(inside.raw_text))


def _bare(root: Node) -> Node:
    if root.name not in _ROOTS:
        raise XmlRefused(Problem("sri_document_unknown", "", {"root": root.name[:_LONGEST_ROOT]}))
    version = root.attribute("version")
    known = INVOICE_VERSIONS if root.name == "factura" else WITHHOLDING_VERSIONS
    if version not in known:
        raise XmlRefused(Problem("sri_version_unknown", "", {"version": version[:_LONGEST_ROOT] or "—"}))
    return root
