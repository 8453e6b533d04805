"""Splitting multipart bodies, however they arrive."""

from __future__ import annotations

import io

import pytest

from replica.errors import BadRequest
from replica.server.multipart import PartReader, boundary_of


class Trickle(io.BytesIO):
    """Gives a few bytes at a time, as a slow network does."""

    def __init__(self, content: bytes, step: int) -> None:
        super().__init__(content)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self._step, size) if size and size > 0 else self._step)


CONTENT = (
    b"preamble\r\n--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\n"
    b'Content-Disposition: attachment; filename="a b.txt"\r\n\r\nline\r\n--not\r\nend\r\n'
    b"--b\r\n\r\n\r\n--b--\r\n"
)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_parts_are_the_same_however_they_arrive(step: int) -> None:
    parts = [(part.headers, part.read()) for part in PartReader(Trickle(CONTENT, step), "b")]
    assert [body for _, body in parts] == [b"{}", b"line\r\n--not\r\nend", b""]
    assert parts[0][0] == {"content-type": "application/json"}


def test_part_knows_its_name() -> None:
    parts = []
    for part in PartReader(io.BytesIO(CONTENT), "b"):
        parts.append(part.filename)
        part.read()
    assert parts == [None, "a b.txt", None]


def test_body_that_nobody_reads_is_skipped() -> None:
    assert len(list(PartReader(io.BytesIO(CONTENT), "b"))) == 3


@pytest.mark.parametrize("cut", [20, 60, 100, len(CONTENT) - 6])
def test_body_cut_short_is_told(cut: int) -> None:
    with pytest.raises(BadRequest):
        for part in PartReader(io.BytesIO(CONTENT[:cut]), "b"):
            part.read()


def test_boundary_is_read_from_the_header() -> None:
    assert boundary_of('multipart/related; boundary="x y"') == "x y"
    with pytest.raises(BadRequest):
        boundary_of("multipart/related")
