"""Facts go up once and only once, whatever is written beside them and whatever happens meanwhile."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

import pytest

from backend.reconcile.reconciler import Reconciler, Report
from backend.reconcile.sharding import bucket_of
from tests.support.reconciling import NOW, Company, a_company, a_server, rev_of
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno") as company:
        company.customer("C1", "ana", "F-1")
        company.reconcile()
        yield company


def test_a_fact_goes_up_with_the_revision_it_was_born_with_and_only_once(company: Company) -> None:
    [rev] = company.push("ana", company.receipt("ana", 1))
    assert company.reconcile().facts_copied == 1
    assert company.facts() == {"receipt:RANA:00000001": rev}
    assert company.reconcile().facts_copied == 0


def test_the_phone_learns_what_the_centre_has_and_what_was_done_at_its_customer(company: Company) -> None:
    company.push(
        "ana", company.receipt("ana", 1), company.fact("note", "ana", customer="C1", text="Perro bravo")
    )
    company.reconcile()
    phone = company.phone("ana")
    assert phone["received:ana"]["receipts"] == {"RANA": [1]}
    assert len(phone["received:ana"]["others"]) == 1
    assert {item["kind"]: item["text"] for item in phone["activity:C1"]["items"]} == {
        "receipt": "RANA-00000001 · 50.00 USD",
        "note": "Perro bravo",
    }
    assert "received:ana" not in company.phone("bruno")


def test_what_else_a_collector_records_goes_up_and_shows_at_the_customer(company: Company) -> None:
    told = {"customer": "C1", "amount": 1050, "currency": "USD"}
    company.push(
        "ana",
        company.fact("dispute", "ana", **told, invoice="F-1", reason="quantity", text="Faltan dos cajas"),
        company.fact(
            "informed_payment", "ana", **told, invoices=["F-1"], paid_on="2026-11-19", bank=None,
            reference="778", text="",
        ),
        company.fact(
            "deposit", "ana", currency="USD", total=500, cash=500, cheques=[], bank="Pichincha", account=None,
            number="D-1", deposited_on="2026-11-21",
        ),
        company.fact(
            "planned_stop", "ana", route_on="2026-11-22", customer="C1", change="add", position=None
        ),
    )  # fmt: skip
    assert company.reconcile().facts_copied == 4
    phone = company.phone("ana")
    assert len(phone["received:ana"]["others"]) == 4
    assert {item["kind"]: item["text"] for item in phone["activity:C1"]["items"]} == {
        "dispute": "F-1 · 10.50 USD · quantity · Faltan dos cajas",
        "informed_payment": "10.50 USD · 2026-11-19 · 778",
    }


def test_photos_go_up_with_their_pictures_and_hold_back_nothing_else(company: Company) -> None:
    jpeg = b"\xff\xd8\xff picture"
    body = {
        "customer": "C1", "of": None, "subject": "visit", "taken_at": "2026-11-21T15:04:05Z", "place": None,
        "bytes": len(jpeg), "sha256": hashlib.sha256(jpeg).hexdigest(),
    }  # fmt: skip
    photos = [company.fact("photo", "ana", **body) for _ in range(3)]
    attached = {"picture": {"content_type": "image/jpeg", "data": base64.b64encode(jpeg).decode()}}
    company.push("ana", *({**photo, "_attachments": attached} for photo in photos), company.receipt("ana", 1))
    assert company.reconcile().facts_copied == 4
    assert company.reconcile().facts_copied == 0
    assert not company.exceptions()
    for photo in photos:
        found = company.central(photo["_id"])["_attachments"]["picture"]
        assert (found["content_type"], found["length"]) == ("image/jpeg", len(jpeg))


def test_a_picture_that_is_too_large_is_parked_without_being_read(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CouchDB takes a gigabyte; a process of all companies that read it would be gone, again and again."""
    monkeypatch.setattr("backend.reconcile.admission.LARGEST_PICTURE", 100)
    body = {
        "customer": "C1", "of": None, "subject": "visit", "taken_at": "2026-11-21T15:04:05Z", "place": None,
        "bytes": 9, "sha256": "a" * 64,
    }  # fmt: skip
    small, large = (
        company.fact("photo", "ana", **body)
        | {"_attachments": {"picture": {"content_type": "image/jpeg", "data": data}}}
        for data in (base64.b64encode(bytes(100)).decode(), base64.b64encode(bytes(101)).decode())
    )
    company.push("ana", large, small)
    assert company.reconcile().facts_copied == 1
    assert company.central(small["_id"])
    assert company.couch.get(company.code, large["_id"]) is None
    [parked] = company.exceptions("poisoned")
    assert (parked["detail"], parked["evidence"]["id"]) == ("picture_too_large: _attachments", large["_id"])


