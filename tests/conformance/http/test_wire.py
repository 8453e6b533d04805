"""HTTP itself, byte by byte: framing, keeping connections, and refusing what is not HTTP."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator

import pytest

from tests.conformance.http.conftest import Peer


@pytest.fixture
def wire(peer: Peer) -> Iterator[socket.socket]:
    if not peer.url.startswith("http://"):
        pytest.skip("what is said here is said without TLS")
    with socket.create_connection(peer.socket, timeout=20) as connection:
        yield connection


@pytest.fixture
def credentials(peer: Peer) -> bytes:
    pair = base64.b64encode(f"{peer.user}:{peer.password}".encode())
    return b"Host: x\r\nAuthorization: Basic " + pair + b"\r\n"


def answer(wire: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer with a known length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = wire.recv(65536)
        assert piece, data
        data += piece
    block, _, body = data.partition(b"\r\n\r\n")
    lines = block.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        body += wire.recv(65536)
    return int(lines[0].split()[1]), headers, body


def test_connection_is_kept_between_requests(wire: socket.socket) -> None:
    for _ in range(3):
        wire.sendall(b"GET /_up HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer(wire)[0] == 200


def test_requests_sent_ahead_are_answered_in_order(wire: socket.socket) -> None:
    wire.sendall(b"GET /_up HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    data = b""
    while data.count(b"HTTP/1.1 ") < 4 or not data.endswith(b"\n"):
        piece = wire.recv(65536)
        assert piece
        data += piece
    assert [part[:3] for part in data.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200", b"404"]


def test_http_1_0_is_answered_and_hung_up(wire: socket.socket) -> None:
    wire.sendall(b"GET /_up HTTP/1.0\r\n\r\n")
    data = b""
    while piece := wire.recv(65536):
        data += piece
    assert data.startswith(b"HTTP/1.1 200") or data.startswith(b"HTTP/1.0 200")


def test_body_in_chunks_is_taken(wire: socket.socket, credentials: bytes, db: str) -> None:
    wire.sendall(
        b"PUT " + db.encode() + b"/a HTTP/1.1\r\n" + credentials + b"Content-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n4\r\n{\"n\"\r\n3\r\n:1}\r\n0\r\n\r\n"
    )  # fmt: skip
    status, _, body = answer(wire)
    assert (status, json.loads(body)["id"]) == (201, "a")


def test_client_that_asks_before_sending_is_told_to_go_on(
    wire: socket.socket, credentials: bytes, db: str
) -> None:
    wire.sendall(
        b"PUT " + db.encode() + b"/a HTTP/1.1\r\n" + credentials + b"Content-Type: application/json\r\n"
        b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    )  # fmt: skip
    assert wire.recv(65536).startswith(b"HTTP/1.1 100")
    wire.sendall(b"{}")
    assert answer(wire)[0] == 201


def test_head_sends_no_body(wire: socket.socket) -> None:
    wire.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /_up HTTP/1.1\r\nHost: x\r\n\r\n")
    data = b""
    while b'"status"' not in data:
        data += wire.recv(65536)
    assert b"Welcome" not in data


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"GET / HTTP/1.1\r\nHost: x\r\nBroken header\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["no http", "two framings", "two lengths", "no colon", "endless"],
)
def test_what_is_not_http_is_refused_and_hung_up(
    peer: Peer, wire: socket.socket, request_bytes: bytes
) -> None:
    if not peer.is_ours:
        pytest.skip("mochiweb, in front of CouchDB, is lenient here")
    wire.sendall(request_bytes)
    status, headers, body = answer(wire)
    assert status in (400, 431)
    assert json.loads(body)["error"] == "bad_request"
    assert headers["connection"] == "close"
    assert wire.recv(1) == b""


def test_connection_that_says_nothing_holds_nothing_up(peer: Peer, wire: socket.socket) -> None:
    silent = [socket.create_connection(peer.socket, timeout=20) for _ in range(50)]
    half = [socket.create_connection(peer.socket, timeout=20) for _ in range(20)]
    for connection in half:
        connection.sendall(b"GET / HTTP/1.1\r\nHos")
    wire.sendall(b"GET /_up HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer(wire)[0] == 200
    for connection in silent + half:
        connection.close()


@pytest.mark.parametrize(
    "target", ["/%ff", "/db/%ff%fe", "/%00", "/..%2f..%2fetc", "/.", "/%2e%2e/%2e%2e/passwd"]
)
def test_tricks_in_paths_are_answered_with_an_error(
    wire: socket.socket, credentials: bytes, target: str
) -> None:
    wire.sendall(f"GET {target} HTTP/1.1\r\n".encode() + credentials + b"\r\n")
    status, _, body = answer(wire)
    assert 400 <= status < 500
    assert {"error", "reason"} <= json.loads(body).keys()


def test_too_large_a_request_is_refused_before_it_is_read(
    peer: Peer, wire: socket.socket, credentials: bytes, db: str
) -> None:
    wire.sendall(
        b"POST " + db.encode() + b"/_bulk_docs HTTP/1.1\r\n" + credentials
        + b"Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{"
    )  # fmt: skip
    status, _, body = answer(wire)
    assert (status, json.loads(body)["error"]) == (413, "too_large")
