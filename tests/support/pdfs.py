"""Reading our PDFs back: the text of their pages and their look as a picture."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2


def text_of(pdf: bytes) -> str:
    """All text, pages in order, without white space: a value may break over lines."""
    return re.sub(r"\s+", "", "".join(page_texts(pdf)))


def page_texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def picture_of(pdf: bytes, *, page: int = 0, dots_per_inch: int = 200) -> Any:
    """A page as a Pillow image."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=dots_per_inch / 72).to_pil()
    finally:
        document.close()
