"""Reading `_changes` while it is still coming, with no more of it in memory than a network chunk.

CouchDB writes one row per line and closes with `last_seq`; only that closing line proves that nothing is
missing. A peer that writes everything in one line (express-pouchdb) is understood too, at the price of
holding the answer.

Most rows of a first sync look the same: one living leaf, and its document at the end. Such a line is cut
into its parts by one regular expression, which runs over a whole chunk at once, and its body stays text
(`UnparsedDocument`). Every other line is parsed.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from replica.document import UnparsedDocument
from replica.errors import Unreachable
from replica.peer import Json
from replica.revision import strict_json

# A row as CouchDB writes it, or, in the last group, any line. What is quoted here has no escapes, so that its
# text is its value. The document ends its row; should anything follow it, or be missing from it, the body is
# no JSON, which whoever stores it finds out.
_LINE = re.compile(
    r'\{"seq":([0-9]+|"[^"\\\x00-\x1f]*"),"id":"([^"\\\x00-\x1f_][^"\\\x00-\x1f]*)"'
    r',"changes":\[\{"rev":"([1-9][0-9]*-[^"\\\x00-\x1f]+)"\}\]'
    r',"doc":\{"_id":"\2","_rev":"\3"(?:,([^\n]+))?\}\},?\n|([^\n]*\n)'
)
_OPENING = '{"results":['
_DEEP = 400
"""More brackets than this may be nested deeper than Python will parse when the document is read."""


class ChangesStream:
    """The rows of one answer. `last_seq` and `pending` are known after the last row.

    Iterating gives rows `{seq, id, changes, deleted?, doc?}`; `rows` leaves alone what it need not parse.
    Both raise `Unreachable` where the answer is cut short.
    """

    def __init__(self, chunks: Iterable[bytes], subject: str) -> None:
        self._chunks = chunks
        self._subject = subject
        self.last_seq: Any = None
        self.pending: int | None = None

    def __iter__(self) -> Iterator[Json]:
        for row in self.rows():
            yield _as_row(row) if isinstance(row, UnparsedDocument) else row

    def rows(self) -> Iterator[Json | UnparsedDocument]:
        """Yield each row, unparsed where its document can be stored as the text it is."""
        blocks = self._blocks()
        first, _, rest = next(blocks, "").partition("\n")
        if first.strip() != _OPENING:
            yield from self._whole(first + rest + "".join(blocks))
            return
        closing: list[str] = []
        for block in itertools.chain((rest,), blocks):
            # An underscore may be written as an escape, and SQLite takes a NUL for the end of a text.
            plain = "\\u005" not in block and "\0" not in block
            for seq, document_id, rev, members, other in _LINE.findall(block):
                if other:
                    line = other.strip().rstrip(",")
                    if closing or line.startswith("]"):
                        closing.append(line)
                    elif line.startswith("{"):
                        yield self._row(line)
                    continue
                row = UnparsedDocument(seq, document_id, rev, members)
                # `"_` may as well stand in a value: what looks like a special member is parsed.
                if plain and '"_' not in members and (len(members) < 2 * _DEEP or _is_shallow(members)):
                    yield row
                else:
                    yield _as_row(row)
        self._end(closing)

    def _blocks(self) -> Iterator[str]:
        """Yield whole lines, as many at a time as have come. A last line that was cut gets an end."""
        kept: list[bytes] = []
        for chunk in self._chunks:
            end = chunk.rfind(b"\n") + 1
            if end:
                yield self._text(b"".join((*kept, chunk[:end])))
                kept = []
            kept.append(chunk[end:])
        if last := b"".join(kept):
            yield self._text(last) + " \n"

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise self._cut() from error

    def _row(self, line: str) -> Json:
        try:
            row: Json = strict_json(line)
        except (ValueError, RecursionError) as error:
            raise self._cut() from error
        if "changes" not in row:
            # CouchDB has already said 200 when it fails in the middle, and writes the error as a row.
            raise Unreachable(f"{self._subject}: the feed ended with {line[:200]}")
        return row

    def _end(self, closing: Sequence[str]) -> None:
        try:
            end = json.loads("{" + "".join(closing)[1:].lstrip(","))
            self.last_seq, self.pending = end["last_seq"], end.get("pending")
        except (ValueError, KeyError) as error:
            raise self._cut() from error

    def _whole(self, raw: str) -> Iterator[Json]:
        try:
            answer = strict_json(raw)
            rows, self.last_seq, self.pending = answer["results"], answer["last_seq"], answer.get("pending")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._cut() from error
        yield from rows

    def _cut(self) -> Unreachable:
        return Unreachable(f"{self._subject}: the changes feed is cut short")


def _is_shallow(members: str) -> bool:
    return members.count("{") + members.count("[") < _DEEP


def _as_row(row: UnparsedDocument) -> Json:
    return {
        "seq": json.loads(row.seq),
        "id": row.id,
        "changes": [{"rev": row.rev}],
        "doc": row.parsed(),
    }
