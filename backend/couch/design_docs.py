"""The design documents of `design_docs/`, brought into the databases they are for.

`design_docs/<database kind>/<name>/views/<view>/{map.js,reduce}` and `validate_doc_update.js` become
`_design/<name>`. A document is written only where it differs: after a write of its views CouchDB reads the
whole database again.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict

FOLDER = Path(__file__).resolve().parents[2] / "design_docs"


class DatabaseKind(StrEnum):
    """Which folder a database's design documents come from."""

    CENTRAL = "central"
    COLLECTOR = "collector"


def read_design_docs(kind: DatabaseKind, folder: Path = FOLDER) -> list[Json]:
    """The design documents of a kind of database, as they stand in the files."""
    return [_read(path) for path in sorted((folder / kind).iterdir()) if path.is_dir()]


def deploy_design_docs(
    couch: Couch, db: str, kind: DatabaseKind, folder: Path = FOLDER, *, only: Collection[str] | None = None
) -> list[str]:
    """Write the design documents that differ from those of `db`, and return the ids of those written.

    `only` names some of the kind's; without it all are meant.
    """
    wanted = [
        document
        for document in read_design_docs(kind, folder)
        if only is None or document["_id"].partition("/")[2] in only
    ]
    return [document["_id"] for document in wanted if _write_if_changed(couch, db, document)]


def _write_if_changed(couch: Couch, db: str, document: Json) -> bool:
    while True:
        stored = couch.get(db, document["_id"])
        rev = stored.pop("_rev") if stored else None
        if stored == document:
            return False
        try:
            couch.put(db, document | ({"_rev": rev} if rev else {}))
        except Conflict:
            continue  # another process deploys at the same time: what it wrote may be what we want
        return True


def _read(path: Path) -> Json:
    document: Json = {"_id": f"_design/{path.name}", "language": "javascript"}
    views = {view.name: _read_view(view) for view in sorted((path / "views").glob("*")) if view.is_dir()}
    if views:
        document["views"] = views
    validation = path / "validate_doc_update.js"
    if validation.exists():
        document["validate_doc_update"] = _text(validation)
    return document


def _read_view(path: Path) -> Json:
    view = {"map": _text(path / "map.js")}
    if (path / "reduce").exists():
        view["reduce"] = _text(path / "reduce")
    return view


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
