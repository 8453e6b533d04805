"""Writing documents to a target so that one bad document never holds back the others.

A request refused as a whole is halved until the guilty document stands alone and becomes a failure. A
target that cannot take anything at all is not the document's fault: that error is raised, and nothing is
held against anyone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from replica.document import UnparsedDocument
from replica.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    MissingStub,
    NotFound,
    ReplicaError,
    ServerFailure,
    TokenRefused,
    TooLarge,
)
from replica.peer import Json, Peer
from replica.remote.exchange import encode
from replica.replication.attachments import Storing, Uploading, stub_bytes, upload, with_stored_bodies
from replica.tuning import ATTACHMENT_INLINE_BYTES, BATCH_BYTES, BATCH_BYTES_LEAST

PASSING_ERRORS = {
    *("conflict", "os_process_error", "timeout", "internal_server_error", "service_unavailable"),
    *("unknown_error", "too_many_requests", "all_workers_died", "error"),
}
"""Per-document `error` words that tell of the target and not of the document: worth another try."""


class Failure(NamedTuple):
    """One revision that was not taken. `is_passing` where the same revision may be taken later as it is."""

    id: str
    rev: str
    error: str
    reason: str
    is_passing: bool


@runtime_checkable
class TakingText(Protocol):
    """A store that takes documents as the text they came in: `replica.Database`."""

    def write_unparsed(self, documents: Sequence[UnparsedDocument], **options: Any) -> list[Json]: ...


class Delivery:
    """Writes to one target. `options` go to every `bulk_docs` (a local store's marks and rules).

    Learns the largest body that the way to the target lets through, for as long as it lives.
    """

    def __init__(self, source: Peer, target: Peer, **options: Any) -> None:
        self._source = source
        self._target = target
        self._options = options
        self._is_ours = isinstance(target, Storing)
        self._stubs_stay = bool(options.get("attachments_later"))
        self._most_bytes = BATCH_BYTES

    def send(self, documents: Sequence[Json]) -> list[Failure]:
        """Write revisions as they are (`new_edits=false`). Return those that were not taken, in order."""
        failures: list[Failure] = []
        for group in self._groups(documents):
            failures += self._stream(group[0]) if self._is_large(group[0]) else self._write(group)
        return failures

    def send_unparsed(self, documents: Sequence[UnparsedDocument]) -> list[Failure]:
        """The same for what a stream brought."""
        if not documents:
            return []
        if not isinstance(self._target, TakingText):
            return self.send([document.parsed() for document in documents])
        answers = self._target.write_unparsed(documents, **self._options)
        return _failures(answers, {document.id: document.rev for document in documents} if answers else {})

    def _is_large(self, document: Json) -> bool:
        return not self._stubs_stay and stub_bytes(document) > ATTACHMENT_INLINE_BYTES

    def _stream(self, document: Json) -> list[Failure]:
        """Write one document whose attachments are too large to travel inside it."""
        if isinstance(self._target, Uploading):
            try:
                upload(self._source, self._target, document)
            except TokenRefused:
                raise
            except (BadRequest, Conflict, Forbidden, MissingStub, NotFound, ServerFailure, TooLarge) as error:
                return [self._alone(document, error)]
            return []
        if isinstance(self._target, Storing):
            try:
                stored = with_stored_bodies(self._source, self._target, document)
            except (BadRequest, NotFound) as error:
                # The bytes are gone from the source, or are not what their digest says.
                return [Failure(document["_id"], document["_rev"], error.error, error.reason, True)]
            return self._write([stored])
        return self._write([document])

    def _groups(self, documents: Sequence[Json]) -> Iterator[list[Json]]:
        group: list[Json] = []
        size = 0
        for document in documents:
            if self._is_large(document):
                yield [document]
                continue
            # A store of ours takes a batch in one transaction whatever its size.
            length = 0 if self._is_ours else size_of(document)
            if group and size + length > self._most_bytes:
                yield group
                group, size = [], 0
            group.append(document)
            size += length
        if group:
            yield group

    def _write(self, group: list[Json]) -> list[Failure]:
        try:
            answers = self._target.bulk_docs(group, new_edits=False, **self._options)
        except TokenRefused:
            raise
        except (BadRequest, MissingStub, ServerFailure, TooLarge) as error:
            if isinstance(error, TooLarge):
                self._most_bytes = max(BATCH_BYTES_LEAST, sum(map(size_of, group)) // 2)
            if len(group) == 1:
                return [self._alone(group[0], error)]
            half = len(group) // 2
            return self._write(group[:half]) + self._write(group[half:])
        return _failures(answers, {document["_id"]: document["_rev"] for document in group})

    def _alone(self, document: Json, error: ReplicaError) -> Failure:
        """The document that a refusal came down to, unless the target refuses even to write nothing."""
        if not isinstance(error, TooLarge):
            self._target.bulk_docs([], new_edits=False)
        passing = isinstance(error, ServerFailure)
        return Failure(document["_id"], document["_rev"], error.error, error.reason, passing)


def _failures(answers: Sequence[Json], revisions: Mapping[str, str]) -> list[Failure]:
    """What a target said of the documents it did not take; some don't say which revision."""
    return [
        Failure(
            id=answer["id"],
            rev=answer.get("rev") or revisions.get(answer["id"], ""),
            error=str(answer["error"]),
            reason=str(answer.get("reason") or answer["error"]),
            is_passing=answer["error"] in PASSING_ERRORS,
        )
        for answer in answers
    ]


def size_of(document: Json) -> int:
    """Bytes of a document on the wire; attachments that travel beside it are not counted."""
    return len(encode(document))
