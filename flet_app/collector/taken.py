"""Photos that were taken and not recorded yet: on disk at once, so that a phone that dies gives them back.

Local documents of the phone's database, which never travel: one that lists them by form, and one for each
picture, so that a list of six is not rewritten with a megabyte. They turn into facts in the transaction that
records what they show.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from receivables.access import PICTURE
from receivables.documents import parse_instant, rfc3339
from receivables.photos import Source, Taken
from replica import Database

if TYPE_CHECKING:
    from flet_app.collector.store import Transaction

Json = dict[str, Any]

LIST = "photos"


class TakenPhotos:
    """The photos waiting on one phone, by the name of their form. What touches the disk is for a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._forms: dict[str, tuple[Taken, ...]] = {}

    def load(self) -> None:
        kept = (self._database.get_local(LIST) or {}).get("forms") or {}
        self._forms = {name: tuple(map(_read, rows)) for name, rows in kept.items()}

    def of(self, name: str) -> tuple[Taken, ...]:
        """Those of the form `name`, in the order in which they were taken."""
        return self._forms.get(name, ())

    def keep(self, name: str, taken: Taken, picture: bytes) -> None:
        """Write another photo of the form `name` down."""
        left = (*self.of(name), taken)
        with self._database.transaction() as transaction:
            transaction.put_local(_key(taken.ulid), {"picture": base64.b64encode(picture).decode()})
            self._write_list(transaction, name, left)
        self._forms[name] = left

    def drop(self, name: str, ulid: str) -> None:
        """Throw one away; one that is gone already is no error."""
        left = tuple(each for each in self.of(name) if each.ulid != ulid)
        if left == self.of(name):
            return
        with self._database.transaction() as transaction:
            transaction.delete_local(_key(ulid))
            self._write_list(transaction, name, left)
        self._forms[name] = left

    def picture(self, ulid: str) -> bytes | None:
        """The picture of a waiting photo; None where it is gone."""
        waiting = self._database.get_local(_key(ulid))
        return base64.b64decode(waiting["picture"]) if waiting else None

    def record(self, transaction: Transaction, name: str, facts: Iterable[Json]) -> None:
        """Write the photos of the form `name` as `facts`, one for each. Call `forget` once it is on disk.

        A picture that is gone takes its photo along, and nothing else: what it shows is recorded anyway.
        """
        for fact in facts:
            key = _key(str(fact["_id"]).rpartition(":")[2])
            waiting = transaction.get_local(key)
            if waiting is None:
                continue
            attached = {"content_type": "image/jpeg", "data": waiting["picture"]}
            transaction.put({**fact, "_attachments": {PICTURE: attached}})
            transaction.delete_local(key)
        self._write_list(transaction, name, ())

    def forget(self, name: str) -> None:
        """The photos of the form `name` were recorded."""
        self._forms.pop(name, None)

    def _write_list(self, transaction: Transaction, name: str, taken: tuple[Taken, ...]) -> None:
        kept = transaction.get_local(LIST) or {}
        others = {each: rows for each, rows in (kept.get("forms") or {}).items() if each != name}
        rows = {name: [_row(each) for each in taken]} if taken else {}
        transaction.put_local(LIST, {**kept, "forms": {**others, **rows}})


def _key(ulid: str) -> str:
    return f"photo:{ulid}"


def _row(taken: Taken) -> Json:
    return {
        "ulid": taken.ulid, "source": taken.source.value, "taken_at": rfc3339(taken.taken_at),
        "place": None if taken.place is None else dict(taken.place), "bytes": taken.bytes,
        "sha256": taken.sha256,
    }  # fmt: skip


def _read(row: Json) -> Taken:
    return Taken(
        ulid=row["ulid"], source=Source(row["source"]), taken_at=parse_instant(row["taken_at"]),
        place=row["place"], bytes=row["bytes"], sha256=row["sha256"],
    )  # fmt: skip
