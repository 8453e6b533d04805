"""What a phone needs first is listed for it: the day's route, its customers in order, with their papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.reconciling import NOW, Company, a_company, a_server
from tests.support.stack import Stack

TODAY = NOW.date()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno") as company:
        company.customer("C1", "ana", "F-1")
        company.bill("C1", "F-0", state="paid", balance=0, issued_on="2020-01-01")
        company.customer("C2", "ana", "F-2", "F-3")
        company.customer("C3", "ana", "F-4")
        company.reconcile()
        yield company


def route(company: Company, collector: str, *customers: str, days: int = 0) -> None:
    on = (TODAY + timedelta(days=days)).isoformat()
    company.put(
        {
            "_id": f"route:{collector}:{on}",
            "schema": 1,
            "collector": collector,
            "route_on": on,
            "stops": [{"customer": customer, "origin": "plan"} for customer in customers],
        }
    )


def listed(company: Company, collector: str) -> list[str]:
    ids: list[str] = company.phone(collector)[f"manifest:{collector}"]["ids"]
    return ids


def test_a_route_lists_its_customers_in_order_with_their_open_papers(company: Company) -> None:
    route(company, "ana", "C2", "C1")
    route(company, "ana", "C3", days=-3)
    company.reconcile()
    assert listed(company, "ana") == [
        f"company:{company.code}",
        "policy:collection",
        "policy:tracking",
        "collector:ana",
        f"route:ana:{TODAY}",
        "customer:C2",
        "activity:C2",
        "consents:C2",
        "invoice:F-2",
        "invoice:F-3",
        "customer:C1",
        "activity:C1",
        "consents:C1",
        "invoice:F-1",
    ]
    assert "manifest:bruno" not in company.phone("bruno")
    route(company, "ana", "C3")
    company.reconcile()
    assert "customer:C3" in listed(company, "ana")
    assert "customer:C1" not in listed(company, "ana")


def test_a_route_that_changes_nothing_and_one_of_nobody_write_nothing(company: Company) -> None:
    route(company, "ana", "C1")
    company.reconcile()
    before = company.central("manifest:ana")
    company.put(company.central(f"route:ana:{TODAY}") | {"note": "otra vez"})
    stray: Any = {"_id": "route:NOBODY:2026-11-21", "stops": [{"customer": "C1"}]}
    company.put(stray)
    company.reconcile()
    assert company.central("manifest:ana") == before


def test_a_new_database_of_the_collector_is_equipped_with_the_list(company: Company) -> None:
    route(company, "ana", "C1")
    company.reconcile()
    company.couch.delete_database(f"{company.code}-c-ana")
    company.hire("ana")
    company.reconcile()
    assert "customer:C1" in listed(company, "ana")
