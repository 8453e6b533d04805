"""The design documents: read from their files, documented, and each view says what its README says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import quickjs

from backend.couch.design_docs import FOLDER, DatabaseKind, read_design_docs
from backend.services.customers import plain_words
from receivables.documents import FACT_TYPES

DESIGN_DOCS = {
    document["_id"].partition("/")[2]: document for document in read_design_docs(DatabaseKind.CENTRAL)
}
CENTRAL = DESIGN_DOCS["recaudo"]
VIEWS: dict[str, dict[str, str]] = CENTRAL["views"]
README = (FOLDER / "central" / "recaudo" / "README.md").read_text(encoding="utf-8")

Rows = list[tuple[Any, Any]]


def rows_of(view: str, *documents: dict[str, Any]) -> Rows:
    context = quickjs.Context()
    context.eval(
        f"var rows = []; function emit(k, v) {{ rows.push([k, v]); }} var map = ({VIEWS[view]['map']});"
    )
    for document in documents:
        context.eval(f"map({json.dumps(document)})")
    return [(key, value) for key, value in json.loads(context.eval("JSON.stringify(rows)"))]


def reduced(view: str, values: list[Any]) -> Any:
    context = quickjs.Context()
    context.eval(f"var reduce = ({VIEWS[view]['reduce']});")
    return json.loads(context.eval(f"JSON.stringify(reduce(null, {json.dumps(values)}, false))"))


RECEIPT = {
    "_id": "receipt:R0001:00000004", "collector": "ana", "customer": "C0001",
    "currency": "USD", "total": 500,
    "local_on": "2026-11-21", "created_at": "2026-11-21T15:04:05Z",
    "place": {"lat": 1, "lon": 2, "accuracy": 3},
    "payments": [{"method": "cash", "amount": 300}, {"method": "card", "amount": 200}],
    "allocations": [{"invoice": "F1", "amount": 500}],
}  # fmt: skip
START = {
    "_id": "visit_start:ana:01K0000000000000000000000A", "collector": "ana", "customer": "C0001",
    "place": None, "local_on": "2026-11-21", "created_at": "2026-11-21T15:00:00Z",
}  # fmt: skip
VISIT = {
    "_id": "visit:ana:01K0000000000000000000000B", "collector": "ana", "customer": "C0001",
    "outcome": "paid",
    "start": START["_id"], "place": None, "local_on": "2026-11-21", "created_at": "2026-11-21T15:20:00Z",
}  # fmt: skip
INVOICE = {
    "_id": "invoice:F1", "number": "F1", "customer": "C0001", "due_on": "2026-11-01", "balance": 900,
    "currency": "USD", "state": "open",
}  # fmt: skip
POSTING = {"_id": "posting:R0001:00000004", "customer": "C0001", "collector": "ana", "state": "posted"}
CUSTOMER = {
    "_id": "customer:C0001",
    "code": "C0001",
    "name": "Señora María & Hijos",
    "tax_id": "1790012345001",
}
ALL = [RECEIPT, START, VISIT, INVOICE, POSTING, CUSTOMER, {"_id": "hologram:1"}, {"_id": "_design/recaudo"}]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_takes_every_document_without_failing(view: str) -> None:
    rows_of(view, *ALL)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_in_the_readme(view: str) -> None:
    assert f"| `{view}` |" in README


def test_the_readme_names_no_view_that_is_gone() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE)) == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_written_in_es5(view: str) -> None:
    for source in VIEWS[view].values():
        assert not re.search(r"=>|\blet\b|\bconst\b|`|\.includes\(|\.startsWith\(|\bclass\b|\.\.\.", source)


@pytest.mark.parametrize("view", [view for view in VIEWS if "reduce" in VIEWS[view]])
def test_a_reduce_is_built_in_or_a_function(view: str) -> None:
    assert re.fullmatch(r"_sum|_count|_stats|function .*", VIEWS[view]["reduce"], flags=re.DOTALL)


def test_a_receipt_adds_each_payment_to_its_day_and_method() -> None:
    assert rows_of("totals_by_day_method", RECEIPT, INVOICE) == [
        (["2026-11-21", "USD", "cash"], 300),
        (["2026-11-21", "USD", "card"], 200),
    ]
    assert rows_of("totals_by_day_collector", RECEIPT)[0] == (["2026-11-21", "USD", "ana", "cash"], 300)


def test_a_visit_stands_beside_its_start() -> None:
    keys = [key for key, _ in rows_of("visits_by_day", VISIT, START)]
    assert sorted(keys) == [
        ["2026-11-21", "01K0000000000000000000000A", 0],
        ["2026-11-21", "01K0000000000000000000000A", 1],
    ]


def test_everything_of_a_customer_is_found_under_it() -> None:
    types = [key[1] for key, _ in rows_of("by_customer", *ALL) if key[0] == "C0001"]
    assert sorted(types) == ["customer", "invoice", "posting", "receipt", "visit", "visit_start"]


@pytest.mark.parametrize("changed", [{"state": "paid"}, {"state": "cancelled"}, {"balance": 0}])
def test_only_an_open_invoice_with_a_balance_is_owed(changed: dict[str, Any]) -> None:
    assert rows_of("open_invoices", INVOICE)[0][0] == "C0001"
    assert rows_of("open_invoices", INVOICE | changed) == []
    assert rows_of("invoices_by_due_date", INVOICE | changed) == []


def test_the_words_of_a_customer_are_indexed_as_a_search_reads_them() -> None:
    words = {key[0] for key, _ in rows_of("customers_by_word", CUSTOMER)}
    assert words == {"senora", "maria", "hijos", "c0001", "1790012345001"}
    assert set(plain_words("SEÑORA María hijos C0001")) <= words


def test_the_latest_position_and_the_latest_fact_may_be_of_different_facts() -> None:
    values = [value for _, value in rows_of("positions_by_collector", RECEIPT, START, VISIT)]
    assert reduced("positions_by_collector", values) == {
        "fact_at": "2026-11-21T15:20:00Z",
        "position": {"at": "2026-11-21T15:04:05Z", "lat": 1, "lon": 2, "accuracy": 3},
    }


def test_the_latest_of_latest_is_the_same_in_any_order() -> None:
    values = [value for _, value in rows_of("positions_by_collector", RECEIPT, START, VISIT)]
    once = reduced("positions_by_collector", values)
    parts = [reduced("positions_by_collector", values[:1]), reduced("positions_by_collector", values[1:])]
    assert reduced("positions_by_collector", parts) == reduced("positions_by_collector", parts[::-1]) == once


def test_the_number_of_a_series_is_read_from_its_name() -> None:
    assert rows_of("series_by_number", {"_id": "series:R0012"}) == [(12, None)]


def test_everything_that_is_written_once_is_guarded_at_the_centre() -> None:
    source = DESIGN_DOCS["append_only"]["validate_doc_update"]
    (table,) = re.findall(r"ONCE = \{(.*?)\}", source, re.DOTALL)
    assert set(re.findall(r"(\w+): 1", table)) == FACT_TYPES | {"audit", "series"}
