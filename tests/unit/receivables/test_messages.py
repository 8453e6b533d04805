"""Every problem has its sentence, in both languages, and every sentence its problem."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from babel.numbers import format_decimal

import paperwork
from receivables import messages
from receivables.figures import amount_text, date_text, money_text, separators
from receivables.messages import FIELD_NAMES, MESSAGES, sentence
from receivables.money import Money
from receivables.payments import MEANS
from receivables.validation import Problem
from tests.support.builders import TODAY, usd

PACKAGES = (Path(messages.__file__).parent, Path(paperwork.__file__).parent)


def codes_in_the_rules() -> set[str]:
    """The first arguments of `Problem(…)`, both where one is chosen by a condition."""
    found: set[str] = set()
    for path in (path for package in PACKAGES for path in package.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                first = node.args[0]
                branches = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                found |= {branch.value for branch in branches if isinstance(branch, ast.Constant)}
    return found


def test_codes_and_sentences_are_the_same_set() -> None:
    assert codes_in_the_rules() == set(MESSAGES)


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_use_the_same_values(code: str) -> None:
    spanish, english = (
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in MESSAGES[code]
    )
    assert spanish == english
    assert all(text.rstrip().endswith(".") for text in MESSAGES[code])


def test_every_required_field_has_a_name() -> None:
    assert {name for means in MEANS.values() for name in (*means.required, *means.optional)} <= set(
        FIELD_NAMES
    )


@pytest.mark.parametrize(
    ("problem", "locale", "text"),
    [
        (
            Problem("cheque_too_far", "payments.0.cheque_on", {"days": 45, "max_days": 30}),
            "es_EC",
            "El cheque vence en 45 días; el máximo es 30. Cambie la fecha o pida autorización.",
        ),
        (
            Problem(
                "cash_over_cap", "payments", {"cash_minor": 123456, "cap_minor": 100000, "currency": "USD"}
            ),
            "es_EC",
            "El efectivo suma USD\u00a01.234,56; el máximo por recibo es USD\u00a01.000,00. "
            "Reciba el resto por otro medio.",
        ),
        (
            Problem("older_invoice_open", "", {"invoice": "F-1", "due_on": "2026-11-01"}),
            "en",
            "Invoice F-1 was due on 01-11-2026 and must be paid first. Choose it too, or pay the oldest.",
        ),
        (
            Problem("field_missing", "", {"method": "cheque", "name": "drawer"}),
            "es_EC",
            "Falta un dato: girador.",
        ),
        (
            Problem("transfer_in_future", "", {"date": "2026-11-22"}),
            "es_CL",
            "La transferencia tiene fecha futura (22-11-2026). Revise la fecha.",
        ),
    ],
)
def test_sentences_as_people_read_them(problem: Problem, locale: str, text: str) -> None:
    assert sentence(problem, locale=locale) == text


@pytest.mark.parametrize(
    "locale",
    [
        "es_EC",
        "es_CO",
        "es_CL",
        "es_AR",
        "es_PE",
        "es_MX",
        "es_UY",
        "es_PY",
        "es_BO",
        "es_GT",
        "es_ES",
        "en",
        "es",
    ],
)
@pytest.mark.parametrize("minor", [0, 5, 123456, 123456789012, -123456])
def test_figures_are_those_of_cldr(locale: str, minor: int) -> None:
    money = Money(minor, "USD")
    # Spain leaves four-digit numbers ungrouped and Babel follows; on paper a column of amounts groups alike.
    expected = format_decimal(money.to_decimal(), format="#,##0.00", locale=locale)
    assert amount_text(money, locale) == expected


def test_amounts_follow_the_decimals_of_the_currency() -> None:
    assert amount_text(Money(1250000, "CLP"), "es_CL") == "1.250.000"
    assert amount_text(Money(1234, "KWD"), "en") == "1.234"
    assert money_text(usd("0.05"), "es-EC") == "USD\u00a00,05"
    assert separators("es-MX") == (".", ",")
    assert date_text(TODAY) == "21-11-2026"
