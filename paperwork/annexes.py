"""The pictures that go with a record of a visit, two beside each other, each with its time and place."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from paperwork.letter import INNER, MARGIN, SMALL, Doc, Letter
from paperwork.logo import size_within
from paperwork.phrases import Wording
from paperwork.pictures import is_picture
from receivables.documents import parse_instant

_GUTTER = 8.0
_HEIGHT, _WIDTH = 62.0, (INNER - _GUTTER) / 2
_CAPTION = 12.0
_UPRIGHT = 0.6  # of its room, at most, is what an upright picture takes
_BESIDE = 3.0  # white between an upright picture and its caption


@dataclass(frozen=True, slots=True, kw_only=True)
class ActaPhoto:
    """A `photo` fact and its picture (JPEG or PNG), None where this device has only the fact."""

    fact: Doc
    picture: bytes | None


def is_of_visit(visit: Doc, photo: Doc) -> bool:
    """Does a `photo` show something of this visit?"""
    return photo.get("of") in {visit["start"], visit["_id"]}


def draw_annexes(letter: Letter, photos: Sequence[ActaPhoto], say: Wording, zone: ZoneInfo) -> None:
    """Draw the pictures in the order in which they were taken; nothing where there are none."""
    if not photos:
        return
    letter.section(say("annexes"), room=_HEIGHT + _CAPTION)
    ordered = sorted(photos, key=lambda each: (str(each.fact["taken_at"]), str(each.fact["_id"])))
    for start in range(0, len(ordered), 2):
        letter.keep(_HEIGHT + _CAPTION)
        top = letter.get_y()
        for place, photo in enumerate(ordered[start : start + 2]):
            x = MARGIN + place * (_WIDTH + _GUTTER)
            drawn, missing = _picture(letter, photo, x=x, y=top)
            caption = [say("photo", number=start + place + 1), *_about(photo.fact, say, zone)]
            if missing:
                caption.append(say(missing))
            letter.style(SMALL - 1)
            if drawn < _UPRIGHT * _WIDTH:  # an upright picture leaves room at its side
                letter.set_y(top)
                for line in caption:
                    letter.paragraph(line, x=x + drawn + _BESIDE, width=_WIDTH - drawn - _BESIDE)
            else:
                letter.set_y(top + _HEIGHT + 1)
                letter.paragraph(" · ".join(caption), x=x, width=_WIDTH)
        letter.set_y(top + _HEIGHT + _CAPTION)


def _about(photo: Doc, say: Wording, zone: ZoneInfo) -> list[str]:
    """What it shows, when and where it was taken."""
    subject, taken = str(photo["subject"]), parse_instant(photo["taken_at"]).astimezone(zone)
    words = say.known(f"subject_{subject}", subject)
    return [words, taken.strftime("%d-%m-%Y %H:%M"), say.where(photo.get("place"))]


def _picture(letter: Letter, photo: ActaPhoto, *, x: float, y: float) -> tuple[float, str]:
    """Draw the picture, or its empty frame; return its width and the phrase that says why it is empty."""
    missing = _missing(photo)
    if photo.picture is None or missing:
        letter.set_draw_color(190)
        letter.set_line_width(0.2)
        letter.rect(x, y, _WIDTH, _HEIGHT)
        return _WIDTH, missing
    width, height = size_within(photo.picture, _WIDTH, _HEIGHT)
    letter.image(io.BytesIO(photo.picture), x=x, y=y, w=width, h=height)
    return width, ""


def _missing(photo: ActaPhoto) -> str:
    """The phrase that says why a picture can't be shown; empty where it can."""
    if photo.picture is None:
        return "photo_missing"
    if hashlib.sha256(photo.picture).hexdigest() != photo.fact["sha256"] or not is_picture(photo.picture):
        return "photo_differs"
    return ""
