"""Taking photos and looking at them: developed and on disk before a screen shows them; no network needed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from flet_app.collector.actions.authorship import Album, author_of, authorship, pen, readership
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.store import Store
from paperwork.photographs import develop, miniature, stamp_lines
from receivables.access import PICTURE
from receivables.photos import Source, Taken, one_more
from receivables.validation import Problem
from replica.errors import NotFound

THUMBNAIL_SIDE, THUMBNAIL_BYTES = 240, 16 * 1024


async def take_photo(
    phone: Phone,
    album: Album,
    content: bytes,
    *,
    source: Source,
    place: Mapping[str, Any] | None,
    code: str,
    language: str,
) -> Problem | None:
    """Develop `content`, stamped with now, `place` and `code`, and keep it for the form of `album`.

    Return why not: it is no picture, or there are enough. It is on disk when this returns.
    """
    store, enrolment = authorship(phone)
    if problem := one_more(store.taken.of(album.name), album.most):
        return problem
    author = author_of(phone, enrolment)
    stamp = stamp_lines(
        code=code, at=author.now, zone=author.zone, place=place, attached=source is Source.FILE,
        language=language,
    )  # fmt: skip
    picture = await asyncio.to_thread(develop, content, stamp)  # a second of work; a receipt does not wait
    if isinstance(picture, Problem):
        return picture
    taken = Taken(
        ulid=author.ulid, source=source, taken_at=author.now, place=place, bytes=len(picture),
        sha256=hashlib.sha256(picture).hexdigest(),
    )  # fmt: skip
    async with phone.writing:
        if problem := one_more(store.taken.of(album.name), album.most):
            return problem
        await asyncio.to_thread(store.taken.keep, album.name, taken, picture)
    return None


async def drop_photo(phone: Phone, album: Album, ulid: str) -> None:
    """Throw away a photo that is not recorded yet."""
    async with pen(phone) as (store, _enrolment):
        await asyncio.to_thread(store.taken.drop, album.name, ulid)


async def drop_album(phone: Phone, album: Album) -> None:
    """Throw away every photo of a form that will not be recorded."""
    store, _enrolment = readership(phone)
    async with phone.writing:
        for each in store.taken.of(album.name):
            await asyncio.to_thread(store.taken.drop, album.name, each.ulid)


def waiting_thumbnail(store: Store, ulid: str) -> bytes | None:
    """A small picture of a photo that is not recorded yet; reads the disk."""
    return _small(store.taken.picture(ulid))


def photos_of(portfolio: Portfolio, fact: str) -> list[str]:
    """Ids of the photos of a fact that this phone has, in the order in which they were taken."""
    found = [photo for photo in portfolio.photos.values() if photo.get("of") == fact]
    return [each["_id"] for each in sorted(found, key=lambda each: (each["taken_at"], each["_id"]))]


def picture_of(store: Store, photo: str) -> bytes | None:
    """The picture of a recorded photo as it was taken, None where this phone has only the fact; reads the
    disk.
    """
    try:
        return store.database.get_attachment(photo, PICTURE).read()
    except NotFound:
        return None


def thumbnail_of(store: Store, photo: str) -> bytes | None:
    """A small picture of a recorded photo; reads the disk."""
    return _small(picture_of(store, photo))


def _small(picture: bytes | None) -> bytes | None:
    return miniature(picture, THUMBNAIL_SIDE, THUMBNAIL_BYTES) if picture else None
