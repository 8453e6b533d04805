"""What leads to a customer's door: the newest of what the office sent and of what was found on this phone."""

from __future__ import annotations

from dataclasses import dataclass

from flet_app.collector.portfolio import Json, Portfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`place` is where the door is, `words` how to find it; `photo` is the id of the fact with the picture.

    Each of them may be missing. `is_own` where the photo was taken on this phone, whose database has it.
    """

    place: Json | None
    words: str | None
    photo: str | None
    photo_at: str | None
    is_own: bool


def reference_of(portfolio: Portfolio, customer: str) -> Reference | None:
    """The reference point of `customer`, or None where nobody has found one."""
    office = portfolio.references.get(customer) or {}
    own = [each for each in portfolio.location_updates.values() if each["customer"] == customer]
    ids = {each["_id"] for each in own}
    photos = [each for each in portfolio.photos.values() if each.get("of") in ids]
    point = _newest(office.get("point"), own, "created_at")
    words = _newest(office.get("words"), [each for each in own if each.get("reference")], "created_at")
    photo = _newest(office.get("photo"), photos, "taken_at")
    if not (point or words or photo):
        return None
    return Reference(
        place=point.get("place") if point else None,
        words=(words.get("text") or words.get("reference")) if words else None,
        photo=(photo.get("ref") or photo.get("_id")) if photo else None,
        photo_at=(photo.get("at") or photo.get("taken_at")) if photo else None,
        is_own=bool(photo and "_id" in photo),
    )


def _newest(office: Json | None, own: list[Json], dated: str) -> Json | None:
    """Of the office's part and the phone's own facts the later one; what is both is the phone's own."""
    found = [(str(each[dated]), str(each["_id"]), True, each) for each in own]
    if office:
        found.append((str(office["at"]), str(office["ref"]), False, office))
    return max(found, key=lambda each: each[:3])[3] if found else None
