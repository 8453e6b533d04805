"""What a document must be before it is written: well named, not too large (`couchdb/max_document_size`)."""

from __future__ import annotations

from typing import Any

from replica.errors import BadRequest, TooLarge
from replica.server.configuration import Configuration
from replica.server.wire import dumps

DEFAULT_LIMIT = 8_000_000


class IllegalDocumentId(BadRequest):
    error = "illegal_docid"

    def __init__(self, reason: str = "Only reserved document ids may start with underscore.") -> None:
        super().__init__(reason)


def admit(document: dict[str, Any], request_bytes: int, configuration: Configuration) -> None:
    """Raise `IllegalDocumentId`, or `TooLarge`, whose reason is the id, as CouchDB's is.

    Attachments don't count. Most requests are smaller than the limit as a whole, and then nothing is
    measured.
    """
    doc_id = document.get("_id")
    if not isinstance(doc_id, str):
        raise IllegalDocumentId("Document id must be a string")
    if not doc_id:
        raise IllegalDocumentId("Document id must not be empty")
    if doc_id.startswith("_") and not doc_id.startswith(("_design/", "_local/")):
        raise IllegalDocumentId
    limit = configuration.number("couchdb", "max_document_size", DEFAULT_LIMIT)
    if request_bytes <= limit:
        return
    body = {name: value for name, value in document.items() if name not in ("_attachments", "_revisions")}
    if len(dumps(body).encode("utf-8", "replace")) > limit:
        raise TooLarge(doc_id)
