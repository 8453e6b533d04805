"""Reads tests/data/access_vectors.json: each vector as the exact JSON text of a document and its answer."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "data" / "access_vectors.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessVector:
    """`text` is what travels: numbers are written as the vector says, and a key may stand in it twice."""

    name: str
    text: str
    old: dict[str, Any] | None
    database: str
    roles: list[str]
    expect: str | None


def read_access_vectors() -> list[AccessVector]:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    return [
        AccessVector(
            name=vector["name"],
            text=_text(copy.deepcopy(content["bases"][vector["base"]]), vector),
            old=vector.get("old"),
            database=vector.get("database", content["database"]),
            roles=vector.get("roles", content["roles"]),
            expect=vector["expect"],
        )
        for vector in content["vectors"]
    ]


def _text(document: dict[str, Any], vector: dict[str, Any]) -> str:
    for path, value in vector.get("set", {}).items():
        holder, key = _holder(document, path)
        holder[key] = value
    for path, (letter, times) in vector.get("repeat", {}).items():
        holder, key = _holder(document, path)
        holder[key] = letter * times
    for path in vector.get("remove", ()):
        holder, key = _holder(document, path)
        del holder[key]
    literals = {}
    for path, literal in vector.get("raw", {}).items():
        holder, key = _holder(document, path)
        holder[key] = mark = f"literal {path}"
        literals[json.dumps(mark)] = literal
    text = json.dumps(document)
    for mark, literal in literals.items():
        text = text.replace(mark, literal)
    for key, (first, last) in vector.get("twice", {}).items():
        text = text.replace(f'"{key}": {document[key]}', f'"{key}": {first}, "{key}": {last}')
    return text


def _holder(document: Any, path: str) -> tuple[Any, Any]:
    *way, key = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        document = document[part]
    return document, key
