"""Receipts into the folder, each file once, and the answers that come back.

    temporary file ──noted in our state──▶ renamed into `salida` ──▶ an answer in `respuestas`

Whoever takes a file may move it away, so the folder cannot tell what was sent: our state does. A file that
is whole on the disk under its temporary name is noted *before* it is renamed. Noted and still under that
name, it was never seen, and whoever comes next renames it; a rename happens once, who else tries finds
nothing to rename. Noted and gone from there, it was delivered, and is never written again.

What the ERP refused is sent again as the next attempt, in a file of its own, once somebody asks for it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from backend import killpoints
from backend.erp.files.entries import file_name, table_of
from backend.erp.files.mapping import FilesMapping, Format
from backend.erp.files.state import Answered, State, note_sent, sent
from backend.erp.files.tables import BrokenFile, TableRow, bring_to_disk, read_table, write_table
from backend.erp.files.templates import ANSWER_FOLDER, ANSWERS, ENTRY, OUT_FOLDER, STATES
from backend.erp.outgoing import Entry
from backend.erp.port import Answer, Pending, Posted, Rejected
from backend.erp.rows import MoneyForm, Row, UnreadableRow

log = logging.getLogger("recaudo.erp")

UNDER_WAY = ".tmp"
COMPLAINT = ".error.txt"


class Outbox:
    """The entries of one company on their way out, and what is answered."""

    def __init__(self, mapping: FilesMapping, state: State) -> None:
        self._mapping = mapping
        self._state = state
        self._out = mapping.folder / OUT_FOLDER
        self._answers = mapping.folder / ANSWER_FOLDER

    def find(self, key: str) -> Answer | None:
        self._take_in_answers()
        attempts = self._state.attempts(key)
        answers = self._state.answers(key)
        for each in answers:
            if each.state == "posted":
                return Posted(number=each.number, posted_at=each.posted_at)
        refused = [each for each in answers if each.attempt >= attempts]
        if refused:
            return Rejected(reason=refused[-1].reason)
        if attempts:
            self._deliver(key, attempts)
            return Pending()
        # Our state may be younger than the folder, restored without it.
        return Pending() if self._path(key, 1).exists() else None

    def post(self, entry: Entry) -> Answer:
        key = entry.key
        answer = self.find(key)
        if isinstance(answer, Posted | Pending):
            return answer
        refused = max((each.attempt for each in self._state.answers(key)), default=0)
        with self._state.writing() as database:
            last = sent(database, key)
            if last <= refused:
                attempt = max(last, refused) + 1
                self._write(entry, attempt)
                note_sent(database, key, attempt)
                last = attempt
        killpoints.reach("erp.files.noted")
        self._deliver(key, last)
        return Pending()

    def _write(self, entry: Entry, attempt: int) -> None:
        path = self._path(entry.key, attempt)
        numbers = self._mapping.format is Format.XLSX
        table = table_of(entry, attempt, decimal=self._mapping.decimal, numbers=numbers)
        write_table(_under_way(path), {ENTRY.name: table})
        killpoints.reach("erp.files.written")

    def _deliver(self, key: str, attempt: int) -> None:
        path = self._path(key, attempt)
        try:
            _under_way(path).replace(path)
        except FileNotFoundError:
            return  # it was delivered, by us or by another job
        bring_to_disk(self._out)
        killpoints.reach("erp.files.delivered")

    def _path(self, key: str, attempt: int) -> Path:
        return self._out / f"{file_name(key, attempt)}.{self._mapping.format}"

    def _take_in_answers(self) -> None:
        """A file of answers counts as a whole or not at all; a complaint about it is laid beside it."""
        known = self._state.answer_files()
        for path in sorted(self._answers.iterdir()):
            if path.suffix.lower() not in (".csv", ".xlsx") or path.name.startswith((".", "~")):
                continue
            found = path.stat()
            look = f"{found.st_size} {found.st_mtime_ns}"
            if known.get(path.name) == look:
                continue
            complaint = path.with_name(path.name + COMPLAINT)
            try:
                answers = self._read_answers(path)
            except BrokenFile as problem:
                log.warning("%s", problem)
                complaint.write_text(f"{problem}\n", encoding="utf-8")
                continue
            self._state.take_in(path.name, look, answers)
            complaint.unlink(missing_ok=True)

    def _read_answers(self, path: Path) -> Sequence[Answered]:
        rows = read_table(path, ANSWERS, encoding=self._mapping.encoding, end_mark=False)
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        answers = []
        for row in rows:
            try:
                answers.append(self._answer(row, written_at))
            except UnreadableRow as problem:
                column = ANSWERS.column_of(str(problem).partition(":")[0].partition(" ")[0])
                where = f"{path.name}, sheet {ANSWERS.name}, row {row.number}, column {column}"
                raise BrokenFile(f"{where}: {problem}") from problem
        return answers

    def _answer(self, row: TableRow, written_at: datetime) -> Answered:
        values = {ANSWERS.field_of(name): value for name, value in row.values.items()}
        values["state"] = STATES.get(str(values.get("state") or "").lower(), values.get("state"))
        fields = Row(values, money=MoneyForm.DECIMAL, currency="XXX", timezone=self._mapping.timezone)
        state = fields.one_of("state", "", "posted", "rejected")
        posted = state == "posted"
        return Answered(
            id=fields.text("id"),
            attempt=fields.whole("attempt") if fields.has("attempt") or not posted else 0,
            state=state,
            number=fields.text("number") if posted else "",
            posted_at=fields.instant("posted_at") if fields.has("posted_at") else written_at,
            reason="" if posted else fields.text("reason"),
        )


def _under_way(path: Path) -> Path:
    """Hidden, so that nobody takes it before it is whole."""
    return path.with_name(f".{path.name}{UNDER_WAY}")
