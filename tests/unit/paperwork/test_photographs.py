"""A stranger's picture becomes upright, small, stamped and silent about its owner; others are refused."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from paperwork.photographs import (
    MAX_FILE_BYTES,
    MOST_BYTES,
    develop,
    miniature,
    stamp_lines,
)
from receivables.messages import sentence
from receivables.validation import Problem

STAMP = ["20-11-2026 10:30:00 · C0001", "-0.18000, -78.48000 ±12 m"]
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def jpeg(image: Image.Image, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=90, **options)  # type: ignore[arg-type]
    return written.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.effect_noise((width, height), 90).convert("RGB")


def developed(content: bytes, stamp: list[str] | None = None) -> Image.Image:
    made = develop(content, STAMP if stamp is None else stamp)
    assert isinstance(made, bytes), made
    assert len(made) <= MOST_BYTES
    return Image.open(io.BytesIO(made))


def claims(width: int, height: int) -> bytes:
    """A PNG that says to be so large and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def test_a_picture_held_sideways_is_turned_upright() -> None:
    image = Image.new("RGB", (400, 200), "blue")
    image.paste("red", (0, 0, 200, 200))  # left half red: on top once the camera's turn is undone
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    made = developed(jpeg(image, exif=exif), stamp=[])
    assert made.size == (200, 400)
    red, _green, blue = made.convert("RGB").getpixel((100, 40))  # type: ignore[misc]
    assert red > 200 > 60 > blue
    assert ORIENTATION not in made.getexif()


def test_place_and_owner_leave_the_file() -> None:
    exif = Image.Exif()
    exif[MAKE] = "Secret Phone of Ana"
    exif.get_ifd(GPS)[1] = "S"
    exif.get_ifd(GPS)[2] = (0.0, 10.0, 48.0)
    original = jpeg(noise(300, 200), exif=exif, comment=b"private words")
    assert b"Secret Phone" in original
    assert b"private words" in original
    made = develop(original, STAMP)
    assert isinstance(made, bytes)
    assert not Image.open(io.BytesIO(made)).getexif()
    assert not any(each in made for each in (b"Exif", b"Secret", b"private words", b"http://ns.adobe.com"))


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1281, 40), (640, 480)])
def test_even_noise_fits_the_way(size: tuple[int, int]) -> None:
    made = developed(jpeg(noise(*size)))
    assert max(made.size) <= 1280
    assert abs(made.width / made.height - size[0] / size[1]) < 0.05 * size[0] / size[1]


def test_a_small_picture_is_not_blown_up() -> None:
    assert developed(jpeg(Image.new("RGB", (90, 60), "green"))).size == (90, 60)


def test_the_stamp_is_at_the_foot_and_the_rest_is_left_alone() -> None:
    plain = Image.new("RGB", (1200, 900), (120, 160, 200))
    made = developed(jpeg(plain)).convert("RGB")
    colors = made.getcolors(1_000_000)
    assert colors is not None
    foot = made.crop((0, 820, 1200, 900)).convert("L")
    low, high = foot.getextrema()
    assert low < 90  # the band
    assert high > 240  # the letters
    above = made.crop((0, 0, 1200, 700)).convert("L").getextrema()
    assert above[1] - above[0] < 12  # type: ignore[operator]


def test_a_long_stamp_shrinks_instead_of_leaving_the_picture() -> None:
    narrow = Image.new("RGB", (150, 400), "white")
    made = developed(jpeg(narrow)).convert("L")
    right = made.crop((146, 382, 150, 398)).getextrema()
    assert right[1] < 200  # type: ignore[operator]  # no letter is cut at the edge


def test_what_is_transparent_is_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(written, "PNG")
    assert developed(written.getvalue(), stamp=[]).convert("L").getextrema()[0] > 250  # type: ignore[operator]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_unreadable"),
        (b"<svg onload='alert(1)'/>", "picture_unreadable"),
        (b"%PDF-1.7 whatever", "picture_unreadable"),
        (jpeg(noise(200, 200))[:2000], "picture_unreadable"),
        (claims(9_000, 9_000), "picture_too_many_pixels"),
        (claims(60_000, 60_000), "picture_unreadable"),
        (claims(2_000, 2_000), "picture_unreadable"),
        (b"\0" * (MAX_FILE_BYTES + 1), "picture_too_large"),
    ],
    ids=["empty", "svg", "pdf", "cut", "large", "bomb", "hollow", "heavy"],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes, code: str) -> None:
    found = develop(content, STAMP)
    assert isinstance(found, Problem)
    assert found.code == code
    assert sentence(found, locale="es_EC").endswith(".")
    assert miniature(content, 320, 20_000) is None


def test_a_miniature_is_small_and_silent() -> None:
    made = miniature(jpeg(noise(2000, 1500)), 480, 24_000)
    assert made is not None
    assert max(Image.open(io.BytesIO(made)).size) == 480
    assert len(made) < 60_000


def test_the_stamp_says_when_on_the_companys_clock_of_whom_and_where() -> None:
    at = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    place = {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False}

    def lines(**changed: object) -> list[str]:
        asked = {"code": "C0001", "at": at, "zone": ZoneInfo("America/Guayaquil"), "place": place}
        return stamp_lines(**{**asked, "attached": False, "language": "es", **changed})  # type: ignore[arg-type]

    assert lines() == STAMP
    assert lines(place=None)[1] == "sin posición"
    assert lines(place={**place, "mock": True})[1].endswith("(simulada)")
    assert lines(attached=True)[0] == "Archivo adjunto · 20-11-2026 10:30:00 · C0001"
    assert lines(attached=True, language="en")[0].startswith("File attached · ")
