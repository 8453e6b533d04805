"""Amounts as people type them, in a hurry or on purpose: read, or told why not, and never by an error."""

from __future__ import annotations

import pytest

from receivables.messages import sentence
from receivables.money import Money
from receivables.typed_amounts import MOST_TYPED, amount_flaws, read_amount
from receivables.validation import Problem


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1.234,5", 123_450), ("1,234.50", 123_450), ("$ 12", 1_200), ("-5", -500), ("0", 0), ("١٢", 1_200)],
)
def test_what_is_clear_is_read(text: str, minor: int) -> None:
    assert read_amount(text, "USD") == Money(minor, "USD")
    assert amount_flaws(text, "USD") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "amount_unclear"), ("1,234", "amount_unclear"), ("0,001", "amount_unclear"),
        ("1e9", "amount_unclear"), (".", "amount_unclear"), ("doce", "amount_unclear"),
        ("9" * 40, "amount_too_large"), ("9" * 10_000, "amount_too_large"),
        ("1" * 10_000 + ",5", "amount_too_large"), ("90071992547409.91", "amount_too_large"),
    ],
)  # fmt: skip
def test_what_is_not_clear_says_so(text: str, code: str) -> None:
    [problem] = amount_flaws(text, "USD", "cash")
    assert (problem.code, problem.field) == (code, "cash")
    assert len(sentence(problem)) < 120


def test_nothing_typed_is_no_flaw_and_no_amount() -> None:
    assert amount_flaws("  ", "USD") == []
    assert read_amount("", "USD") == Problem("amount_not_positive", "amount")


def test_what_a_form_takes_adds_up() -> None:
    assert sum([Money(MOST_TYPED, "USD")] * 1_000, Money.zero("USD")).minor <= 2**53


def test_the_sentence_says_how_to_write_it() -> None:
    [problem] = amount_flaws("1.234", "USD")
    assert sentence(problem) == (
        "«1.234» se puede leer de dos maneras o no es un monto. Escríbalo sin puntos de miles: 1234,50."
    )
