"""Keeping declared indexes in step with the documents, in the transaction that writes them."""

from __future__ import annotations

import sqlite3


class IndexUpdates:
    """Collects the entries that a batch removes and adds."""

    any: bool = False

    def remove(self, document_id: str, body: str) -> None:
        """Take out the entries of a document as it was."""

    def add(self, document_id: str, body: str) -> None:
        """Put in the entries of a document as it is now."""

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write what was collected."""
