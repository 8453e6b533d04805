"""A store behind a streamed changes feed, as a remote one is, whose line can be cut after any row."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from replica import Database, Unreachable
from replica.remote.feed import ChangesStream


class StreamingPeer:
    """A database whose feed is streamed, as a remote one is: `rows_before_cut` rows arrive, then the line
    is gone.
    """

    def __init__(self, peer: Database, rows_before_cut: int | None = None) -> None:
        self._peer = peer
        self.rows_before_cut = rows_before_cut
        self.rows_at_once: int | None = None
        """After so many rows a stream ends politely, and says how many are left."""
        self.streams: list[Any] = []
        self.bulk_gets = 0
        self.on_row: Any = lambda: None

    def __getattr__(self, name: str) -> Any:
        if name in ("forget_origin", "get_attachment"):
            raise AttributeError(name)
        return getattr(self._peer, name)

    def bulk_get(self, wanted: Any, *, attachments: bool = True) -> Any:
        self.bulk_gets += 1
        return self._peer.bulk_get(wanted, attachments=attachments)

    @contextlib.contextmanager
    def stream_changes(self, *, since: Any = 0, **_filters: Any) -> Iterator[ChangesStream]:
        self.streams.append(since)
        page = self._peer.changes(since=since, include_docs=True, limit=self.rows_at_once)

        def chunks() -> Iterator[bytes]:
            yield b'{"results":[\n'
            for number, row in enumerate(page.results):
                if number == self.rows_before_cut:
                    raise Unreachable("cut")
                self.on_row()
                yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b",\n"
            yield f'],\n"last_seq":{page.last_seq},"pending":{page.pending}}}\n'.encode()

        yield ChangesStream(chunks(), "stream")
