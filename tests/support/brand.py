"""Logos as a company has them."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageDraw

from paperwork.logo import Logo, read_logo


def a_logo(color: str = "#0B6E4F", *, size: tuple[int, int] = (480, 160)) -> bytes:
    """A PNG: a disc beside two bars on a transparent ground."""
    image = Image.new("RGBA", size, (255, 255, 255, 0))
    draw, (width, height) = ImageDraw.Draw(image), size
    draw.ellipse((4, 4, height - 4, height - 4), fill=color)
    draw.rectangle((height + 10, height // 4, width - 6, height // 2 - 6), fill=color)
    draw.rectangle((height + 10, height // 2 + 6, width * 3 // 4, height * 3 // 4), fill="#20242B")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def a_logo_document(company: str, color: str = "#0B6E4F") -> dict[str, Any]:
    """What the phones of `company` receive."""
    logo = read_logo(a_logo(color))
    assert isinstance(logo, Logo)
    picture = base64.b64encode(logo.picture).decode()
    return {
        "_id": f"logo:{company}", "schema": 1, "picture": picture, "width": logo.width, "height": logo.height
    }  # fmt: skip
