"""Requests for one changed invoice and for one new receipt, however many collectors there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from backend.reconcile.reconciler import Reconciler
from tests.support.reconciling import NOW, Company, a_company, a_server
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


def cost_of(company: Company, reconciler: Reconciler, *moved: str) -> Counter[str]:
    """Requests by kind until nothing is left to do, with the notices that our own writes cause."""
    seen: Counter[str] = Counter()
    session = company.couch.service.get_http_client()

    def count(response: Any, **_: Any) -> None:
        seen[
            f"{response.request.method} {response.request.path_url.partition('?')[0].rpartition('/')[2]}"
        ] += 1

    session.hooks["response"].append(count)
    try:
        reconciler.follow(moved, NOW)
        reconciler.follow(["c1"], NOW)
    finally:
        session.hooks["response"].remove(count)
    return seen


def costs_with(house: Stack, collectors: int) -> tuple[Counter[str], Counter[str]]:
    codes = [f"c{number}" for number in range(1, collectors + 1)]
    with a_company(house, *codes) as company:
        for number, code in enumerate(codes):
            company.customer(f"K{number}", code, f"F-{number}")
        reconciler = Reconciler(company.couch, company.code)
        reconciler.sweep(NOW)
        company.bill("K0", "F-0", balance=77)
        invoice = cost_of(company, reconciler)
        company.push("c1", company.receipt("c1", 1, customer="K0"))
        receipt = cost_of(company, reconciler, "c1")
        assert company.phone("c1")["invoice:F-0"]["balance"] == 77
        assert company.phone("c1")["received:c1"]["receipts"] == {"RC1": [1]}
    return invoice, receipt


def test_the_cost_of_an_event_does_not_depend_on_how_many_collectors_there_are(house: Stack) -> None:
    few, many = costs_with(house, 2), costs_with(house, 9)
    assert few == many
    assert [each.total() for each in few] <= [9, 20]
