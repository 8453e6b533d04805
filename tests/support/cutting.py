"""A peer that is gone after a number of calls, as a network is: what it stands before has the contract of
`Peer`.
"""

from __future__ import annotations

from typing import Any

from replica.errors import Unreachable

NETWORK_CALLS = {
    *("info", "changes", "revs_diff", "bulk_get", "bulk_docs", "all_docs", "get_local", "put_local"),
    "ensure_full_commit",
}


class CuttingPeer:
    """Passes calls on to `peer` until `calls` of them have been made; then every call is `Unreachable`.

    With `delivered`, the first call that fails still reaches the peer, and only its answer is lost.
    """

    def __init__(self, peer: Any, calls: int, *, delivered: bool) -> None:
        self._peer = peer
        self._left = calls
        self._delivered = delivered

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._peer, name)
        if name not in NETWORK_CALLS:
            return method

        def call(*arguments: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left >= 0:
                return method(*arguments, **options)
            if self._left == -1 and self._delivered:
                method(*arguments, **options)
            raise Unreachable(f"{name}: the line is cut")

        return call


class AsCentre:
    """A store as a phone sees its centre: it keeps no marks of ours, so what is pushed to it is a push."""

    def __init__(self, peer: Any) -> None:
        self._peer = peer

    def __getattr__(self, name: str) -> Any:
        if name in ("forget_origin", "open_attachment_writer"):
            raise AttributeError(name)
        return getattr(self._peer, name)
