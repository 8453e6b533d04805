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
            missing = _picture(letter, photo, x=x, y=top)
            letter.set_y(top + _HEIGHT + 1)
            letter.style(SMALL - 1)
            named = say("photo", number=start + place + 1)
            taken = parse_instant(photo.fact["taken_at"]).astimezone(zone).strftime("%d-%m-%Y %H:%M")
            subject = str(photo.fact["subject"])
            caption = [
                named,
                say.known(f"subject_{subject}", subject),
                taken,
                say.where(photo.fact.get("place")),
            ]
            said = [*caption, say(missing)] if missing else caption
            letter.paragraph(" · ".join(said), x=x, width=_WIDTH)
        letter.set_y(top + _HEIGHT + _CAPTION)


def _picture(letter: Letter, photo: ActaPhoto, *, x: float, y: float) -> str:
    """Draw the picture, or its empty frame; return the phrase that says why it is empty."""
    missing = ""
    if photo.picture is None:
        missing = "photo_missing"
    elif hashlib.sha256(photo.picture).hexdigest() != photo.fact["sha256"] or not is_picture(photo.picture):
        missing = "photo_differs"
    else:
        width, height = size_within(photo.picture, _WIDTH, _HEIGHT)
        letter.image(io.BytesIO(photo.picture), x=x, y=y, w=width, h=height)
    if missing:
        letter.set_draw_color(190)
        letter.set_line_width(0.2)
        letter.rect(x, y, _WIDTH, _HEIGHT)
    return missing
