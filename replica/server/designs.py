"""Design documents as the server uses them: parsed once per change, checked before they are stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from replica.errors import BadRequest
from replica.server.javascript.sandbox import Program, ScriptThread
from replica.server.views.builtins import is_builtin
from replica.server.wire import dumps

Json = dict[str, Any]

OBJECT_MEMBERS = ("views", "filters", "lists", "shows", "updates", "options")


class InvalidDesignDocument(BadRequest):
    error = "invalid_design_doc"


class CompilationError(BadRequest):
    error = "compilation_error"


@dataclass(frozen=True, slots=True)
class Design:
    """One stored design document.

    `program` is what its functions run in, `map_program` what its map functions see.
    """

    document: Json
    program: Program
    map_program: Program
    signature: str

    @property
    def id(self) -> str:
        return str(self.document["_id"])

    @property
    def language(self) -> str:
        return str(self.document.get("language", "javascript"))

    @property
    def validate_source(self) -> str | None:
        source = self.document.get("validate_doc_update")
        return source if isinstance(source, str) and self.language == "javascript" else None

    @property
    def views(self) -> dict[str, Json]:
        """The views that can be built: JavaScript with a map function. `lib` is code for `require`, not a
        view.
        """
        found = self.document.get("views")
        if self.language != "javascript" or not isinstance(found, dict):
            return {}
        return {
            name: view
            for name, view in sorted(found.items())
            if name != "lib" and isinstance(view, dict) and isinstance(view.get("map"), str)
        }

    @property
    def options(self) -> Json:
        options = self.document.get("options")
        return options if isinstance(options, dict) else {}


def parse_design(document: Json) -> Design:
    views = document.get("views")
    lib = views.get("lib") if isinstance(views, dict) else None
    signed = dumps(
        [
            document.get("language", "javascript"),
            document.get("options"),
            views,
        ]
    )
    return Design(
        document=document,
        program=Program(dumps(document)),
        map_program=Program(dumps({"_id": document["_id"], "views": {"lib": lib}})),
        signature=hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest(),
    )


def check_design(document: Json, thread: ScriptThread) -> None:
    """Refuse what CouchDB refuses to store: wrong shapes, views that don't compile, unknown built-in reduces.

    Raise `InvalidDesignDocument` or `CompilationError`.
    """
    if document.get("_deleted") is True:
        return
    for member in OBJECT_MEMBERS:
        if not isinstance(document.get(member, {}), dict):
            raise InvalidDesignDocument(f"`{member}` parameter must be an object.")
    for member in ("language", "validate_doc_update"):
        if not isinstance(document.get(member, ""), str):
            raise InvalidDesignDocument(f"`{member}` field must be a string.")
    if document.get("language", "javascript") != "javascript":
        return
    sources: list[str] = []
    for name, view in document.get("views", {}).items():
        if name == "lib":
            continue
        sources += _checked_view(name, view)
    if isinstance(document.get("validate_doc_update"), str):
        sources.append(document["validate_doc_update"])
    if sources:
        try:
            thread.call(Program(dumps(document)), "check", dumps(sources))
        except Exception as failure:
            raise CompilationError(str(failure)) from None


def _checked_view(name: str, view: Any) -> list[str]:
    if not isinstance(view, dict):
        raise InvalidDesignDocument(f"View `{name}` must be an object.")
    sources = []
    for part in ("map", "reduce"):
        source = view.get(part)
        if source is None:
            continue
        if not isinstance(source, str):
            raise InvalidDesignDocument(f"`{part}` in {name} must be a string.")
        if part == "reduce" and source.startswith("_"):
            if not is_builtin(source.strip()):
                raise InvalidDesignDocument(f"`{source}` is not a supported reduce function.")
        else:
            sources.append(source)
    return sources
