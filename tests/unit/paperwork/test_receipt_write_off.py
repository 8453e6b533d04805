"""A small difference on the customer's paper: which invoice it settles, and what became of it."""

from __future__ import annotations

import pytest

from paperwork.receipt import Paper
from tests.support.builders import Json, a_receipt
from tests.support.pdfs import text_of
from tests.unit.paperwork.test_receipt_paper import paper, view

FORGONE = [{"invoice": "F-1", "amount": 3}]
RECEIPT = a_receipt(4, allocations={"F-1": 29997, "F-2": 21378}, write_offs=FORGONE)


def test_the_difference_is_named_and_its_invoice_is_settled() -> None:
    seen = view(RECEIPT)
    assert seen.sums == (
        ("Diferencia saldada F-1", "0,03"),
        ("Aplicado a facturas", "513,75"),
        ("Saldo a favor", "0,00"),
    )
    assert [(row.before, row.applied, row.after) for row in seen.invoices] == [
        ("300,00", "299,97", "0,00"),
        ("450,00", "213,78", "236,22"),
    ]
    assert seen.total == "USD\u00a0513,75"


def test_the_balance_before_includes_what_the_erp_has_written_off_since() -> None:
    known: dict[str, Json] = {"F-1": {"balance": 0, "reflects": [RECEIPT["_id"]]}}
    first = view(RECEIPT, invoices=known).invoices[0]
    assert (first.before, first.after) == ("300,00", "0,00")


def test_a_difference_that_did_not_stand_is_told() -> None:
    posting = {"state": "posted", "allocations": RECEIPT["allocations"], "on_account": 0}
    told = dict(view(RECEIPT, posting=posting).facts)["Aplicación registrada"].replace("\u00a0", " ")
    assert told == "diferencia saldada F-1: 0,00"
    stands = {**posting, "write_offs": FORGONE}
    assert "Aplicación registrada" not in dict(view(RECEIPT, posting=stands).facts)


@pytest.mark.parametrize("kind", ["a5", "80mm"])
def test_both_papers_print_it(kind: Paper) -> None:
    printed = text_of(paper(kind, RECEIPT))
    assert "DiferenciasaldadaF-1" in printed
    assert "0,03" in printed
