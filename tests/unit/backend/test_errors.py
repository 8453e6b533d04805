"""Every problem of the API can be told in both languages, and is."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from backend.errors import ApiProblem, FieldError
from backend.problems import FIELD_PROBLEMS, LANGUAGES, PROBLEMS

ROOT = Path(__file__).parents[3]
RAISED = re.compile(r'ApiProblem\(\s*"([a-z_]+)"')
FAULTS = re.compile(r'(?:\bfault\(\s*(?:field|"[a-z_]+"),|FieldError\(\s*"[a-z_]+",)\s*"([a-z_]+)"')


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "backend").rglob("*.py"))


def names_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_problem_raised_is_in_the_table() -> None:
    assert set(RAISED.findall(sources())) <= set(PROBLEMS)


def test_every_fault_of_a_field_is_in_the_table() -> None:
    found = set(FAULTS.findall(sources()))
    assert {"missing", "not_a_date", "not_a_cursor"} <= found <= set(FIELD_PROBLEMS)


@pytest.mark.parametrize("code", PROBLEMS)
def test_both_languages_ask_for_the_same_data(code: str) -> None:
    spanish, english = PROBLEMS[code].detail
    assert names_in(spanish) == names_in(english)


@pytest.mark.parametrize("code", FIELD_PROBLEMS)
def test_both_languages_of_a_field_ask_for_the_same_data(code: str) -> None:
    spanish, english = FIELD_PROBLEMS[code]
    assert names_in(spanish) == names_in(english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_has_the_members_of_rfc_9457(language: str) -> None:
    problem = ApiProblem("too_many_attempts", data={"seconds": 30}).to_json(language)
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert problem["status"] == 429
    assert "30" in problem["detail"]


def test_faults_of_fields_stand_beside() -> None:
    problem = ApiProblem(
        "request_invalid", errors=[FieldError("limit", "not_a_number", {"low": 1, "high": 9})]
    )
    assert problem.to_json("en")["errors"] == [
        {"field": "limit", "code": "not_a_number", "detail": "It should be a whole number from 1 to 9."}
    ]
