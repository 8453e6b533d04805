"""One revision and its attachments as multipart/related (CouchDB, "Creating Multiple Attachments").

The document's JSON comes first, then the bodies in the order of its stubs. The length is known before the
first byte is read, and no body is ever held whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from replica.attachments import header_text
from replica.peer import Json
from replica.remote.exchange import encode


class MultipartUpload:
    """`document` has `follows: true`, `length` and `content_type` for each name in `bodies`, in the same
    order.
    """

    def __init__(self, document: Json, bodies: Mapping[str, Iterator[bytes]]) -> None:
        boundary = f"part-{document['_rev']}"
        entries = document["_attachments"]
        self._bodies = bodies
        self._opening = f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode() + encode(document)
        self._heads = {name: _part_head(boundary, name, entries[name]) for name in bodies}
        self._closing = f"\r\n--{boundary}--".encode()
        carried = sum(len(head) + int(entries[name]["length"]) for name, head in self._heads.items())
        self.headers = {
            "Content-Type": f'multipart/related; boundary="{boundary}"',
            "Content-Length": str(len(self._opening) + carried + len(self._closing)),
        }

    def content(self) -> Iterator[bytes]:
        yield self._opening
        for name, pieces in self._bodies.items():
            yield self._heads[name]
            yield from pieces
        yield self._closing


def _part_head(boundary: str, name: str, entry: Json) -> bytes:
    """Headers of one attachment. CouchDB goes by the order of the stubs; others need the name."""
    quoted = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
    return (
        f"\r\n--{boundary}\r\n"
        f'Content-Disposition: attachment; filename="{quoted}"\r\n'
        f"Content-Type: {header_text(str(entry['content_type']))}\r\n"
        f"Content-Length: {entry['length']}\r\n\r\n"
    ).encode()
