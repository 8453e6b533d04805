"""A logo file is a stranger's: it is drawn anew, small, or refused with a reason that a person can act on."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib

import pytest
from PIL import Image

from paperwork.logo import (
    MAX_FILE_BYTES,
    MAX_STORED_BYTES,
    STORED_HEIGHT,
    STORED_WIDTH,
    Logo,
    logo_in,
    read_logo,
)
from receivables.messages import sentence
from receivables.validation import Problem


def file_of(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb() -> bytes:
    """Some kilobytes of PNG that say they are 30,000 by 30,000 pixels."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(30_001 * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refused(content: bytes) -> str:
    problem = read_logo(content)
    assert isinstance(problem, Problem)
    assert "{" not in sentence(problem, locale="es_EC") + sentence(problem, locale="en")
    return problem.code


@pytest.mark.parametrize("size", [(32, 32), (600, 240), (4000, 300), (300, 4000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_kept_is_a_small_png_with_the_files_proportions(size: tuple[int, int], kind: str) -> None:
    logo = read_logo(file_of(Image.new("RGB", size, "#0B6E4F"), kind))
    assert isinstance(logo, Logo)
    with Image.open(io.BytesIO(logo.picture)) as kept:
        assert kept.format == "PNG"
        assert kept.size == (logo.width, logo.height)
    assert logo.width <= STORED_WIDTH
    assert logo.height <= STORED_HEIGHT
    assert logo.width / logo.height == pytest.approx(size[0] / size[1], rel=0.1)


def test_a_photograph_becomes_as_light_as_a_drawing() -> None:
    logo = read_logo(file_of(noise(700, 290), "JPEG", quality=60))
    assert isinstance(logo, Logo)
    assert len(logo.picture) <= MAX_STORED_BYTES
    assert logo.width >= 100


def test_transparency_stays_and_metadata_does_not() -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 32, 64))
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    logo = read_logo(file_of(image, exif=exif))
    assert isinstance(logo, Logo)
    assert b"where it was taken" not in logo.picture
    with Image.open(io.BytesIO(logo.picture)) as kept:
        rgba = kept.convert("RGBA")
        assert rgba.getpixel((5, 5)) == (255, 0, 0, 255)
        assert rgba.getpixel((60, 5))[3] == 0


def test_a_camera_that_lay_on_its_side_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    logo = read_logo(file_of(Image.new("RGB", (100, 50)), "JPEG", exif=exif))
    assert isinstance(logo, Logo)
    assert (logo.width, logo.height) == (50, 100)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_every_kind_of_colours_can_be_drawn(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert isinstance(read_logo(file_of(Image.new(mode, (40, 40)), kind)), Logo)


def test_the_same_file_gives_the_same_picture() -> None:
    content = file_of(noise(300, 200))
    assert read_logo(content) == read_logo(content)


def test_what_is_not_a_logo_says_why() -> None:
    png = file_of(noise(200, 100))
    assert (
        refused(b"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'/>") == "logo_not_a_picture"
    )
    assert refused(file_of(noise(64, 64), "GIF")) == "logo_not_a_picture"
    assert refused(b"") == "logo_not_a_picture"
    assert refused(png[: len(png) // 2]) == "logo_broken"
    assert refused(png[:60] + b"\x00" * 40 + png[100:]) == "logo_broken"
    assert refused(bomb()) == "logo_too_large"
    assert refused(file_of(Image.new("L", (6001, 40)))) == "logo_too_large"
    assert refused(file_of(Image.new("L", (500, 31)))) == "logo_too_small"
    assert refused(b"\x89PNG" + bytes(MAX_FILE_BYTES)) == "logo_too_heavy"


def test_a_damaged_document_only_costs_the_logo() -> None:
    picture = file_of(noise(64, 64))
    assert logo_in({"picture": base64.b64encode(picture).decode()}) == picture
    for document in (None, {}, {"picture": None}, {"picture": "é"}, {"picture": "AAAA"}, {"picture": 7}):
        assert logo_in(document) is None
