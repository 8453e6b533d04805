"""Reading `_changes` while it is still coming: one row at a time, with no more of it in memory than a
network chunk.

CouchDB writes one row per line and closes with `last_seq`; only that closing line proves that nothing is
missing. A peer that writes everything in one line (express-pouchdb) is understood too, at the price of
holding the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from replica.document import SentDocument
from replica.errors import Unreachable
from replica.peer import Json

_quoted = json.JSONEncoder(ensure_ascii=False).encode


class ChangesStream:
    """Iterate over rows `{seq, id, changes, deleted?, doc?}`. `last_seq` and `pending` are known after the
    last row.
    """

    def __init__(self, chunks: Iterable[bytes], subject: str) -> None:
        self._chunks = chunks
        self._subject = subject
        self.last_seq: Any = None
        self.pending: int | None = None

    def __iter__(self) -> Iterator[Json]:
        lines = self._lines()
        first = next(lines, b"").strip()
        if first == b'{"results":[':
            yield from self._rows(lines)
        else:
            yield from self._whole(first + b"".join(lines))

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self._chunks:
            *complete, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
            yield from complete
        if rest:
            yield rest

    def _rows(self, lines: Iterator[bytes]) -> Iterator[Json]:
        decode = json.JSONDecoder(parse_constant=_refuse).decode
        for line in lines:
            row = line.strip().rstrip(b",")
            if row.startswith(b"{"):
                try:
                    text = row.decode()
                    change = decode(text)
                except ValueError as error:
                    raise self._cut() from error
                if "changes" not in change:
                    # CouchDB has already said 200 when it fails in the middle, and writes the error as a row.
                    raise Unreachable(f"{self._subject}: the feed ended with {text[:200]}")
                yield _with_text(change, text)
            elif row.startswith(b"]"):
                return self._end(b"{" + row[1:].lstrip(b",") + b"".join(lines))
        raise self._cut()

    def _end(self, closing: bytes) -> None:
        try:
            end = json.loads(closing)
            self.last_seq, self.pending = end["last_seq"], end.get("pending")
        except (ValueError, KeyError) as error:
            raise self._cut() from error

    def _whole(self, raw: bytes) -> Iterator[Json]:
        try:
            answer = json.loads(raw)
            rows, self.last_seq, self.pending = answer["results"], answer["last_seq"], answer.get("pending")
        except (ValueError, KeyError, TypeError) as error:
            raise self._cut() from error
        yield from rows

    def _cut(self) -> Unreachable:
        return Unreachable(f"{self._subject}: the changes feed is cut short")


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's, not JSON's: no peer sends them, and no text with them may be kept."""
    raise ValueError(constant)


def _with_text(row: Json, text: str) -> Json:
    """Keep the text of the document's body, where the row ends with a document written as CouchDB writes it:
    `"doc":{"_id":"…","_rev":"…",` and then only members of its own.

    `"doc":{` cannot stand inside a string, where its quotes would be escaped. A body that has `"_` anywhere
    may have a special member and is left to be written again.
    """
    document = row.get("doc")
    if not document or next(reversed(row)) != "doc":
        return row
    head = f'"doc":{{"_id":{_quoted(document.get("_id"))},"_rev":"{document.get("_rev")}"'
    at = text.find(head)
    rest = at + len(head)
    if at >= 0 and text.find('"_', rest) < 0:
        body = "{" + text[rest + 1 : -1] if text[rest] == "," else "{}"
        row["doc"] = SentDocument(document, body)
    return row
