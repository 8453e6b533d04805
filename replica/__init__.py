"""A document store on SQLite that replicates with CouchDB: on the phone, and behind the embedded server.

from replica import Database, RemoteDatabase, replicate

with Database.open("ana.sqlite") as db:
    rev = db.put({"_id": "note:ana:1", "text": "..."})
    replicate(db, RemoteDatabase("https://…/andina-c-ana"))
"""

from __future__ import annotations

from replica.database import Database
from replica.errors import (
    BadRequest,
    Conflict,
    CorruptFile,
    FileExists,
    FileTooNew,
    Forbidden,
    InvalidDocument,
    MissingStub,
    NotFound,
    ReplicaError,
    ServerFailure,
    StorageError,
    TokenRefused,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from replica.remote.auth import BasicAuth, BearerAuth
from replica.remote.database import RemoteDatabase
from replica.replication.attachments import fetch_attachment
from replica.replication.live import Link, LiveReplication, LiveStatus, PushClass
from replica.replication.once import replicate
from replica.replication.outcome import Progress, ReplicationResult
from replica.replication.refusals import Refusal, list_refusals, retry_refused

__all__ = [
    "BadRequest",
    "BasicAuth",
    "BearerAuth",
    "Conflict",
    "CorruptFile",
    "Database",
    "FileExists",
    "FileTooNew",
    "Forbidden",
    "InvalidDocument",
    "Link",
    "LiveReplication",
    "LiveStatus",
    "MissingStub",
    "NotFound",
    "Progress",
    "PushClass",
    "Refusal",
    "RemoteDatabase",
    "ReplicaError",
    "ReplicationResult",
    "ServerFailure",
    "StorageError",
    "TokenRefused",
    "TooLarge",
    "TooManyRequests",
    "Unauthorized",
    "Unreachable",
    "fetch_attachment",
    "list_refusals",
    "replicate",
    "retry_refused",
]
