"""Reading HTTP/1.1 strictly: what could be read in two ways is refused."""

from __future__ import annotations

import io

import pytest

from replica.server.http1 import BadHttp, Body, parse_head


def test_request_line_and_headers_are_taken_apart() -> None:
    head = parse_head(b"PUT /a%2Fb?x=1 HTTP/1.1\r\nHost: h\r\nX-One:  two words \r\nContent-Length: 5")
    assert (head.method, head.target, head.minor, head.length) == ("PUT", "/a%2Fb?x=1", 1, 5)
    assert head.headers == {"HOST": "h", "X_ONE": "two words", "CONTENT_LENGTH": "5"}


def test_repeated_headers_are_joined() -> None:
    head = parse_head(b"GET / HTTP/1.1\r\nAccept: a\r\naccept: b\r\nCookie: x=1\r\nCookie: y=2")
    assert head.headers == {"ACCEPT": "a,b", "COOKIE": "x=1; y=2"}


def test_underscored_names_are_dropped() -> None:
    assert parse_head(b"GET / HTTP/1.1\r\nX_Auth: admin\r\nX-Auth: ana").headers == {"X_AUTH": "ana"}


@pytest.mark.parametrize(
    ("block", "keeps"),
    [
        (b"GET / HTTP/1.1", True),
        (b"GET / HTTP/1.1\r\nConnection: close", False),
        (b"GET / HTTP/1.0", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive", True),
    ],
)
def test_connection_is_kept_as_the_client_asks(block: bytes, keeps: bool) -> None:
    assert parse_head(block).keeps_alive is keeps


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"GET /",
        b"GET / HTTP/2.0",
        b"GET  / HTTP/1.1",
        b"GET / x HTTP/1.1",
        b"G@T / HTTP/1.1",
        b"GET /\xff HTTP/1.1",
        b"GET / HTTP/1.1\r\n folded: line",
        b"GET / HTTP/1.1\r\nA: 1\r\n B",
        b"GET / HTTP/1.1\r\nA : 1",
        b"GET / HTTP/1.1\r\nA",
        b"GET / HTTP/1.1\r\n: 1",
        b"GET / HTTP/1.1\r\nA: \x00",
        b"GET / HTTP/1.1\r\nA: x\rB: y",
        b"GET / HTTP/1.1\r\nA: x\nB: y",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
        b"GET / HTTP/1.1\r\nContent-Length: +1",
        b"GET / HTTP/1.1\r\nContent-Length: 1, 1",
        b"GET / HTTP/1.1\r\nContent-Length: -1",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked",
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(block: bytes) -> None:
    with pytest.raises(BadHttp):
        parse_head(block)


def body(content: bytes, length: int | None, most: int = 1000) -> io.BufferedReader:
    stream = io.BytesIO(content)

    def take_line(_most: int) -> bytes:
        line = stream.readline()
        if not line.endswith(b"\r\n"):
            raise BadHttp(400, "Body cut short.")
        return line[:-2]

    return io.BufferedReader(Body(length, stream.read, take_line, most))


def test_body_of_known_length_stops_there() -> None:
    assert body(b"hello, next request", 5).read() == b"hello"


def test_body_in_chunks_is_put_together() -> None:
    content = b"5\r\nhello\r\n7;ext=1\r\n, world\r\n0\r\nTrailer: x\r\n\r\n"
    assert body(content, None).read() == b"hello, world"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"5\r\nhel",
        b"5\r\nhello",
        b"5\r\nhelloXX0\r\n\r\n",
        b"x\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n",
        b"0x5\r\nhello\r\n",
    ],
)
def test_chunks_that_make_no_sense_are_refused(content: bytes) -> None:
    with pytest.raises(BadHttp):
        body(content, None).read()


def test_chunks_over_the_limit_are_refused() -> None:
    with pytest.raises(BadHttp) as refused:
        body(b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n", None, most=1000).read()
    assert refused.value.status == 413


def test_body_cut_short_is_told() -> None:
    with pytest.raises(BadHttp):
        body(b"hel", 5).read()
