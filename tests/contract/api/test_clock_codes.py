"""A supervisor accepts the clock of a phone: by a code for the number that it shows, and on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.companies import put_if_absent
from receivables.clock_codes import clock_code, draw_challenge, grouped
from receivables.identifiers import receipt_id, receipt_number
from tests.support.builders import a_receipt
from tests.support.office import Office, Phone


def number_of(office: Office, *, behind: timedelta = timedelta(hours=3)) -> str:
    return draw_challenge(office.clock() - behind, lambda size: b"\x07" * size)


def path_of(phone: Phone) -> str:
    return f"/devices/{phone.device}/clock-codes"


def test_the_code_is_the_one_that_the_phone_expects_and_it_is_recorded(office: Office) -> None:
    phone, number = office.enrol("ana"), number_of(office)
    given = office.as_("sofia").post(path_of(phone), {"number": grouped(number)})
    assert given.status_code == 201, given.text
    said = given.get_json()
    shared = office.services.recovery_key(office.company).shared_with(phone.key.public)
    assert said["code"] == grouped(clock_code(shared, device=phone.device, challenge=number))
    assert said["collector"] == "ana"
    assert abs(said["behind"] - 3 * 3600) < 61
    office.clock.advance(seconds=1)
    again = office.as_("sofia").post(path_of(phone), {"number": number})
    assert again.get_json()["code"] == said["code"]
    entry = office.as_("alba").read("/audit", query_string={"action": "clock_code_given"})["items"][0]
    assert (entry["by"], entry["outcome"]) == (office.email("sofia"), "accepted")
    assert entry["subject"] == phone.device
    assert entry["values"] == {"number": number}
    assert said["code"] not in str(entry)


@pytest.mark.parametrize("number", ["1", "000000000001", "1234 5678 90ab"])
def test_a_number_that_was_misheard_is_told_at_its_field(office: Office, number: str) -> None:
    answer = office.as_("sofia").post(path_of(office.enrol("ana")), {"number": number})
    assert answer.status_code == 400
    (fault,) = answer.get_json()["errors"]
    assert (fault["field"], fault["code"]) == ("number", "not_a_clock_number")


def test_no_code_for_a_phone_that_is_unknown_or_shut_out_nor_from_who_may_not(office: Office) -> None:
    phone, sofia, body = office.enrol("bruno"), office.as_("sofia"), {"number": number_of(office)}
    assert sofia.post("/devices/01NOBODY/clock-codes", body).status_code == 404
    assert office.as_("bruno").post(path_of(phone), body).status_code == 403
    assert sofia.post(f"/devices/{phone.device}/revoke", {}).status_code == 200
    shut_out = sofia.post(path_of(phone), body)
    assert (shut_out.status_code, shut_out.get_json()["code"]) == (409, "device_shut_out")


@pytest.mark.parametrize("given", [True, False])
def test_a_receipt_tells_who_accepted_its_clock_or_that_nobody_here_did(office: Office, given: bool) -> None:
    phone, number = office.enrol("ana"), number_of(office)
    if given:
        assert office.as_("sofia").post(path_of(phone), {"number": number}).status_code == 201
    said = {"challenge": number, "accepted_by": "Sofía", "accepted_at": "2026-11-20T13:30:00Z"}
    counter = 1
    written = {
        "_id": receipt_id(phone.series, counter), "number": receipt_number(phone.series, counter),
        "company": office.company, "device": phone.device, "series": phone.series, "clock": said,
    }  # fmt: skip
    receipt = a_receipt(counter, **written)
    assert phone.put(receipt).status_code == 201, "the database takes it as it is"
    put_if_absent(office.couch, office.company, receipt)
    clock = office.as_("sofia").read(f"/receipts/{receipt['number']}")["clock"]
    assert (clock["accepted_by"], clock["by"]) == ("Sofía", office.email("sofia") if given else None)
