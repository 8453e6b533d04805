"""Every refusal of the API on one page, as problem documents (RFC 9457) in Spanish and English.

`code` is the stable word that a program reads; `title` names the kind, `detail` says what is wrong and what
to do. Problems of single fields carry `errors: [{field, code, detail}]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.problems import FIELD_PROBLEMS, LANGUAGES, PROBLEMS

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request; `field` is its name or path."""

    field: str
    code: str
    data: Mapping[str, Any] | None = None


class ApiProblem(Exception):
    """A refusal by code of `PROBLEMS`; `headers` go with the response."""

    def __init__(
        self,
        code: str,
        *,
        data: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.data = dict(data or {})
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return PROBLEMS[self.code].status

    def to_json(self, language: str) -> dict[str, Any]:
        """The problem document in `language`, one of LANGUAGES."""
        spoken = LANGUAGES.index(language)
        entry = PROBLEMS[self.code]
        document: dict[str, Any] = {
            "type": f"urn:recaudo:problem:{self.code}",
            "title": entry.title[spoken],
            "status": entry.status,
            "detail": entry.detail[spoken].format(**self.data),
            "code": self.code,
        }
        if self.errors:
            document["errors"] = [
                {
                    "field": error.field,
                    "code": error.code,
                    "detail": FIELD_PROBLEMS[error.code][spoken].format(**(error.data or {})),
                }
                for error in self.errors
            ]
        return document
