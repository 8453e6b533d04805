"""What the apps say: complete in Spanish, and figures as the country writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flet_app.i18n import Texts, catalogue

APP = Path(__file__).parents[3] / "flet_app"
ECUADOR = Texts(locale="es_EC", timezone="America/Guayaquil", domains=("collector", "shared"))
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def keys_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every sentence that code in `folder` asks for by `t("…")` or `n("…", "…", …)`."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"t", "n"} and isinstance(node.args[0].value, str):
                yield node.args[0].value, path


def test_every_sentence_of_the_collector_is_there_in_spanish() -> None:
    spanish = {**catalogue("es", "shared"), **catalogue("es", "collector")}
    missing = {f"{path.name}: {key}" for key, path in keys_in(APP / "collector") if key not in spanish}
    assert not missing


@pytest.mark.parametrize("domain", ["collector", "supervisor", "shared"])
def test_a_catalogue_holds_each_sentence_once_and_none_that_nobody_says(domain: str) -> None:
    text = (APP / "locales" / "es" / "LC_MESSAGES" / f"{domain}.po").read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert sorted(keys) == sorted(set(keys))
    said = {
        node.value.strip()
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {key for key in catalogue("es", domain) if key.strip() not in said} == set()


@pytest.mark.parametrize("domain", ["collector", "supervisor", "shared"])
def test_a_translation_keeps_the_names_of_its_values(domain: str) -> None:
    for key, translation in catalogue("es", domain).items():
        for form in translation if isinstance(translation, tuple) else (translation,):
            assert set(PLACEHOLDER.findall(form)) <= set(PLACEHOLDER.findall(key)), key


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (124050, "USD", "$ 1.240,50"),
        (-5, "USD", "-$ 0,05"),
        (0, "USD", "$ 0,00"),
        (12500, "CLP", "CLP 12.500"),
    ],
)
def test_money_has_all_the_decimals_of_its_currency(minor: int, currency: str, text: str) -> None:
    assert ECUADOR.money(minor, currency).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("513,78", 51378), ("513.78", 51378), ("1.240,50", 124050), ("1.240", None), ("", None)],
)
def test_a_typed_amount_is_read_or_refused_but_never_guessed(typed: str, minor: int | None) -> None:
    assert ECUADOR.parse_amount(typed, "USD") == minor


def test_dates_and_times_are_those_of_the_company() -> None:
    late = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    assert ECUADOR.day(date(2025, 1, 27)) == "27 ene 2025"
    assert ECUADOR.moment(late, now=late) == "22:30"
    assert ECUADOR.ago(timedelta(minutes=3)) == "hace 3 minutos"


def test_english_is_the_language_of_the_keys_and_its_customs_are_its_own() -> None:
    english = Texts(locale="en_EC", domains=("collector",))
    assert english.t("Start visit") == "Start visit"
    assert english.n("{count} customer", "{count} customers", 2) == "2 customers"
    assert english.money(124050, "USD").replace("\u00a0", " ") == "$ 1,240.50"