def test_a_second_body_is_parked_with_both_and_never_replaces_the_first(company: Company) -> None:
    [first] = company.push("ana", company.receipt("ana", 1))
    company.reconcile()
    [second] = company.push("ana", company.receipt("ana", 1, allocations={"F-1": 999999}))
    assert company.reconcile().facts_parked == 1
    assert company.facts() == {"receipt:RANA:00000001": first}
    [exception] = company.exceptions()
    assert exception["_id"] == f"exception:second_leaf:receipt:RANA:00000001:{second}"
    totals = {name: json.loads(text)["total"] for name, text in exception["evidence"].items()}
    assert totals == {"accepted": 5000, "further": 999999}


def test_of_two_bodies_that_arrive_together_one_enters_and_the_other_is_parked(company: Company) -> None:
    twins = [company.receipt("ana", 1), company.receipt("ana", 1, allocations={"F-1": 700})]
    company.push("ana", *twins)
    company.reconcile()
    assert company.facts() == {"receipt:RANA:00000001": min(map(rev_of, twins))}
    assert [exception["kind"] for exception in company.exceptions()] == ["second_leaf"]


def test_a_receipt_of_another_collectors_series_is_parked_and_the_rest_goes_on(company: Company) -> None:
    stray = company.receipt("bruno", 1, collector="ana")
    company.push("ana", stray, company.receipt("ana", 1))
    assert company.reconcile().facts_copied == 1
    assert list(company.facts()) == ["receipt:RANA:00000001"]
    [exception] = company.exceptions("poisoned")
    assert (exception["detail"], exception["receipt"], exception["collector"]) == (
        "foreign_series: series", "receipt:RBRUNO:00000001", "ana",
    )  # fmt: skip
    assert json.loads(exception["evidence"]["document"])["total"] == 5000


@pytest.mark.parametrize("noticed", [False, True], ids=["sweep", "notice"])
def test_a_database_that_was_restored_alone_is_read_again_from_its_beginning(
    company: Company, noticed: bool
) -> None:
    reconciler = Reconciler(company.couch, company.code)
    reconciler.sweep(NOW)
    key = f"reconcile-up-{bucket_of('ana'):02d}"
    read = company.couch.get_local(company.code, key)
    assert read is not None
    number, _, rest = read["collectors"]["ana"]["since"].partition("-")
    ahead = "-".join(filter(None, [str(int(number) + 50), rest]))
    read["collectors"]["ana"]["since"] = ahead  # as it stood before the database went back to a backup
    company.couch.put_local(company.code, key, read)
    company.push("ana", company.receipt("ana", 1))
    late = Reconciler(company.couch, company.code)
    report = late.follow(["ana"], NOW) if noticed else Report()
    report.facts_copied += late.sweep(NOW).facts_copied
    assert report.facts_copied == 1
    assert company.reconcile().equipped == 0, "it is read again once"


def test_a_receipt_of_a_series_nobody_has_waits_for_the_series_while_the_rest_goes_on(
    company: Company,
) -> None:
    series = company.central("series:RANA")
    company.remove("series:RANA")  # as in a backup from before the phone was enrolled
    company.push("ana", company.receipt("ana", 1), company.fact("note", "ana", customer="C1", text="Tarde"))
    for copied in (1, 0):
        report = company.reconcile()
        assert (report.facts_copied, report.failed) == (copied, ("ana",))
    assert company.exceptions() == []
    company.couch.put(company.code, {name: series[name] for name in ("_id", "device", "collector")})
    report = company.reconcile()
    assert (report.facts_copied, report.failed) == (1, ())
    assert "receipt:RANA:00000001" in company.facts()


