"""A paper as pictures: its recorded pages, drawn with the same fonts, for a screen that can't show PDFs."""

from __future__ import annotations

import io
import re
from functools import cache
from math import ceil
from typing import assert_never

from PIL import Image, ImageDraw, ImageFont

from paperwork.recording import Bars, Box, Mark, Page, Picture, Stamp, Stroke, Words
from paperwork.sheet import FONT_FILES

DOTS_PER_INCH = 150
"""Small print can be read when the page is shown larger; an A4 stays below 250 KB."""

_MM = 25.4
_FINER = 2  # drawn in finer dots and averaged, so that hairlines and bars keep their weight
_EM = 2048  # units of our fonts: at this size nothing is rounded


def png_of(page: Page, *, dots_per_inch: float | None = None) -> bytes:
    """One page as a PNG on white."""
    image = draw(page, dots_per_inch=dots_per_inch)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=4)
    return out.getvalue()


def draw(page: Page, *, dots_per_inch: float | None = None) -> Image.Image:
    """The page on white, with as many dots as it needs unless it is told."""
    scale = _FINER * (dots_per_inch or needed_dots_per_inch(page)) / _MM
    image = Image.new("RGB", (round(page.width * scale), round(page.height * scale)), "white")
    for mark in page.marks:
        _draw(image, mark, scale)
    return image.reduce(_FINER)


def needed_dots_per_inch(page: Page) -> float:
    """At least `DOTS_PER_INCH`, and so many that the modules of a bar code are whole dots.

    A reader tells bars of one, two, three and four modules apart; where a module is one dot and a half it
    can't.
    """
    modules = [mark.module for mark in page.marks if isinstance(mark, Bars)]
    return max((ceil(each * DOTS_PER_INCH / _MM) / each * _MM for each in modules), default=DOTS_PER_INCH)


def _draw(image: Image.Image, mark: Mark, scale: float) -> None:
    pen = ImageDraw.Draw(image)
    match mark:
        case Words():
            _words(pen, mark, scale)
        case Box():
            _box(pen, mark, scale)
        case Bars():
            _bars(pen, mark, scale)
        case Stroke():
            points = [(x * scale, y * scale) for x, y in mark.points]
            pen.line(points, fill=mark.color, width=max(1, round(mark.line * scale)), joint="curve")
        case Picture():
            _picture(image, mark, scale)
        case Stamp():
            _stamp(image, mark, scale)
        case _:
            assert_never(mark)


def _words(pen: ImageDraw.ImageDraw, words: Words, scale: float) -> None:
    """Letter by letter where the paper has them: a text of whole dots would grow beyond its column."""
    size = _pixels(words.size, scale)
    font, x = _font(words.bold, size), words.x * scale
    for letter in words.text:
        pen.text((x, words.y * scale), letter, fill=words.color, font=font, anchor="ls")
        x += _advance(words.bold, letter) * size


def _box(pen: ImageDraw.ImageDraw, box: Box, scale: float) -> None:
    left, top = box.x * scale, box.y * scale
    right, bottom = (box.x + box.width) * scale, (box.y + box.height) * scale
    if box.filled:
        # whole dots, so that the modules of a code leave no white hair between them
        corners = (
            round(left),
            round(top),
            max(round(left), round(right) - 1),
            max(round(top), round(bottom) - 1),
        )
        pen.rectangle(corners, fill=box.color)
    else:
        width = max(1, round(box.line * scale))
        pen.rounded_rectangle((left, top, right, bottom), box.radius * scale, outline=box.color, width=width)


def _bars(pen: ImageDraw.ImageDraw, bars: Bars, scale: float) -> None:
    """Every bar begins and ends with a dot of the finished picture, as far as modules are whole dots."""
    first = round(bars.x * scale / _FINER) * _FINER
    top, bottom = round(bars.y * scale), round((bars.y + bars.height) * scale) - 1
    for bar in re.finditer("1+", bars.modules):
        left, right = (first + round(place * bars.module * scale) for place in bar.span())
        pen.rectangle((left, top, max(left, right - 1), bottom), fill=bars.color)


def _picture(image: Image.Image, mark: Picture, scale: float) -> None:
    with Image.open(io.BytesIO(mark.content)) as opened:
        fit = min(mark.width / opened.width, mark.height / opened.height) * scale
        size = (max(1, round(opened.width * fit)), max(1, round(opened.height * fit)))
        drawn = opened.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    left = (mark.x + mark.width / 2) * scale - size[0] / 2
    top = (mark.y + mark.height / 2) * scale - size[1] / 2
    image.paste(drawn, (round(left), round(top)), drawn)


def _stamp(image: Image.Image, mark: Stamp, scale: float) -> None:
    layer = Image.new("L", image.size, 0)
    middle = (image.width / 2, image.height / 2)
    font = _font(bold=True, size=_pixels(mark.size, scale))
    ImageDraw.Draw(layer).text(middle, mark.text, fill=round(mark.opacity * 255), font=font, anchor="ms")
    layer = layer.rotate(mark.angle, Image.Resampling.BICUBIC, center=middle)
    image.paste(mark.color, (0, 0, *image.size), layer)


def _pixels(points: float, scale: float) -> float:
    return points / 72 * _MM * scale


@cache
def _advance(bold: bool, letter: str) -> float:
    """How far a letter moves the next one, in sizes of the font."""
    return _font(bold, _EM).getlength(letter) / _EM


@cache
def _font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    # the plain layout is what fpdf2 does, and the only one that every build of Pillow has
    return ImageFont.truetype(FONT_FILES["B" if bold else ""], size, layout_engine=ImageFont.Layout.BASIC)
