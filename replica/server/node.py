"""The parts of one running server, as the routes reach them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from replica.server.authentication import Authenticator, User
from replica.server.authorization import require_database_admin, require_member
from replica.server.configuration import Configuration
from replica.server.registry import Registry
from replica.server.served import ServedDatabase
from replica.server.uuids import Uuids

if TYPE_CHECKING:
    from replica.server.global_changes import GlobalChanges
    from replica.server.replicating.replicator import Replicator
    from replica.server.views.builder import IndexBuilder

VERSION = "3.5.0"
NAME = "nonode@nohost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    configuration: Configuration
    registry: Registry
    authenticator: Authenticator
    indexes: IndexBuilder
    replicator: Replicator
    global_changes: GlobalChanges
    uuids: Uuids = field(default_factory=Uuids)
    closing: threading.Event = field(default_factory=threading.Event)
    started_at: float = field(default_factory=time.time)

    def start(self) -> None:
        self.indexes.start()
        self.global_changes.start()
        self.replicator.start()

    def close(self, *, deadline: float) -> None:
        """End the threads and close the files; what was acknowledged is on disk already."""
        self.replicator.close()
        self.global_changes.close()
        self.indexes.close()
        self.registry.close(deadline=deadline)


def node() -> Node:
    return cast(Node, current_app.extensions["couch"])


def user() -> User:
    """Who sent this request."""
    return cast(User, g.user)


def database(name: str) -> ServedDatabase:
    """The database of this request, for its members; kept open until the answer has been sent.

    Raise `NotFound` where there is none, `Unauthorized` or `Forbidden` where the user is no member.
    """
    lease = node().registry.acquire(name)
    g.leases.append(lease)
    require_member(user(), lease.database.security)
    return lease.database


def administered(name: str) -> ServedDatabase:
    """The database of this request, for its administrators."""
    found = database(name)
    require_database_admin(user(), found.security)
    return found
