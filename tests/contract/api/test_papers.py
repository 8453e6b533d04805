"""The papers that the office prints: the phone's own, and to nobody who may not read them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator

import pytest

from backend.config import Settings
from paperwork.acta import render_acta
from paperwork.packed_xml import pack
from receivables.access import Role
from receivables.electronic_documents import INVOICE_CODE, WITHHOLDING_CODE
from receivables.identifiers import new_ulid
from tests.support.builders import a_receipt, an_invoice
from tests.support.letters import CLOSE, CUSTOMER, DEPOSIT, PROMISE, START, VISIT, photo
from tests.support.office import Bearer, Office, an_office
from tests.support.pdfs import text_of
from tests.support.sri import document, sample


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("sofia", Role.SUPERVISOR)
        office.put(
            an_invoice("F-1", 12713, customer="C0001")
            | {"electronic": pack(sample("factura-1.1.0"), document_code=INVOICE_CODE)},
            an_invoice("F-2", 100, customer="C0001"),
            an_invoice("F-3", 100, customer="C0001") | {"electronic": "AAAA"},
            {
                "_id": "withholding:W-1", "schema": 1, "number": "W-1", "customer": "C0001",
                "electronic": pack(sample("retencion-2.0.0"), document_code=WITHHOLDING_CODE),
            },
        )  # fmt: skip
        photos = [photo(1, "Fachada"), photo(2, "Referencia")]
        office.put(
            CUSTOMER,
            {"_id": "collector:ana", "name": "Ana Quishpe", "active": True}
            | {"_rev": office.couch.get(office.company, "collector:ana")["_rev"]},
            START, VISIT, PROMISE, CLOSE, DEPOSIT,
            CLOSE | {"_id": "cash_close:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ7", "expected": 1},
            a_receipt(
                1, allocations={"F-1": 2713}, payments=[{"method": "cash", "amount": 2713}], customer="C0001"
            ),
            *(
                taken.fact
                | {
                    "_attachments": {
                        "picture": {
                            "content_type": "image/jpeg",
                            "data": base64.b64encode(taken.picture or b"").decode(),
                        }
                    }
                }
                for taken in photos
            ),
        )  # fmt: skip
        yield office


@pytest.fixture
def sofia(office: Office) -> Bearer:
    return office.as_("sofia")


@pytest.mark.parametrize(
    ("path", "name"), [("/invoices/F-1", "factura-1.1.0"), ("/withholdings/W-1", "retencion-2.0.0")]
)
def test_the_ride_shows_the_authorised_document(sofia: Bearer, path: str, name: str) -> None:
    answer = sofia.send("GET", f"{path}/ride")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    read = text_of(answer.data)
    issuer = document(name).content.issuer
    assert issuer.access_key in read
    assert issuer.number in read
    assert answer.data == sofia.send("GET", f"{path}/ride").data


def test_a_customers_sheet_says_of_which_invoices_there_is_a_ride(sofia: Bearer) -> None:
    invoices = {each["number"]: each for each in sofia.read("/customers/C0001")["invoices"]}
    assert {number: each["has_ride"] for number, each in invoices.items()} == {
        "F-1": True,
        "F-2": False,
        "F-3": True,
    }
    assert all("electronic" not in each for each in invoices.values())


@pytest.mark.parametrize("number", ["F-2", "F-3", "F-9"])
def test_without_a_readable_xml_there_is_no_ride(sofia: Bearer, number: str) -> None:
    answer = sofia.send("GET", f"/invoices/{number}/ride")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "ride_unknown"
    assert number in answer.get_json()["detail"]


def test_a_collector_prints_no_ride_at_the_office(office: Office) -> None:
    assert office.as_("ana").send("GET", "/invoices/F-1/ride").status_code == 403


def test_the_acta_is_the_phones_own_file(office: Office, sofia: Bearer) -> None:
    answer = sofia.send("GET", f"/visits/{VISIT['_id']}/acta")
    assert answer.status_code == 200, answer.text
    company = office.couch.get(office.company, f"company:{office.company}")
    catalogue = office.couch.get(office.company, "catalogue:outcomes")
    assert company
    assert catalogue
    [label] = [each["label"]["es"] for each in catalogue["items"] if each["code"] == VISIT["outcome"]]
    made = render_acta(
        VISIT, start=START, company=company, customer=CUSTOMER, collector={"name": "Ana Quishpe"},
        outcome=label, promises=[PROMISE], photos=[photo(2, "Referencia"), photo(1, "Fachada")],
    )  # fmt: skip
    assert answer.data == made
    assert "Foto2·Referencia" in text_of(made)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/cash-closes/{CLOSE['_id']}/pdf", ["Cierredecaja", "USD300,00", "SofíaAndrade"]),
        (f"/deposits/{DEPOSIT['_id']}/pdf?language=en", ["Bankdeposit", "BancoPichincha", "USD445.50"]),
        ("/customers/C0001/statement", ["Estadodecuenta", "F-1", "100,00", "ReciboR0001-00000001"]),
    ],
)  # fmt: skip
def test_papers_are_printed_from_the_central_documents(sofia: Bearer, path: str, words: list[str]) -> None:
    answer = sofia.send("GET", path)
    assert answer.status_code == 200, answer.text
    read = text_of(answer.data)
    for word in words:
        assert word in read


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/visits/visit:ana:none/acta", 404, "paper_unknown"),
        (f"/visits/{START['_id']}/acta", 404, "paper_unknown"),
        (f"/deposits/{CLOSE['_id']}/pdf", 404, "paper_unknown"),
        ("/cash-closes/customer:C0001/pdf", 404, "paper_unknown"),
        ("/customers/C9999/statement", 404, "paper_unknown"),
        ("/cash-closes/cash_close:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ7/pdf", 409, "paper_impossible"),
        ("/customers/C0001/statement?language=fr", 400, "request_invalid"),
    ],
)
def test_what_cannot_be_printed_is_said(sofia: Bearer, path: str, status: int, code: str) -> None:
    answer = sofia.send("GET", path)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "path",
    [f"/visits/{VISIT['_id']}/acta", f"/cash-closes/{CLOSE['_id']}/pdf", "/customers/C0001/statement"],
)
def test_a_collector_prints_nothing_at_the_office(office: Office, path: str) -> None:
    assert office.as_("ana").send("GET", path).status_code == 403


def test_the_visits_of_a_day_name_their_photos_and_each_is_shown_to_the_office(
    office: Office, sofia: Bearer
) -> None:
    listed = sofia.read("/visits?on=2026-11-21")["items"]
    [visit] = [each for each in listed if each["id"] == VISIT["_id"]]
    taken = [photo(1, "Fachada"), photo(2, "Referencia")]
    assert {each["id"]: each["subject"] for each in visit["photos"]} == {
        each.fact["_id"]: each.fact["subject"] for each in taken
    }
    for each in taken:
        answer = sofia.send("GET", f"/photos/{each.fact['_id']}")
        assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.data == each.picture
    path = f"/photos/{taken[0].fact['_id']}"
    assert office.as_("ana").send("GET", path).status_code == 403


@pytest.mark.parametrize("name", ["photo:ana:01K9ZZZZZZZZZZZZZZZZZZZZ99", VISIT["_id"], "customer:C0001"])
def test_what_is_no_photo_is_not_shown(sofia: Bearer, name: str) -> None:
    answer = sofia.send("GET", f"/photos/{name}")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "photo_unknown"


def test_a_page_attached_as_a_picture_is_not_served(office: Office, sofia: Bearer) -> None:
    fact = photo(7, "Trampa", b"<html><script>alert(1)</script></html>").fact
    data = base64.b64encode(b"<html><script>alert(1)</script></html>").decode()
    office.put(fact | {"_attachments": {"picture": {"content_type": "text/html", "data": data}}})
    assert sofia.send("GET", f"/photos/{fact['_id']}").status_code == 404


def test_the_deposit_shows_the_slip_that_was_photographed(office: Office, sofia: Bearer) -> None:
    without = sofia.send("GET", f"/deposits/{DEPOSIT['_id']}/pdf").data
    slip = photo(8, "slip", of=DEPOSIT["_id"], customer=None)
    data = base64.b64encode(slip.picture or b"").decode()
    office.put(slip.fact | {"_attachments": {"picture": {"content_type": "image/jpeg", "data": data}}})
    paper = sofia.send("GET", f"/deposits/{DEPOSIT['_id']}/pdf").data
    assert "Comprobantedelbanco" in text_of(paper)
    assert "Comprobantedelbanco" not in text_of(without)
    assert paper == sofia.send("GET", f"/deposits/{DEPOSIT['_id']}/pdf").data


@pytest.mark.parametrize("start", ["_all_docs", "_design/recaudo", "company:x", "visit_start:ana:none", ""])
def test_a_visit_that_began_with_something_else_is_printed_without_it(
    office: Office, sofia: Bearer, start: str
) -> None:
    """A phone may write any name there: nothing but the beginning of a visit is looked up for it."""
    visit = VISIT | {"_id": f"visit:ana:{new_ulid(office.clock(), secrets.token_bytes(10))}", "start": start}
    office.put(visit)
    answer = sofia.send("GET", f"/visits/{visit['_id']}/acta")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
