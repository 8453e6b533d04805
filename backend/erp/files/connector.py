"""A folder of files as the ERP of a company."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from backend.erp.files.inbox import Inbox
from backend.erp.files.mapping import FilesMapping
from backend.erp.files.outbox import Outbox
from backend.erp.files.state import State
from backend.erp.files.templates import FOLDERS, IN
from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal
from backend.erp.port import Answer, Cursor, ErpUnavailable, Held, Kind, Page


class FilesConnector:
    """Satisfies `backend.erp.port.Connector`."""

    def __init__(self, mapping: FilesMapping) -> None:
        self._mapping = mapping
        state = State(mapping.state)
        self._inbox = Inbox(mapping, state)
        self._outbox = Outbox(mapping, state)

    def kinds(self) -> Sequence[Kind]:
        return [kind for kind in Kind if kind in IN]

    def start_of(self, kind: Kind, saved: Cursor | None) -> Cursor | None:  # noqa: ARG002 - of no kind
        """Where it stood: a file is there or not, nothing comes late into it."""
        return saved

    def read(self, kind: Kind, after: Cursor | None) -> Page:
        with self._folder():
            return self._inbox.read(kind, after)

    def snapshot(self, kind: Kind) -> Iterator[Held] | None:
        with self._folder():
            held = self._inbox.snapshot(kind)
        return None if held is None else iter(held)

    def takes_write_offs(self) -> bool:
        return True  # a row of its own, which whoever reads the files has to book

    def find(self, entry_id: str) -> Answer | None:
        with self._folder():
            return self._outbox.find(entry_id)

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        with self._folder():
            return self._outbox.post(receipt)

    def post_reversal(self, reversal: OutgoingReversal) -> Answer:
        with self._folder():
            return self._outbox.post(reversal)

    def close(self) -> None:
        """Nothing is held open."""

    @contextmanager
    def _folder(self) -> Iterator[None]:
        """A folder that is not mounted is an empty one, or none."""
        for name in FOLDERS:
            if not (self._mapping.folder / name).is_dir():
                raise ErpUnavailable(f"{self._mapping.folder}/{name} is not there")
        try:
            yield
        except sqlite3.Error as error:
            raise ErpUnavailable(f"{self._mapping.state}: {error}") from error
        except OSError as error:
            raise ErpUnavailable(f"{error.filename or self._mapping.folder}: {error.strerror}") from error
