"""One database as the server holds it: the store, who may do what in it, and its design functions.

Every write of the server goes through `write` or `put`, also the server's own replications, so that no
document enters without `validate_doc_update`, no design document without an administrator, and every change
is told to the feeds.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from replica.database import Database
from replica.errors import Forbidden, NotFound
from replica.server.authentication import User
from replica.server.authorization import require_database_admin
from replica.server.catalogue import Catalogue, Options
from replica.server.designs import Design, check_design, parse_design
from replica.server.javascript.sandbox import Program, ScriptFailure, ScriptPool, ScriptThread
from replica.server.mango import MangoIndexes
from replica.server.wire import dumps
from replica.storage.connection import READER_PRAGMAS, connect

Json = dict[str, Any]
Validate = Callable[[Json, Json | None], None]
T = TypeVar("T")
READERS_KEPT = 2


class RefusedByDesign(Forbidden):
    """What a design function threw at one document; the rest of its batch goes on."""

    def __init__(self, failure: ScriptFailure) -> None:
        super().__init__(failure.reason)
        self.error, self.status = failure.error, failure.status


class Moves:
    """Wakes the feeds of one database.

    A feed takes `count` before it reads and waits for another one after.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.count = 0

    def tell(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait(self, seen: int, timeout: float) -> bool:
        """Return True once `count` is not `seen`, False after `timeout` seconds."""
        with self._condition:
            return self._condition.wait_for(lambda: self.count != seen, timeout)


class SystemRules(Protocol):
    """Rules that come with a database's name: those of `_users` and `_replicator`."""

    def prepare(self, document: Json, user: User) -> Json: ...

    def check(self, new: Json, old: Json | None, user: User) -> None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The functions that every write must pass, as (design document's program, source)."""

    validations: tuple[tuple[Program, str], ...]


class ServedDatabase:
    """`deleted` is set when the database goes away under an open feed."""

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        catalogue: Catalogue,
        scripts: ScriptPool,
        told: Callable[[str, str], None],
        own_rules: SystemRules | None,
    ) -> None:
        self.name = name
        self.path = path
        self.store = Database.open(path, name=name)
        self.deleted = threading.Event()
        self.moves = Moves()
        self.compacting = False
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._closed = False
        self._catalogue = catalogue
        self._scripts: ScriptThread = scripts.thread_for(name)
        self._told = told
        self._own_rules = own_rules
        # What was read, and as of which edition: one written meanwhile makes another edition.
        self._edition = object()
        self._designs: tuple[object, dict[str, Design]] = (None, {})
        self._designs_lock = threading.Lock()
        self.mango = MangoIndexes(self)

    @property
    def security(self) -> Json:
        return self._catalogue.security(self.name)

    @property
    def options(self) -> Options:
        return self._catalogue.options(self.name) or Options()

    @property
    def scripts(self) -> ScriptThread:
        return self._scripts

    # -- design documents ------------------------------------------------------------------

    def designs(self) -> dict[str, Design]:
        """All design documents, by id; read again after one of them was written."""
        edition, found = self._designs
        if edition is self._edition:
            return found
        with self._designs_lock:
            edition = self._edition
            listed = self.store.all_docs(start_key="_design/", end_key="_design0", include_docs=True)
            found = {
                row["id"]: parse_design(row["doc"])
                for row in listed["rows"]
                if row["id"].startswith("_design/")
            }
            self._designs = edition, found
        return found

    def design(self, name: str) -> Design:
        """Raise `NotFound` with CouchDB's word where there is none."""
        design = self.designs().get(f"_design/{name}")
        if design is None:
            raise NotFound(self._absence(f"_design/{name}"))
        return design

    def _absence(self, document_id: str) -> str:
        try:
            self.store.get(document_id)
        except NotFound as absence:
            return "deleted" if absence.reason == "deleted" else "missing"
        return "missing"

    # -- writing -----------------------------------------------------------------------------

    def write(self, documents: list[Json], user: User, *, new_edits: bool = True) -> list[Json]:
        """`_bulk_docs`: an entry each, or with `new_edits=False` the failures only."""
        designs = any(str(document.get("_id", "")).startswith("_design/") for document in documents)
        if self._own_rules is not None:
            documents = [self._own_rules.prepare(document, user) for document in documents]
        return self._writing(
            designs,
            user,
            lambda validate: self.store.bulk_docs(documents, new_edits=new_edits, validate=validate),
        )

    def put(self, document: Json, user: User) -> str:
        """Store one document. Raise what refused it."""
        if self._own_rules is not None:
            document = self._own_rules.prepare(document, user)
        return self._writing(
            str(document.get("_id", "")).startswith("_design/"),
            user,
            lambda validate: self.store.put(document, validate=validate),
        )

    def _writing(self, touches_design: bool, user: User, act: Callable[[Validate | None], T]) -> T:
        rules = self._rules()
        validate = self._validation(rules, user, touches_design)
        try:
            if rules.validations or touches_design:
                # On the script thread, so that each document is judged without a hop between threads.
                return self._scripts.run(lambda: act(validate))
            return act(validate)
        finally:
            self.changed(designs=touches_design)

    def _rules(self) -> Rules:
        return Rules(
            tuple(
                (design.program, design.validate_source)
                for design in self.designs().values()
                if design.validate_source is not None
            )
        )

    def _validation(self, rules: Rules, user: User, touches_design: bool) -> Validate | None:
        own = self._own_rules
        if not rules.validations and not touches_design and own is None:
            return None
        context = dumps({"db": self.name, "name": user.name, "roles": list(user.roles)})
        security = dumps(self.security)

        def validate(new: Json, old: Json | None) -> None:
            if new["_id"].startswith("_design/"):
                require_database_admin(user, self.security)
                check_design(new, self._scripts)
                return
            if own is not None:
                own.check(new, old, user)
            if rules.validations:
                self._judge(rules, dumps(new), "null" if old is None else dumps(old), context, security)

        return validate

    def _judge(self, rules: Rules, new: str, old: str, context: str, security: str) -> None:
        for program, source in rules.validations:
            try:
                self._scripts.call(program, "validate", source, new, old, context, security)
            except ScriptFailure as failure:
                raise RefusedByDesign(failure) from None

    def changed(self, *, designs: bool) -> None:
        """Tell the feeds about a change, also one that did not come through `write` or `put` (a purge)."""
        if designs:
            self._edition = object()
        self.moves.tell()
        self._told("updated", self.name)

    # -- reading rows as they lie --------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of our own that only reads, for feeds: kept for the next one, never during a wait."""
        with self._readers_lock:
            connection = self._readers.pop() if self._readers else None
        connection = connection or connect(self.path, READER_PRAGMAS)
        try:
            yield connection
        finally:
            with self._readers_lock:
                keep = not self._closed and len(self._readers) < READERS_KEPT
                if keep:
                    self._readers.append(connection)
            if not keep:
                connection.close()

    def close(self) -> None:
        with self._readers_lock:
            self._closed = True
            for connection in self._readers:
                connection.close()
            self._readers.clear()
        self.store.close()
