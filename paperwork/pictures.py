"""Is this a picture that may go on paper? A picture is a stranger's file."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

MAX_PIXELS = 40_000_000
"""A phone's camera takes half of that; a bomb unfolds to much more."""

UNREADABLE = (
    UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, ValueError,
    SyntaxError,
)  # fmt: skip
"""What opening or unfolding a file raises that is no picture, or too much of one."""


def is_picture(content: bytes) -> bool:
    """A whole JPEG or PNG of a bounded size?"""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MAX_PIXELS:
                return False
            image.load()
    except UNREADABLE:
        return False
    return True
