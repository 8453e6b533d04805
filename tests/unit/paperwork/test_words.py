"""Amounts in words."""

from __future__ import annotations

import pytest

from paperwork.words import amount_in_words
from receivables.money import Money


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (51378, "USD", "Quinientos trece dólares estadounidenses con 78/100"),
        (100, "USD", "Un dólar estadounidense con 00/100"),
        (5, "USD", "Cero dólares estadounidenses con 05/100"),
        (0, "USD", "Cero dólares estadounidenses con 00/100"),
        (2100, "USD", "Veintiún dólares estadounidenses con 00/100"),
        (3150, "USD", "Treinta y un dólares estadounidenses con 50/100"),
        (10100, "USD", "Ciento un dólares estadounidenses con 00/100"),
        (2100000, "COP", "Veintiún mil pesos colombianos con 00/100"),
        (3100100, "COP", "Treinta y un mil un pesos colombianos con 00/100"),
        (1000000, "CLP", "Un millón de pesos chilenos"),
        (21000000, "CLP", "Veintiún millones de pesos chilenos"),
        (1250001, "CLP", "Un millón doscientos cincuenta mil un pesos chilenos"),
        (1, "PYG", "Un guaraní"),
        (1234, "KWD", "Un KWD con 234/1000"),
    ],
)
def test_spanish_words(minor: int, currency: str, words: str) -> None:
    assert amount_in_words(Money(minor, currency)) == words


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (51378, "USD", "Five hundred and thirteen US dollars and 78/100"),
        (100, "USD", "One US dollar and 00/100"),
        (2, "CLP", "Two Chilean pesos"),
    ],
)
def test_english_words(minor: int, currency: str, words: str) -> None:
    assert amount_in_words(Money(minor, currency), "en") == words


def test_no_paper_states_a_negative_amount() -> None:
    with pytest.raises(ValueError, match="-1"):
        amount_in_words(Money(-1, "USD"))
