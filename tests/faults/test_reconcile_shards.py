"""Collectors shared out over processes: each writes to its own, and together they do all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.reconcile.bulk import write_all
from backend.reconcile.reconciler import run_once
from backend.reconcile.sharding import Shard
from tests.support.reconciling import NOW, Company, a_company, a_server
from tests.support.stack import Stack

SHARDS = [Shard(0, 2), Shard(1, 2)]
ONE, OTHER = "ana", "carla"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, ONE, OTHER) as company:
        company.customer("C1", ONE, "F-1")
        company.customer("C2", OTHER, "F-2")
        yield company


def test_the_two_collectors_of_these_tests_are_in_different_shards() -> None:
    assert [[shard.owns(code) for code in (ONE, OTHER)] for shard in SHARDS] == [[True, False], [False, True]]


def test_a_shard_deals_with_its_own_collectors_only(company: Company) -> None:
    company.push(ONE, company.receipt(ONE, 1))
    company.push(OTHER, company.receipt(OTHER, 1))
    assert run_once(company.couch, company.code, NOW, SHARDS[0]).facts_copied == 1
    assert "customer:C1" in company.phone(ONE)
    assert company.phone(OTHER) == {}


def test_a_customer_that_goes_from_shard_to_shard_arrives_whichever_looks_first(company: Company) -> None:
    for first in (0, 1):
        for collector in (OTHER, ONE):
            company.assign("C1", collector)
            for shard in (SHARDS[first], SHARDS[1 - first]):
                run_once(company.couch, company.code, NOW, shard)
            holders = [code for code in (ONE, OTHER) if "invoice:F-1" in company.phone(code)]
            assert holders == [collector]
            assert company.central("holding:C1")["collectors"] == {collector: True}


def test_one_ill_formed_document_of_many_is_set_aside(company: Company) -> None:
    documents = [{"_id": f"note:x:{number}"} for number in range(9)]
    documents[4] = {"_id": "note:x:4", "_unheard_of": 1}
    outcome = write_all(company.couch, company.code, documents)
    assert [document["_id"] for document, _ in outcome.refused] == ["note:x:4"]
    assert len(outcome.revs) == 8
