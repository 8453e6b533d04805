"""A target that refuses what it is told to, in each of the ways that CouchDB does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from replica.errors import BadRequest, ServerFailure, TooLarge
from replica.peer import Json


class GrumpyPeer:
    """`peer`, but for the documents named here. `rules` is what its design documents are.

    `forbidden` and `busy` refuse one document of a batch; `malformed`, `poisonous` and `most_bytes` refuse
    the whole request, as CouchDB does with 400, 500 and 413; `down` refuses everything with 500.
    """

    def __init__(self, peer: Any) -> None:
        self._peer = peer
        self.forbidden: set[str] = set()
        self.busy: set[str] = set()
        self.malformed: set[str] = set()
        self.poisonous: set[str] = set()
        self.most_bytes = 1 << 30
        self.down = False
        self.rules = "1-a"
        self.batches: list[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name == "forget_origin":
            raise AttributeError(name)
        return getattr(self._peer, name)

    def all_docs(self, *, start_key: str | None = None, end_key: str | None = None) -> Json:
        assert (start_key, end_key) == ("_design/", "_design0")
        return {"rows": [{"id": "_design/rules", "value": {"rev": self.rules}}]}

    def bulk_docs(self, documents: Sequence[Json], *, new_edits: bool = True) -> list[Json]:
        ids = [document["_id"] for document in documents]
        self.batches.append(ids)
        if self.down or self.poisonous & set(ids):
            raise ServerFailure("function_clause")
        if self.malformed & set(ids):
            raise BadRequest("Bad special document member: _field")
        if sum(len(str(document)) for document in documents) > self.most_bytes:
            raise TooLarge("the request entity is too large")
        refused = self.forbidden | self.busy
        taken = [document for document in documents if document["_id"] not in refused]
        answers: list[Json] = self._peer.bulk_docs(taken, new_edits=new_edits)
        for document in documents:
            if document["_id"] in refused:
                forbidden = document["_id"] in self.forbidden
                error, reason = (
                    ("forbidden", "not in these hours") if forbidden else ("os_process_error", "time-out")
                )
                answers.append(
                    {"id": document["_id"], "rev": document["_rev"], "error": error, "reason": reason}
                )
        return answers
