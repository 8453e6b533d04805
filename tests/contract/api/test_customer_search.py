"""A search finds a customer by the beginning of any word, wherever the index takes one to begin."""

from __future__ import annotations

import pytest

from tests.support.office import Bearer, Office

NAMES = {
    "C1": "Bodega/Central (Zamora) S.A.",
    "C2": "D'Angelo & Zúñiga, Cía. Ltda.",
    "C3": "Óptica: La Visión",
}


@pytest.fixture(scope="module")
def sofia(office: Office) -> Bearer:
    office.put(
        *(
            {"_id": f"customer:{code}", "schema": 1, "code": code, "name": name, "currency": "USD"}
            for code, name in NAMES.items()
        ),
        {"_id": "assignment:C1", "schema": 1, "customer": "C1", "collector": "ana"},
    )
    return office.as_("sofia")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("central", "C1"),
        ("zamora", "C1"),
        ("(Zamora)", "C1"),
        ("bodega/central", "C1"),
        ("s.a.", "C1"),
        ("angelo", "C2"),
        ("d'angelo zuñ", "C2"),
        ("zuniga cia", "C2"),
        ("optica", "C3"),
        ("vision óptica:", "C3"),
    ],
)
@pytest.mark.parametrize("whose", ["", "ana"])
def test_a_word_begins_after_whatever_parts_it_from_the_one_before(
    sofia: Bearer, query: str, found: str, whose: str
) -> None:
    asked = {"q": query, **({"collector": whose} if whose else {})}
    listed = sofia.read("/customers", query_string=asked)["items"]
    assert [item["code"] for item in listed] == ([found] if not whose or found == "C1" else [])


def test_a_search_for_nothing_but_marks_is_a_search_for_all(sofia: Bearer) -> None:
    assert len(sofia.read("/customers", query_string={"q": "(&)"})["items"]) == len(NAMES)
