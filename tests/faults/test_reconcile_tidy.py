"""Old facts and closed papers leave the phone's database once nothing is computed from them, no sooner."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backend.config import Settings
from backend.couch.client import connect
from backend.killpoints import KILL_STATUS
from backend.reconcile.tidying import tidy
from backend.services.assignments import PhoneFull, assign
from receivables.assignments import DOCUMENTS_MANY, DOCUMENTS_TOO_MANY
from receivables.cash import cash_session, plan_close
from receivables.documents import Author
from receivables.identifiers import collector_database
from tests.support.builders import QUITO
from tests.support.reconciling import NOW, Company, Json, a_company, a_server
from tests.support.stack import Stack

LATER = NOW + timedelta(days=100)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana") as company:
        company.customer("C1", "ana", "F-1", "F-2")
        company.bill("C1", "F-3", state="paid", balance=0)
        company.put({"_id": "route:ana:2026-11-21", "schema": 1, "collector": "ana", "stops": []})
        company.put({"_id": "goal:ana:2026-11", "schema": 1, "collector": "ana"})
        company.put({"_id": "performance:ana:2026-11", "schema": 1, "collector": "ana"})
        company.reconcile()
        yield company


def held(company: Company) -> set[str]:
    rows = company.couch.all_docs(collector_database(company.code, "ana"))
    kinds = ("receipt:", "note:", "invoice:", "route:", "goal:", "performance:")
    return {row["id"] for row in rows if row["id"].startswith(kinds)}


def tombstones(company: Company) -> int:
    info = company.couch.database_info(collector_database(company.code, "ana"))
    assert info
    return int(info["doc_del_count"])


def test_old_facts_are_purged_without_a_tombstone_and_stay_at_the_centre(company: Company) -> None:
    facts = [company.fact("note", "ana", customer="C1", text=f"nota {number}") for number in range(230)]
    company.push("ana", *facts)
    company.reconcile()
    before = company.facts()
    assert tidy(company.couch, company.code, NOW.date()).facts == 0
    assert tidy(company.couch, company.code, LATER.date()).facts == 230
    assert not {each for each in held(company) if each.startswith("note:")}
    assert tombstones(company) == 4  # the closed paper, the route, the goal and the results
    assert company.facts() == before
    report = company.reconcile(LATER)
    assert (report.facts_copied, report.facts_parked) == (0, 0)
    assert company.facts() == before
    told = company.phone("ana")["received:ana"]
    assert (told["kept_since"], told["waiting"]) == ("2026-12-29", [])
    assert tidy(company.couch, company.code, LATER.date()).facts == 0


def test_what_the_centre_lacks_and_money_that_still_counts_is_kept(company: Company) -> None:
    paid = company.receipt("ana", 1, created_at="2026-11-20T15:04:05Z", local_on="2026-11-20")
    running = company.receipt("ana", 2)
    company.push("ana", paid, a_close_of(company, paid), running)
    company.reconcile()
    assert tidy(company.couch, company.code, LATER.date()).facts == 0, "the ERP has not answered"
    for receipt in (paid, running):
        key = receipt["_id"].partition(":")[2]
        posted = {"receipt": receipt["_id"], "collector": "ana", "state": "posted"}
        company.put({"_id": f"posting:{key}", "claimed_at": "2026-11-21T16:00:00Z", **posted})
    unread = company.fact("note", "ana", customer="C1", text="no ha llegado")
    company.push("ana", unread)
    assert tidy(company.couch, company.code, LATER.date()).facts == 1
    assert company.central("received:ana")["waiting"] == [unread["_id"]]
    assert paid["_id"] not in held(company)
    assert {running["_id"], unread["_id"]} <= held(company)


def a_close_of(company: Company, *receipts: Json) -> Json:
    """Of what the collector holds, handed over on the evening of the 20th."""
    evening = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    signed = {"name": "Ana Paredes", "strokes": [[1, 2, 3, 4]]}
    running = cash_session(receipts, [], [], [], currency="USD")
    closing = plan_close(
        running, counted=running.expected, denominations={}, reason="", signature=signed, receiver=signed,
        author=Author(
            company=company.code, collector="ana", device="01KDEVICE", ulid="01KAKYX7M90000000000000001",
            now=evening, zone=QUITO,
        ),
    )  # fmt: skip
    assert isinstance(closing, dict), closing
    return closing


def test_a_closed_paper_leaves_after_its_time_and_comes_back_when_it_is_opened(company: Company) -> None:
    month = {"goal:ana:2026-11", "performance:ana:2026-11"}
    assert {"invoice:F-3", "route:ana:2026-11-21"} | month <= held(company)
    assert tidy(company.couch, company.code, LATER.date()).papers == 4
    assert held(company) == {"invoice:F-1", "invoice:F-2"}
    company.reconcile(LATER)
    assert held(company) == {"invoice:F-1", "invoice:F-2"}
    company.bill("C1", "F-3", state="open", balance=500)
    company.reconcile(LATER)
    assert "invoice:F-3" in held(company)


@pytest.mark.parametrize("point", ["tidy.facts_purged", "tidy.papers_removed"])
def test_killed_at_any_point_the_next_run_finishes(company: Company, point: str) -> None:
    company.push("ana", *(company.fact("note", "ana", customer="C1", text="x") for _ in range(120)))
    company.reconcile()
    process = multiprocessing.get_context("fork").Process(
        target=_tidy_and_die, args=(company.settings, company.code, point)
    )
    process.start()
    process.join(30)
    assert process.exitcode == KILL_STATUS
    tidy(company.couch, company.code, LATER.date())
    assert held(company) == {"invoice:F-1", "invoice:F-2"}
    assert len(company.facts()) == 120


def _tidy_and_die(settings: Settings, code: str, point: str) -> None:
    os.environ["RECAUDO_KILL_AT"] = point
    with connect(settings) as couch:
        tidy(couch, code, LATER.date())
    os._exit(0)


def fill(company: Company, documents: int) -> None:
    database = collector_database(company.code, "ana")
    for start in range(0, documents, 5000):
        some = range(start, min(start + 5000, documents))
        company.couch.bulk(database, [{"_id": f"activity:X{number}"} for number in some])


def test_the_office_is_told_once_of_a_phone_with_too_many_documents(company: Company) -> None:
    company.reconcile()
    assert company.exceptions("documents_many") == []
    fill(company, DOCUMENTS_MANY)
    company.reconcile()
    company.reconcile()
    [told] = company.exceptions("documents_many")
    assert told["collector"] == "ana"
    assert told["evidence"]["documents"] >= DOCUMENTS_MANY


def test_nobody_is_given_a_customer_whom_the_phone_has_no_room_for(company: Company) -> None:
    company.customer("C2", None, "F-9")
    fill(company, DOCUMENTS_TOO_MANY - 3)
    with pytest.raises(PhoneFull):
        assign(company.couch, company.code, customer="C2", collector="ana", by="sofia", now=NOW)
    assert company.central("assignment:C2")["collector"] is None
    assign(company.couch, company.code, customer="C1", collector="ana", by="sofia", now=NOW)


def test_where_a_collector_went_leaves_the_centre_after_the_companys_days(company: Company) -> None:
    position = ["2026-11-21T15:04:05Z", -0.18, -78.48, 12.0]
    track, note = company.fact("track", "ana", positions=[position]), company.fact("note", "ana", text="x")
    company.push("ana", track, {**note, "customer": "C1"})
    company.reconcile()
    company.put({"_id": "policy:tracking", "schema": 1, "retention_days": 80})
    assert tidy(company.couch, company.code, (NOW + timedelta(days=79)).date()).tracks == 0
    assert track["_id"] in company.facts()
    assert tidy(company.couch, company.code, (NOW + timedelta(days=82)).date()).tracks == 1
    assert track["_id"] not in company.facts()
    assert note["_id"] in company.facts(), "other facts stay"
    assert company.reconcile(LATER).facts_copied == 0, "and nobody brings it back"


def test_tracks_are_never_dropped_while_phones_would_bring_them_back(company: Company) -> None:
    position = ["2026-11-21T15:04:05Z", -0.18, -78.48, 12.0]
    company.push("ana", company.fact("track", "ana", positions=[position]))
    company.reconcile()
    company.put({"_id": "policy:tracking", "schema": 1, "retention_days": 1})
    assert tidy(company.couch, company.code, (NOW + timedelta(days=60)).date()).tracks == 0
