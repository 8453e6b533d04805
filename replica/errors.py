"""Everything that can go wrong in the store, as one tree. Each knows CouchDB's `error` word and HTTP status.

ReplicaError
├── BadRequest             400  the request itself makes no sense
│   ├── TokenRefused       400  CouchDB's words for a bad bearer token: renew it
│   └── InvalidDocument    400  a member that begins with `_` and means nothing: fails its whole batch
├── Unauthorized           401  who are you
├── Forbidden              403  not you, or validate_doc_update said no
├── NotFound               404  absent or deleted
├── Conflict               409  the revision given is not a leaf
├── FileExists             412  the database is there already
├── MissingStub            412  a document says "you have this attachment", and we don't
├── TooLarge               413  a document, attachment or body over the limit
├── TooManyRequests        429  `retry_after` seconds, where the peer said so
├── ServerFailure          5xx  the peer failed; trying again may help
├── Unreachable             –   no answer, or an answer cut short; trying again may help
└── StorageError            –   the file itself
    ├── FileTooNew          –   written by a newer program
    └── CorruptFile         –   SQLite says the file is damaged
"""

from __future__ import annotations


class ReplicaError(Exception):
    """Base of the tree. `reason` is one sentence that names its subject."""

    status: int = 500
    error: str = "internal_server_error"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadRequest(ReplicaError):
    status, error = 400, "bad_request"


class TokenRefused(BadRequest):
    pass


class InvalidDocument(BadRequest):
    error = "doc_validation"


class Unauthorized(ReplicaError):
    status, error = 401, "unauthorized"


class Forbidden(ReplicaError):
    status, error = 403, "forbidden"


class NotFound(ReplicaError):
    status, error = 404, "not_found"


class Conflict(ReplicaError):
    status, error = 409, "conflict"

    def __init__(self, reason: str = "Document update conflict.") -> None:
        super().__init__(reason)


class FileExists(ReplicaError):
    status, error = 412, "file_exists"


class MissingStub(ReplicaError):
    status, error = 412, "missing_stub"


class TooLarge(ReplicaError):
    status, error = 413, "document_too_large"


class TooManyRequests(ReplicaError):
    status, error = 429, "too_many_requests"

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ServerFailure(ReplicaError):
    pass


class Unreachable(ReplicaError):
    status, error = 503, "unreachable"


class StorageError(ReplicaError):
    pass


class FileTooNew(StorageError):
    pass


class CorruptFile(StorageError):
    pass
