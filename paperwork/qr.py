"""A QR code as a picture for a screen (ISO/IEC 18004)."""

from __future__ import annotations

import io

import segno

QUIET = 4  # modules around the code that readers need
SCALE = 8  # pixels of a module


def qr_png(content: str) -> bytes:
    """`content` as a PNG, black on white, level M: a phone reads it from another screen."""
    picture = io.BytesIO()
    segno.make(content, error="m", boost_error=False).save(picture, kind="png", scale=SCALE, border=QUIET)
    return picture.getvalue()
