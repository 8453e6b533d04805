"""A stranger's picture made into evidence: upright, small, without what its file knew, stamped on its face.

A photo of a camera carries the owner's name, the serial number and the place in its metadata and ten
megabytes of detail. What goes to the office carries nothing but the picture, and says on the picture itself
when, where and of whom it was taken. Bytes in, bytes out; nothing here reads a clock or a file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from paperwork.phrases import Wording
from paperwork.pictures import MAX_PIXELS, UNREADABLE
from receivables.validation import Problem

MAX_FILE_BYTES = 25 * 1024 * 1024
"""A phone's camera writes a third of that at its best quality."""

MOST_BYTES = 150 * 1024
"""What one photo may cost on the way: half a minute on the worst link that still carries data."""

_SIDES = (1280, 1024, 800, 640, 480, 320)
_QUALITIES = (82, 70, 58, 45)
_FORMATS = ("JPEG", "PNG", "WEBP")
_FONT = Path(__file__).parent / "fonts" / "DejaVuSansCondensed-Bold.ttf"


def develop(content: bytes, stamp: Sequence[str]) -> bytes | Problem:
    """A JPEG of at most 1280 pixels and `MOST_BYTES`, with the lines of `stamp` along its foot.

    A Problem where `content` is no whole picture of a bounded size.
    """
    opened = _read(content, _SIDES[0])
    if isinstance(opened, Problem):
        return opened
    made = b""
    for side in _SIDES:
        picture = _within(opened, side)
        _stamp(picture, stamp)
        for quality in _QUALITIES:
            made = _jpeg(picture, quality)
            if len(made) <= MOST_BYTES:
                return made
    return made


def miniature(content: bytes, side: int, most_bytes: int) -> bytes | None:
    """A JPEG of at most `side` pixels and about `most_bytes`, or None where `content` is no picture."""
    opened = _read(content, side)
    if isinstance(opened, Problem):
        return None
    picture = _within(opened, side)
    made = b""
    for quality in (75, 60, 45, 30, 20):
        made = _jpeg(picture, quality)
        if len(made) <= most_bytes:
            break
    return made


def stamp_lines(
    *,
    code: str,
    at: datetime,
    zone: tzinfo,
    place: Mapping[str, Any] | None,
    attached: bool,
    language: str,
) -> list[str]:
    """What stands on the picture: when on the company's clock, of whom, where.

    `attached` says that the picture came from a file, so that its instant is the one at which it was added.
    """
    say, when = Wording(language, {}), at.astimezone(zone).strftime("%d-%m-%Y %H:%M:%S")
    first = [say("attached")] if attached else []
    return [" · ".join([*first, when, code]), say.where(place)]


def _read(content: bytes, side: int) -> Image.Image | Problem:
    if len(content) > MAX_FILE_BYTES:
        return Problem("picture_too_large", "photo", {"megabytes": MAX_FILE_BYTES // 1024**2})
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return Problem("picture_too_many_pixels", "photo", {"megapixels": MAX_PIXELS // 1_000_000})
            image.draft("RGB", (side, side))  # a JPEG is unfolded no larger than it is needed
            image.load()
            return _flat(ImageOps.exif_transpose(image))
    except (*UNREADABLE, MemoryError):
        return Problem("picture_unreadable", "photo")


def _flat(image: Image.Image) -> Image.Image:
    """In red, green and blue, on white where it was transparent, and without metadata."""
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat = image.convert("RGB")
    flat.info = {}  # comments and profiles would be saved again
    return flat


def _within(image: Image.Image, side: int) -> Image.Image:
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return copy


def _stamp(picture: Image.Image, lines: Sequence[str]) -> None:
    """White letters on a dark band: legible on snow and at night."""
    if not lines:
        return
    size = max(11, max(picture.size) // 36)
    widest = max(_font(size).getlength(line) for line in lines)
    if widest > picture.width - size:
        size = max(8, int(size * (picture.width - size) / widest))
    font, step = _font(size), round(size * 1.3)
    height = step * len(lines) + size // 2
    band = Image.new("RGB", (picture.width, height), "black")
    top = max(0, picture.height - height)
    below = picture.crop((0, top, picture.width, top + height))
    picture.paste(Image.blend(below, band, 0.62), (0, top))
    draw = ImageDraw.Draw(picture)
    for index, line in enumerate(lines):
        draw.text((size // 2, top + size // 4 + step * index), line, font=font, fill="white")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