def test_malformed_facts_are_parked_once_and_the_rest_goes_on(company: Company) -> None:
    database = f"{company.code}-c-ana"
    rules = company.couch.get(database, "_design/recaudo")
    assert rules is not None
    del rules["validate_doc_update"]  # a hole such as a half-made database has
    company.couch.put(database, rules)
    spoiled = [
        company.receipt("ana", 1, total="mucho"),
        company.receipt("ana", 2, payments=[{"method": "cash", "amount": 1}]),
        company.fact("note", "ana", customer="C1", text="x" * 90_000),
        {"_id": "receipt:", "text": "?"},
        {"_id": "visit:ana", "collector": ["ana"], "company": None},
        company.fact("note", "ana", customer="C1", text="vale")
        | {"_id": "note:bruno:01KAKYX7M80000000000000099"},
    ]
    company.push("ana", *spoiled, company.fact("note", "ana", customer="C1", text="Perro bravo"))
    for _ in range(2):
        company.reconcile()
        assert len(company.exceptions("poisoned")) == len(spoiled)
        assert len(company.facts()) == 1
    assert len(company.phone("ana")["activity:C1"]["items"]) == 1


def test_a_closed_exception_stays_closed_when_its_cause_is_read_again(company: Company) -> None:
    company.push("ana", company.receipt("bruno", 1, collector="ana"))
    company.reconcile()
    [exception] = company.exceptions()
    company.put(exception | {"state": "closed"})
    company.push("ana", company.receipt("bruno", 1, collector="ana", allocations={"F-1": 10}))
    company.reconcile()
    assert sorted(each["state"] for each in company.exceptions()) == ["closed", "open"]


def test_a_reported_refusal_becomes_an_exception_for_the_supervisor(company: Company) -> None:
    company.push(
        "ana", company.fact("refusal", "ana", of="note:ana:1", reason="field_invalid: text", document="{}")
    )
    company.reconcile()
    [exception] = company.exceptions("refused")
    assert (exception["detail"], exception["collector"]) == ("field_invalid: text", "ana")


def test_a_mail_that_the_server_sent_shows_in_the_activity_of_the_customer(company: Company) -> None:
    notice = company.fact("note", "mail", customer="C1", sent_at="2026-11-21T12:00:00Z")
    told = {"_id": "dunning_notice:mail:P-C1-2026-11-21", "note": "Reclamo", "subject": "Vencido"}
    company.put(notice | told)
    company.reconcile()
    [item] = company.phone("ana")["activity:C1"]["items"]
    assert (item["kind"], item["by"], item["text"]) == ("dunning_notice", "mail", "Reclamo")


def test_a_late_fact_of_a_former_collector_is_accepted(company: Company) -> None:
    company.assign("C1", "bruno")
    company.reconcile()
    company.push("ana", company.receipt("ana", 1))
    company.reconcile()
    assert list(company.facts()) == ["receipt:RANA:00000001"]
    assert company.phone("bruno")["activity:C1"]["items"][0]["by"] == "ana"
    assert "activity:C1" not in company.phone("ana")


def test_two_bodies_that_two_processes_accepted_at_once_become_one_and_an_exception(company: Company) -> None:
    twins = [company.receipt("ana", 1), company.receipt("ana", 1, allocations={"F-1": 700})]
    company.couch.bulk(company.code, [twin | {"_rev": rev_of(twin)} for twin in twins], new_edits=False)
    company.reconcile()
    kept = company.couch.get(company.code, "receipt:RANA:00000001", conflicts=True)
    assert kept is not None
    assert (kept["_rev"], kept.get("_conflicts")) == (min(map(rev_of, twins)), None)
    assert [exception["kind"] for exception in company.exceptions()] == ["second_leaf"]


def test_thousands_of_facts_after_a_long_silence_all_arrive(company: Company) -> None:
    notes = [company.fact("note", "ana", customer="C1", text=f"{number}") for number in range(1200)]
    for start in range(0, len(notes), 400):
        company.push("ana", *notes[start : start + 400])
    assert company.reconcile(NOW).facts_copied == 1200
    assert len(company.phone("ana")["received:ana"]["others"]) == 1000
