"""What changed: the feed of one database, and the server's notices that a database moved."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from backend.couch.transport import Json, Transport

NOTHING_SEEN = "0"
FROM_NOW = "now"


class ChangesPage(NamedTuple):
    """Rows `{seq, id, changes: [{rev}], deleted?, doc?}` in feed order; `last_seq` is opaque."""

    results: list[Json]
    last_seq: str
    pending: int | None


class UpdatesPage(NamedTuple):
    """Rows `{db_name, type, seq}`, each database at most once; `last_seq` is opaque."""

    results: list[Json]
    last_seq: str


class Feeds(Transport):
    """Both feeds answer at once, or wait up to `wait_seconds` for a first change."""

    def changes(
        self,
        db: str,
        *,
        since: str = NOTHING_SEEN,
        limit: int | None = None,
        include_docs: bool = False,
        wait_seconds: float = 0.0,
        **options: Any,
    ) -> ChangesPage:
        """Changes of a database after `since`. `options` are CouchDB's: `style`, `selector`, `doc_ids` …"""
        # ibmcloudant's own operation takes `timeout` for CouchDB's, and then no timeout of ours
        body = {key: options.pop(key) for key in ("selector", "doc_ids") if key in options}
        if body:
            options.setdefault("filter", "_selector" if "selector" in body else "_doc_ids")
        answer = self.request(
            "POST",
            f"/{quote(db, safe='')}/_changes",
            params={
                "since": since,
                "limit": limit,
                "include_docs": include_docs,
                **_wait(wait_seconds),
                **options,
            },
            body=body,
            idempotent=True,
            wait_seconds=wait_seconds,
        )
        return ChangesPage(answer["results"], str(answer["last_seq"]), answer.get("pending"))

    def db_updates(
        self, *, since: str = FROM_NOW, limit: int | None = None, wait_seconds: float = 0.0
    ) -> UpdatesPage:
        """Which databases moved after `since`. Hints only: a crash of the server can lose some.

        Raise `NotFound` until `_global_changes` exists, `Unauthorized` for anyone but a server administrator.
        """
        # ibmcloudant's own operation writes a deprecation warning to the root logger at each call
        answer = self.request(
            "GET",
            "/_db_updates",
            params={"since": since, "limit": limit, **_wait(wait_seconds)},
            idempotent=True,
            wait_seconds=wait_seconds,
        )
        return UpdatesPage(answer["results"], str(answer["last_seq"]))


def _wait(seconds: float) -> Json:
    """Parameters by which a feed is held back for a first change."""
    return {"feed": "longpoll", "timeout": int(seconds * 1000)} if seconds > 0 else {}
