"""What a peer's refusal means: HTTP status, headers and body to one error of `replica.errors`.

Only an answer in CouchDB's own form counts as CouchDB's. A hotel's sign-in page, a proxy or a firewall
also answer 404 or 403; taking theirs for "there is no checkpoint" would restart a whole replication, so
they are `Unreachable`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from replica.errors import (
    BadRequest,
    Conflict,
    FileExists,
    Forbidden,
    MissingStub,
    NotFound,
    ReplicaError,
    ServerFailure,
    TokenRefused,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)

SPEAKING_FOR_COUCHDB: dict[int, type[ReplicaError]] = {
    400: BadRequest,
    403: Forbidden,
    404: NotFound,
    405: BadRequest,
    406: BadRequest,
    409: Conflict,
    412: FileExists,
    415: BadRequest,
    417: BadRequest,
}
ANYONE_MAY_SAY: dict[int, type[ReplicaError]] = {
    401: Unauthorized,
    413: TooLarge,
    429: TooManyRequests,
    500: ServerFailure,
}

# The sentences of CouchDB's token checks (its module jwtf and its key store), which it sends with status 400.
# Anchored at both ends: a 400 about a document quotes the document.
TOKEN_REASON = re.compile(
    r"(malformed token|bad (hmac|signature)|(missing|invalid) (typ|alg|kid) (header parameter|claim)"
    r"|(missing|invalid) (iss|iat|nbf|exp|sub) claim|(exp|nbf) not in (future|past)"
    r"|unknown (kid|public key|key)|public key not found|not an object|token rejected)\.?",
    re.IGNORECASE,
)


def failure(subject: str, status: int, headers: Mapping[str, str], body: bytes) -> ReplicaError:
    """Return the error that `status` means. `subject` is method and address, without credentials."""
    said = _couchdb_words(body)
    reason = f"{subject}: {said[1]}" if said else f"{subject}: HTTP {status}"
    if status in (429, 503) and (status == 429 or "retry-after" in headers):
        return TooManyRequests(reason, _seconds(headers.get("retry-after")))
    if status == 400 and said and TOKEN_REASON.fullmatch(said[1].strip()):
        return TokenRefused(reason)
    if status == 412 and said and said[0] == "missing_stub":
        return MissingStub(reason)
    if status in ANYONE_MAY_SAY:
        return ANYONE_MAY_SAY[status](reason)
    if said and status in SPEAKING_FOR_COUCHDB:
        return SPEAKING_FOR_COUCHDB[status](reason)
    return Unreachable(reason)


def _couchdb_words(body: bytes) -> tuple[str, str] | None:
    """Return (error, reason) where `body` is CouchDB's error form."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("error"), str):
        return None
    return said["error"], str(said.get("reason") or said["error"])


def _seconds(retry_after: str | None) -> float | None:
    """Read `Retry-After` in seconds; its date form needs a clock we agree on with the peer, and is left
    out.
    """
    try:
        return max(0.0, float(retry_after)) if retry_after is not None else None
    except ValueError:
        return None
