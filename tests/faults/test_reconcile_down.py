"""Projections come down to whoever holds them now, and leave whoever no longer does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from backend.reconcile.audit import audit
from receivables.papers import remember_former_customer
from tests.support.reconciling import NOW, Company, Json, a_company, a_server
from tests.support.stack import Stack

OF_C1 = {"customer:C1", "invoice:F-1", "invoice:F-2"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno") as company:
        company.customer("C1", "ana", "F-1", "F-2")
        company.customer("C2", "bruno", "F-3")
        company.reconcile()
        yield company


def of_customers(company: Company, collector: str) -> set[str]:
    kinds = ("customer:", "invoice:", "withholding:", "credit_note:", "activity:")
    return {doc_id for doc_id in company.phone(collector) if doc_id.startswith(kinds)}


def revs(company: Company, collector: str) -> dict[str, str]:
    rows = company.couch.all_docs(f"{company.code}-c-{collector}")
    return {row["id"]: row["value"]["rev"] for row in rows}


def test_each_collector_gets_what_is_for_everyone_what_names_it_and_its_customers(company: Company) -> None:
    assert of_customers(company, "ana") == OF_C1
    assert of_customers(company, "bruno") == {"customer:C2", "invoice:F-3"}
    for collector, other in (("ana", "bruno"), ("bruno", "ana")):
        phone = company.phone(collector)
        assert {
            f"company:{company.code}",
            "policy:collection",
            "catalogue:outcomes",
            f"collector:{collector}",
        } <= set(phone)
        assert f"collector:{other}" not in phone
        assert not any(
            doc_id.startswith(("assignment:", "series:", "holding:", "policy:dunning")) for doc_id in phone
        )


def test_a_copy_says_from_which_central_revision_it_was_made_and_has_a_lineage_of_its_own(
    company: Company,
) -> None:
    company.bill("C1", "F-1", balance=5000)
    company.bill("C1", "F-1", balance=4000)
    company.reconcile()
    copy = company.couch.get(f"{company.code}-c-ana", "invoice:F-1")
    source = company.central("invoice:F-1")
    assert copy is not None
    assert (copy["balance"], copy["source_rev"]) == (4000, source["_rev"])
    assert copy["_rev"].startswith("2-")
    assert source["_rev"].startswith("3-")


def test_equal_content_writes_nothing(company: Company) -> None:
    before = revs(company, "ana")
    company.put(company.central("invoice:F-1"))
    assert company.reconcile().written == 0
    assert revs(company, "ana") == before


def test_a_customer_that_changes_hands_leaves_one_phone_and_reaches_the_other_whole(company: Company) -> None:
    company.push("ana", company.fact("note", "ana", customer="C1", text="Perro bravo"))
    company.reconcile()
    company.assign("C1", "bruno")
    company.reconcile()
    assert of_customers(company, "ana") == set()
    assert of_customers(company, "bruno") == OF_C1 | {"customer:C2", "invoice:F-3", "activity:C1"}


def test_a_customer_given_back_unchanged_is_on_the_phone_again(company: Company) -> None:
    before = company.phone("ana")
    for collector in ("bruno", "ana", None, "ana"):
        company.assign("C1", collector)
        company.reconcile()
    assert company.phone("ana") == before
    assert of_customers(company, "bruno") == {"customer:C2", "invoice:F-3"}


def test_a_customer_given_back_before_anybody_looked_never_left(company: Company) -> None:
    before = revs(company, "ana")
    company.assign("C1", "bruno")
    company.assign("C1", "ana")
    company.reconcile()
    assert revs(company, "ana") == before


def test_a_deleted_assignment_and_a_collector_that_cannot_be_leave_the_customer_to_nobody(
    company: Company,
) -> None:
    company.remove("assignment:C1")
    company.assign("C2", "Bruno-1")
    company.reconcile()
    assert of_customers(company, "ana") == of_customers(company, "bruno") == set()


def test_what_is_deleted_centrally_leaves_the_phones(company: Company) -> None:
    company.remove("invoice:F-1")
    company.remove("catalogue:banks")
    company.remove("customer:C2")
    company.reconcile()
    assert of_customers(company, "ana") == OF_C1 - {"invoice:F-1"}
    assert of_customers(company, "bruno") == {"invoice:F-3"}
    assert "catalogue:banks" not in company.phone("ana") | company.phone("bruno")


def test_old_closed_papers_are_not_brought_but_are_kept_up_to_date_where_they_stand(company: Company) -> None:
    company.bill("C1", "F-1", state="paid", balance=0, issued_on="2020-01-01")
    company.bill("C1", "F-8", state="paid", balance=0, issued_on="2020-01-01")
    company.reconcile()
    assert company.phone("ana")["invoice:F-1"]["state"] == "paid"
    assert "invoice:F-8" not in company.phone("ana")
    company.assign("C1", "bruno")
    company.reconcile()
    assert of_customers(company, "ana") == set()
    assert "invoice:F-1" not in company.phone("bruno")


def test_named_projections_go_to_the_collector_they_name(company: Company) -> None:
    company.put({"_id": "route:ana:2026-11-21", "collector": "ana", "stops": []})
    company.put({"_id": "goal:bruno:2026-11", "collector": "bruno", "amount_month": 1})
    company.put({"_id": "posting:RANA:00000001", "collector": "ana", "customer": "C2", "state": "posted"})
    company.reconcile()
    assert {"route:ana:2026-11-21", "posting:RANA:00000001"} <= set(company.phone("ana"))
    assert {"goal:bruno:2026-11"} == set(company.phone("bruno")) & {
        "goal:bruno:2026-11",
        "route:ana:2026-11-21",
    }


def test_a_collector_hired_later_gets_everything_at_once(company: Company) -> None:
    company.assign("C1", "carla")
    company.put({"_id": "route:carla:2026-11-21", "collector": "carla", "stops": []})
    company.put(
        {
            "_id": "posting:RCARLA:00000001",
            "collector": "carla",
            "state": "retry",
            "claimed_at": "2026-11-20T10:00:00Z",
        }
    )
    company.reconcile()  # nobody has a database for carla yet
    assert of_customers(company, "ana") == set()
    company.hire("carla")
    assert company.reconcile().equipped == 1
    assert of_customers(company, "carla") == OF_C1
    assert {"route:carla:2026-11-21", "posting:RCARLA:00000001", "policy:collection"} <= set(
        company.phone("carla")
    )
    company.bill("C1", "F-1", balance=1)
    company.reconcile()
    assert company.phone("carla")["invoice:F-1"]["balance"] == 1


def test_a_database_that_was_lost_and_created_again_is_filled_again(company: Company) -> None:
    before = company.phone("ana")
    company.couch.delete_database(f"{company.code}-c-ana")
    company.hire("ana")
    assert company.reconcile().equipped == 1
    assert company.phone("ana") == before
    company.push("ana", company.receipt("ana", 1))
    assert company.reconcile().facts_copied == 1


def test_a_database_made_anew_gets_the_recent_reversals_of_its_collector(company: Company) -> None:
    void = {"kind": "void", "state": "posted", "customer": "C1", "cause": "wrong_amount"}
    for counter, claimed_at, collector in (
        (1, "2026-11-20T10:00:00Z", "ana"),
        (2, "2020-01-01T10:00:00Z", "ana"),
        (3, "2026-11-20T10:00:00Z", "bruno"),
    ):
        of = f"R{collector.upper()}:{counter:08d}"
        body = {**void, "receipt": f"receipt:{of}", "collector": collector, "claimed_at": claimed_at}
        company.put({"_id": f"reversal:{of}:void", **body})
    company.reconcile()
    company.couch.delete_database(f"{company.code}-c-ana")
    company.hire("ana")
    company.reconcile()
    brought = {doc_id for doc_id in company.phone("ana") if doc_id.startswith("reversal:")}
    assert brought == {"reversal:RANA:00000001:void"}


def test_a_newer_copy_is_never_replaced_by_an_older_source(company: Company) -> None:
    database = f"{company.code}-c-ana"
    copy = company.couch.get(database, "invoice:F-1")
    assert copy is not None
    company.couch.put(database, copy | {"balance": 7, "source_rev": "9-from-a-process-that-knew-more"})
    company.bill("C1", "F-1", balance=5000)
    company.reconcile()
    assert company.phone("ana")["invoice:F-1"]["balance"] == 7


def test_a_projection_that_the_phones_database_refuses_does_not_hold_back_the_rest(company: Company) -> None:
    database = f"{company.code}-c-ana"
    rules = company.couch.get(database, "_design/recaudo")
    assert rules is not None
    hostile = "function (newDoc) { if (newDoc.balance === 13) { throw({forbidden: 'unlucky'}); } }"
    company.couch.put(database, rules | {"validate_doc_update": hostile})
    company.bill("C1", "F-1", balance=13)
    company.bill("C1", "F-2", balance=14)
    company.reconcile()
    phone = company.phone("ana")
    assert (phone["invoice:F-1"]["balance"], phone["invoice:F-2"]["balance"]) == (10000, 14)
    assert [exception["detail"] for exception in company.exceptions("poisoned")] == ["forbidden: unlucky"]


def test_a_second_run_finds_nothing_to_do(company: Company) -> None:
    company.push("ana", company.receipt("ana", 1))
    company.reconcile()
    company.reconcile()
    report = company.reconcile(NOW + timedelta(hours=1))
    assert not report


def test_an_invoice_that_moves_to_another_customer_leaves_the_former_collector(company: Company) -> None:
    company.customer("C3", "ana")
    company.reconcile()
    company.put(_of_another_customer(company, "F-1", "C2"))
    company.put(_of_another_customer(company, "F-2", "C3"))
    company.reconcile()
    assert {"invoice:F-1", "invoice:F-2"} & company.phone("ana").keys() == {"invoice:F-2"}
    assert company.phone("bruno")["invoice:F-1"]["customer"] == "C2"
    company.assign("C1", "bruno")
    company.reconcile()
    assert "invoice:F-2" in company.phone("ana")
    company.put(_of_another_customer(company, "F-1", "C3"))
    company.reconcile()
    assert "invoice:F-1" in company.phone("ana")
    assert "invoice:F-1" not in company.phone("bruno")
    assert audit(company.couch, company.code, NOW) == []


def test_an_invoice_that_moves_while_its_customer_does_is_left_nowhere_else(company: Company) -> None:
    company.customer("C4", None)
    company.reconcile()
    company.put(_of_another_customer(company, "F-1", "C4"))
    company.assign("C1", "bruno")
    company.reconcile()
    assert "invoice:F-1" not in company.phone("ana").keys() | company.phone("bruno").keys()
    assert audit(company.couch, company.code, NOW) == []


def _of_another_customer(company: Company, number: str, customer: str) -> Json:
    """As the import writes it."""
    before = company.central(f"invoice:{number}")
    return remember_former_customer(before, before | {"customer": customer})
