"""Tables into pages: what a file says that the last one did not, and what it no longer says."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.erp.files.exports import Export, file_in_force, read_export
from backend.erp.files.lines import Line
from backend.erp.files.mapping import FilesMapping
from backend.erp.files.state import State
from backend.erp.files.tables import BrokenFile
from backend.erp.files.templates import IN, IN_FOLDER
from backend.erp.port import Cursor, Held, Kind, Page, Unreadable

log = logging.getLogger("recaudo.erp")

Clock = Callable[[], float]

EMPTY = Page(records=(), unreadable=(), cursor=None, last=True)
_TOWARDS = ">"
# Fewer than these may go at once without anybody asking.
SMALL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """A finished run stands at version `since`; one under way goes from there `towards` another."""

    since: str
    towards: str = ""
    place: int = 0

    @classmethod
    def of(cls, cursor: Cursor | None) -> _Position:
        if cursor is None:
            return cls(since="")
        since, under_way, towards = cursor.changed.partition(_TOWARDS)
        return cls(since=since, towards=towards, place=int(cursor.key) if under_way else 0)


class Inbox:
    """The files of one company. Keeps the last one that it read, for a page comes after another."""

    def __init__(self, mapping: FilesMapping, state: State, *, clock: Clock = time.time) -> None:
        self._mapping = mapping
        self._state = state
        self._clock = clock
        self._kept: tuple[object, Export] | None = None
        self._compared: tuple[tuple[Kind, str, str], Sequence[Line], Sequence[str]] | None = None

    def read(self, kind: Kind, after: Cursor | None) -> Page:
        """The next page. A file that cannot be used is one unreadable record, named after its sheet."""
        position = _Position.of(after)
        try:
            export = self._export(kind)
            if export is None:
                return EMPTY
            changed, gone = self._changes(kind, export, position.since)
        except BrokenFile as problem:
            log.warning("%s", problem)
            self._state.complain(kind)
            return Page(
                records=(),
                unreadable=(Unreadable(key=IN[kind].name, reason=str(problem)),),
                cursor=None,
                last=True,
            )
        healed = (IN[kind].name,) if self._state.settle_complaint(kind) else ()
        start = position.place if position.towards == export.version else 0
        lines = changed[start : start + self._mapping.page_size]
        end = start + len(lines)
        last = end >= len(changed)
        deleted = (*healed, *(gone if start == 0 else ()))
        if not lines and not deleted:
            return EMPTY
        here = f"{position.since}{_TOWARDS}{export.version}"
        return Page(
            records=[line.record for line in lines if line.record],
            unreadable=[Unreadable(key=line.key, reason=line.problem) for line in lines if not line.record],
            deleted=deleted,
            cursor=Cursor(changed=export.version if last else here, key="" if last else str(end)),
            last=last,
        )

    def snapshot(self, kind: Kind) -> list[Held] | None:
        """Everything that the file holds; None while that is not clear to the last row."""
        try:
            export = self._export(kind)
        except BrokenFile:
            return None
        if export is None or any(line.held is None for line in export.lines):
            return None
        return [line.held for line in export.lines if line.held]

    def _export(self, kind: Kind) -> Export | None:
        path = file_in_force(self._mapping.folder / IN_FOLDER, kind)
        if path is None:
            return None
        found = path.stat()
        if abs(self._clock() - found.st_mtime) < self._mapping.settle:
            return None  # it may still be written to
        look = (path, found.st_size, found.st_mtime_ns, found.st_ino)
        if self._kept is None or self._kept[0] != look:
            self._kept = (look, read_export(path, kind, self._mapping))
        return self._kept[1]

    def _changes(self, kind: Kind, export: Export, since: str) -> tuple[Sequence[Line], Sequence[str]]:
        """The lines that differ from the version `since`, and the keys that are no longer there."""
        if since == export.version:
            return (), ()
        about = (kind, since, export.version)
        if self._compared and self._compared[0] == about:
            return self._compared[1:]
        before = self._state.digests(kind, since)
        now = {line.key: line.digest for line in export.lines}
        changed = [line for line in export.lines if before.get(line.key) != line.digest]
        # Of a row without a key nobody knows whose it is: what is missing may be that one.
        gone = sorted(before.keys() - now.keys()) if all(line.keyed for line in export.lines) else []
        if len(gone) > max(SMALL, len(before) // 2) and not self._mapping.may_shrink:
            raise BrokenFile(
                f"{export.name}: {len(gone)} of the {len(before)} records of the last file are gone, so it is"
                " taken for a part of one; if they are really gone, set in.may_shrink"
            )
        self._state.keep(kind, export.version, now, beside=since)
        self._compared = (about, changed, gone)
        return changed, gone
