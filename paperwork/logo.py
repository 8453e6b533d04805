"""A company's logo: from a stranger's file to the small PNG that every screen and paper shows.

The picture is drawn anew, so that what travels to the phones has bounded bytes and sides, no metadata and no
second meaning; the same file gives the same picture.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from paperwork.pictures import is_picture
from receivables.validation import Problem

MAX_FILE_BYTES = 2 * 1024 * 1024
MIN_SIDE, MAX_SIDE = 32, 6000
MAX_PIXELS = 16_000_000
"""Of the file; what unfolds to more is refused before it is unfolded."""

STORED_WIDTH, STORED_HEIGHT = 600, 240
MAX_STORED_BYTES = 48 * 1024
_SHRINK = 0.8
_COLORS = 256

_TOO_LARGE = Problem("logo_too_large", "logo", {"pixels": MAX_SIDE, "megapixels": MAX_PIXELS // 1_000_000})


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG of at most 600 × 240 pixels and 48 KB."""

    picture: bytes
    width: int
    height: int


def read_logo(content: bytes) -> Logo | Problem:
    """The logo in a PNG or JPEG file, or why it can't be one. Never raises."""
    if len(content) > MAX_FILE_BYTES:
        return Problem("logo_too_heavy", "logo", {"max_mb": MAX_FILE_BYTES // 1024 // 1024})
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if fault := _fault(image.width, image.height):
                return fault
            image.load()
            return _drawn_anew(_upright(image))
    except UnidentifiedImageError:
        return Problem("logo_not_a_picture", "logo")
    except Image.DecompressionBombError:
        return _TOO_LARGE
    except (OSError, ValueError, SyntaxError):
        return Problem("logo_broken", "logo")


def logo_in(document: Mapping[str, Any] | None) -> bytes | None:
    """The picture in a `logo:` document; None where there is none that can be drawn.

    A paper is worth more than its decoration: a damaged document only costs the logo.
    """
    data = (document or {}).get("picture")
    if not isinstance(data, str):
        return None
    try:
        picture = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    return picture if is_picture(picture) else None


def size_within(picture: bytes, width: float, height: float) -> tuple[float, float]:
    """Width and height of a picture drawn as large as it fits, in the unit of the room."""
    with Image.open(io.BytesIO(picture)) as image:
        scale = min(width / image.width, height / image.height)
        return image.width * scale, image.height * scale


def _fault(width: int, height: int) -> Problem | None:
    if min(width, height) < MIN_SIDE:
        return Problem("logo_too_small", "logo", {"pixels": MIN_SIDE})
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        return _TOO_LARGE
    return None


def _upright(image: Image.Image) -> Image.Image:
    """As a camera meant it, in red, green, blue, and transparency where the file has any."""
    turned = ImageOps.exif_transpose(image)
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def _drawn_anew(image: Image.Image) -> Logo:
    """The largest picture that fits in our bounds; colours are given up before pixels are."""
    image.thumbnail((STORED_WIDTH, STORED_HEIGHT), Image.Resampling.LANCZOS)
    while True:
        picture = _png(image)
        if len(picture) > MAX_STORED_BYTES:
            picture = _png(image.quantize(_COLORS, method=Image.Quantize.FASTOCTREE))
        if len(picture) <= MAX_STORED_BYTES:
            return Logo(picture, image.width, image.height)
        image = image.resize((max(1, round(image.width * _SHRINK)), max(1, round(image.height * _SHRINK))))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
