"""The papers that the office prints: what the ERP gave, and to nobody who may not read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.config import Settings
from paperwork.packed_xml import pack
from receivables.access import Role
from receivables.electronic_documents import INVOICE_CODE, WITHHOLDING_CODE
from tests.support.builders import an_invoice
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


@pytest.mark.parametrize("number", ["F-2", "F-3", "F-9"])
def test_without_a_readable_xml_there_is_no_ride(sofia: Bearer, number: str) -> None:
    answer = sofia.send("GET", f"/invoices/{number}/ride")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "ride_unknown"
    assert number in answer.get_json()["detail"]


def test_a_collector_prints_no_ride_at_the_office(office: Office) -> None:
    assert office.as_("ana").send("GET", "/invoices/F-1/ride").status_code == 403
