"""Waiting for changes: how long a feed waits, and what ends it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import request

from replica.errors import BadRequest
from replica.server.authentication import User
from replica.server.authorization import is_member
from replica.server.feed import Feed, Page
from replica.server.node import Node, user
from replica.server.served import ServedDatabase
from replica.server.wire import positive

# A feed that nothing happens to looks this often whether its reader is still there.
WATCH_SECONDS = 5.0
HEARTBEAT = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a feed waits: `heartbeat` or `timeout` seconds, and for as long as its reader may read."""

    heartbeat: float | None
    timeout: float | None
    user: User
    is_gone: Callable[[], bool]


def patience(here: Node, kind: str) -> Patience:
    """As long as the request says, and never longer than `changes_timeout` between two signs of life."""
    longest = here.configuration.number("chttpd", "changes_timeout", 60_000)
    heartbeat, timeout = _heartbeat(kind, longest), positive("timeout", longest)
    return Patience(
        heartbeat=min(heartbeat, longest) / 1000 if heartbeat else None,
        timeout=None if heartbeat or timeout is None else min(timeout, longest) / 1000,
        user=user(),
        is_gone=request.environ.get("replica.is_gone", lambda: False),
    )


def _heartbeat(kind: str, longest: int) -> int | None:
    text = request.args.get("heartbeat", "true" if kind == "eventsource" else "false")
    if text in ("true", "false"):
        return longest if text == "true" else None
    if not HEARTBEAT.fullmatch(text):
        raise BadRequest("Invalid heartbeat value. Expecting a positive integer value (in milliseconds).")
    if int(text) <= 0:
        raise BadRequest("The heartbeat value should be a positive integer (in milliseconds).")
    return int(text)


class Watch:
    """Waits for the next change, and knows why to stop waiting."""

    def __init__(self, here: Node, found: ServedDatabase, feed: Feed, patience: Patience) -> None:
        self._here, self._found, self._feed, self._patience = here, found, feed, patience

    def ended(self) -> bool:
        reader = self._patience.user
        return (
            self._here.closing.is_set()
            or self._found.deleted.is_set()
            or self._patience.is_gone()
            or (reader.expires_at is not None and time.time() >= reader.expires_at)
            or not is_member(reader, self._found.security)
        )

    def pages(self, since: int, limit: int | None) -> Iterator[Page | None]:
        """Pages with rows as they come; None where a heartbeat is due; ends when patience does."""
        quiet_since = beaten_at = time.monotonic()
        moves = self._found.moves
        while not self.ended():
            seen = moves.count
            page = self._feed.page(since, limit)
            since = page.reached
            if page.rows:
                yield page
                quiet_since = beaten_at = time.monotonic()
                if limit is not None:
                    limit -= len(page.rows)
                    if limit <= 0:
                        return
            elif self._is_over(quiet_since):
                return
            elif self._is_due(beaten_at):
                # Also where a filter passes over so much that there is never a moment of rest.
                beaten_at = time.monotonic()
                yield None
            if not page.complete:
                continue
            yield Page([], since, complete=True)
            while not moves.wait(seen, self._slice(quiet_since, beaten_at)):
                if self.ended() or self._is_over(quiet_since):
                    return
                if self._is_due(beaten_at):
                    beaten_at = time.monotonic()
                    yield None

    def _is_over(self, quiet_since: float) -> bool:
        timeout = self._patience.timeout
        return timeout is not None and time.monotonic() - quiet_since >= timeout

    def _is_due(self, beaten_at: float) -> bool:
        heartbeat = self._patience.heartbeat
        return heartbeat is not None and time.monotonic() - beaten_at >= heartbeat

    def _slice(self, quiet_since: float, beaten_at: float) -> float:
        now = time.monotonic()
        slices = [WATCH_SECONDS]
        if self._patience.timeout is not None:
            slices.append(quiet_since + self._patience.timeout - now)
        if self._patience.heartbeat is not None:
            slices.append(beaten_at + self._patience.heartbeat - now)
        if self._patience.user.expires_at is not None:
            slices.append(self._patience.user.expires_at - time.time())
        return max(min(slices), 0.0)
