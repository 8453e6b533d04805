"""The ends of a replication as CouchDB's JSON names them: a database here, or a URL with its credentials."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from replica.errors import BadRequest, FileExists, ReplicaError
from replica.peer import ChangesPage, Peer, PeerInfo
from replica.remote.database import RemoteDatabase
from replica.server.account_rules import USERS
from replica.server.authentication import User
from replica.server.authorization import ADMIN_ONLY, require_member, require_server_admin
from replica.server.catalogue import Options
from replica.server.registry import Lease, Registry

Json = dict[str, Any]


class ServedPeer:
    """A database of this server as one side of a replication, with the rights of whoever asked for it."""

    def __init__(self, registry: Registry, name: str, user: User) -> None:
        self._registry = registry
        self._user = user
        self._lease: Lease = registry.acquire(name)
        self._served = self._lease.database
        try:
            require_member(user, self._served.security)
            if name == USERS:
                require_server_admin(user)
        except ReplicaError:
            self.close()
            raise
        self.name = name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._registry.release(self._lease)

    def info(self) -> PeerInfo:
        return self._served.store.info()

    def changes(
        self,
        *,
        since: Any = 0,
        limit: int | None = None,
        style: str = "all_docs",
        include_docs: bool = False,
        doc_ids: Sequence[str] | None = None,
        selector: Json | None = None,
        wait_seconds: float | None = None,
    ) -> ChangesPage:
        return self._served.store.changes(
            since=since,
            limit=limit,
            style=style,
            include_docs=include_docs,
            doc_ids=doc_ids,
            selector=selector,
            wait_seconds=wait_seconds,
        )

    def revs_diff(self, revisions: Mapping[str, Sequence[str]]) -> Json:
        return self._served.store.revs_diff(revisions)

    def bulk_get(self, wanted: Sequence[Json], *, attachments: bool = True) -> list[Json]:
        return self._served.store.bulk_get(wanted, attachments=attachments)

    def bulk_docs(self, documents: Sequence[Json], *, new_edits: bool = True) -> list[Json]:
        return self._served.write(list(documents), self._user, new_edits=new_edits)

    def get_local(self, key: str) -> Json | None:
        return self._served.store.get_local(key)

    def put_local(self, key: str, document: Json) -> str:
        return self._served.store.put_local(key, document)

    def ensure_full_commit(self) -> None:
        return None


class GivenHeaders:
    """Credentials as somebody wrote them into the replication."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:
        del refused
        return False


def is_remote(endpoint: str | Json) -> bool:
    return _address(endpoint).startswith(("http://", "https://"))


def _address(endpoint: str | Json) -> str:
    return endpoint if isinstance(endpoint, str) else str(endpoint["url"])


def checked_endpoint(value: Any, what: str) -> str | Json:
    """Raise `BadRequest` where `value` names no database."""
    url = value.get("url") if isinstance(value, dict) else value
    if not isinstance(url, str) or not url:
        raise BadRequest(f"`{what}` must be a database name, a URL, or an object with a URL.")
    if url.startswith(("http://", "https://")) and not _has_host(url):
        raise BadRequest(f"`{what}` is not the address of a database.")
    if isinstance(value, dict) and not all(
        isinstance(value.get(member) or {}, dict) for member in ("auth", "headers")
    ):
        raise BadRequest(f"`auth` and `headers` of `{what}` must be objects.")
    found: str | Json = value
    return found


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def without_secrets(endpoint: str | Json) -> str:
    """The endpoint as it may be shown: no name, no password, one slash at the end."""
    try:
        parts = urlsplit(_address(endpoint))
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return (
        urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/", "", "")) if parts.scheme else parts.path
    )


def open_endpoint(
    endpoint: str | Json,
    registry: Registry,
    user: User,
    *,
    create: Json | None = None,
    feed_filter: str | None = None,
    query_params: Json | None = None,
) -> AbstractContextManager[Peer]:
    """Open one end; with `create`, make the database first where it is missing.

    A remote end runs `feed_filter` itself; one that is here leaves it to the caller.
    """
    if is_remote(endpoint):
        remote = _remote(endpoint, feed_filter, query_params)
        if create is not None:
            remote.create(**{name: str(value) for name, value in create.items()})
        return remote
    name = _address(endpoint)
    if create is not None and not registry.exists(name):
        require_server_admin(user)
        with contextlib.suppress(FileExists):
            registry.create(name, Options(), ADMIN_ONLY)
    return ServedPeer(registry, name, user)


def _remote(endpoint: str | Json, feed_filter: str | None, query_params: Json | None) -> RemoteDatabase:
    written = {} if isinstance(endpoint, str) else endpoint
    headers = {str(name): str(value) for name, value in (written.get("headers") or {}).items()}
    basic = (written.get("auth") or {}).get("basic")
    if isinstance(basic, dict):
        pair = base64.b64encode(f"{basic.get('username', '')}:{basic.get('password', '')}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    return RemoteDatabase(
        _address(endpoint).rstrip("/"),
        auth=GivenHeaders(headers) if headers else None,
        feed_filter=feed_filter,
        query_params=query_params,
    )
