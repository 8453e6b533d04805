"""A network that fails exactly where it is told to: the nth request lost, its answer lost, or its answer
cut short.
"""

from __future__ import annotations

import enum
import os
import threading
from collections.abc import Iterator, Mapping

import httpx


class Fault(enum.Enum):
    LOST_REQUEST = "lost before delivery"
    LOST_ANSWER = "lost after delivery"
    CUT_AT_START = "answer cut after a few bytes"
    CUT_IN_HALF = "answer cut in half"
    CUT_AT_END = "answer cut before its last bytes"
    KILLED_BEFORE = "process killed before delivery"
    KILLED_AFTER = "process killed after delivery"


TRANSPORT_FAULTS = (
    Fault.LOST_REQUEST,
    Fault.LOST_ANSWER,
    Fault.CUT_AT_START,
    Fault.CUT_IN_HALF,
    Fault.CUT_AT_END,
)
KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
KILLED = 137


class FaultyTransport(httpx.BaseTransport):
    """Does to request number n (from 1) what `script` says for n, and passes on all others. Counts and
    keeps them.
    """

    def __init__(self, inner: httpx.BaseTransport, script: Mapping[int, Fault] | None = None) -> None:
        self._inner = inner
        self._script = script or {}
        self._lock = threading.Lock()
        self.requests: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(f"{request.method} {request.url.path}")
            fault = self._script.get(len(self.requests))
        match fault:
            case None:
                return self._inner.handle_request(request)
            case Fault.LOST_REQUEST:
                raise httpx.ConnectError("lost request", request=request)
            case Fault.KILLED_BEFORE:
                os._exit(KILLED)
            case _:
                return self._after_delivery(request, fault)

    def _after_delivery(self, request: httpx.Request, fault: Fault) -> httpx.Response:
        response = self._inner.handle_request(request)
        body = response.read()
        response.close()
        match fault:
            case Fault.KILLED_AFTER:
                os._exit(KILLED)
            case Fault.LOST_ANSWER:
                raise httpx.ReadError("lost answer", request=request)
            case Fault.CUT_AT_START:
                kept = min(3, len(body))
            case Fault.CUT_IN_HALF:
                kept = len(body) // 2
            case _:
                # The last byte is a line feed that means nothing.
                kept = max(0, len(body) - 3)
        headers = {
            k: v
            for k, v in response.headers.items()
            if k.lower() not in ("content-length", "transfer-encoding")
        }
        # As a proxy that closes politely does it: a shorter body, and nothing else to tell.
        return httpx.Response(response.status_code, headers=headers, content=body[:kept], request=request)

    def close(self) -> None:
        self._inner.close()


def every(requests: int, faults: tuple[Fault, ...]) -> Iterator[tuple[int, Fault]]:
    """Each request with each fault."""
    return ((number, fault) for number in range(1, requests + 1) for fault in faults)
