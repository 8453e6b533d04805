"""How large a document may be (`couchdb/max_document_size`)."""

from __future__ import annotations

from typing import Any

from replica.errors import TooLarge
from replica.server.configuration import Configuration
from replica.server.wire import dumps

DEFAULT = 8_000_000


def check_document_size(
    doc_id: str, document: dict[str, Any], request_bytes: int, configuration: Configuration
) -> None:
    """Raise `TooLarge`, whose reason is the id, as CouchDB's is. Attachments don't count.

    Most requests are smaller than the limit as a whole, and then nothing is measured.
    """
    limit = configuration.number("couchdb", "max_document_size", DEFAULT)
    if request_bytes <= limit:
        return
    body = {name: value for name, value in document.items() if name not in ("_attachments", "_revisions")}
    if len(dumps(body).encode("utf-8", "replace")) > limit:
        raise TooLarge(doc_id)
