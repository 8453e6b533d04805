"""What CouchDB may answer instead of what was asked, as one small tree.

CouchError
├── BadRequest          400  the request makes no sense to the server
├── Unauthorized        401  the account or the token is not accepted
├── Forbidden           403  not this account, or validate_doc_update said no
├── NotFound            404  absent or deleted
├── Conflict            409  somebody else wrote in between: read again
├── AlreadyExists       412  the database is there already
├── TooLarge            413  a document over the server's limit
├── TooManyRequests     429  `retry_after` seconds, where the server said so
├── ServerFailure       5xx  the server failed; trying again may help
└── Unreachable          –   no answer, or an answer cut short; trying again may help
"""

from __future__ import annotations


class CouchError(Exception):
    """`what` names the database and document or path, `error` and `reason` are CouchDB's own words."""

    status = 500

    def __init__(self, what: str, error: str = "", reason: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{what}: {' '.join(part for part in (error, reason) if part) or 'failed'}")
        self.what = what
        self.error = error
        self.reason = reason
        if status is not None:
            self.status = status


class BadRequest(CouchError):
    status = 400


class Unauthorized(CouchError):
    status = 401


class Forbidden(CouchError):
    status = 403


class NotFound(CouchError):
    status = 404


class Conflict(CouchError):
    status = 409


class AlreadyExists(CouchError):
    status = 412


class TooLarge(CouchError):
    status = 413


class TooManyRequests(CouchError):
    status = 429

    def __init__(
        self, what: str, error: str = "", reason: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(what, error, reason)
        self.retry_after = retry_after


class ServerFailure(CouchError):
    pass


class Unreachable(CouchError):
    status = 503


_BY_STATUS: dict[int, type[CouchError]] = {
    kind.status: kind
    for kind in (BadRequest, Unauthorized, Forbidden, NotFound, Conflict, AlreadyExists, TooLarge)
}


def from_status(
    status: int, what: str, error: str, reason: str, *, retry_after: float | None = None
) -> CouchError:
    """The exception for an HTTP status; an unknown 4xx is a `BadRequest`, anything else a `ServerFailure`."""
    if status == TooManyRequests.status:
        return TooManyRequests(what, error, reason, retry_after=retry_after)
    kind = _BY_STATUS.get(status)
    if kind is not None:
        return kind(what, error, reason)
    return (BadRequest if 400 <= status < 500 else ServerFailure)(what, error, reason, status=status)
