"""The switch of the receipts by e-mail, over the API: what it says, who may turn it, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services.receipt_mail import mails_receipts
from tests.support.office import Bearer, Office

ON = {"active": True, "from_on": "2026-11-20", "reply_to": "cartera@andina.example"}


@pytest.fixture
def sofia(office: Office) -> Bearer:
    return office.as_("sofia")


def test_it_is_off_until_somebody_switches_it_on_which_is_recorded(office: Office, sofia: Bearer) -> None:
    before = sofia.read("/receipt-mail")
    assert (before["active"], before["from_on"], before["reply_to"]) == (False, None, None)
    receipt, void = before["samples"]
    assert (receipt["kind"], void["kind"]) == ("receipt", "void")
    assert "Recibimos su pago de" in receipt["text"]
    assert "{" not in receipt["subject"] + receipt["text"] + void["subject"] + void["text"]
    answer = sofia.put("/receipt-mail", ON)
    assert answer.status_code == 200, answer.text
    assert {name: answer.get_json()[name] for name in ON} == ON
    assert mails_receipts(office.couch, office.company)
    (entry,) = office.as_("alba").read("/audit", query_string={"action": "receipt_mail_changed"})["items"]
    assert (entry["by"], entry["values"]) == (office.email("sofia"), ON)
    off = sofia.put("/receipt-mail", {"active": False, "from_on": None, "reply_to": None})
    assert off.status_code == 200
    assert not mails_receipts(office.couch, office.company)


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        ({"active": True, "from_on": None}, "from_on", "missing"),
        ({"active": True, "from_on": "mañana"}, "from_on", "not_a_date"),
        ({"active": True, "from_on": 20261120}, "from_on", "not_a_date"),
        ({"from_on": "2026-11-20"}, "active", "missing"),
        ({"active": "yes", "from_on": "2026-11-20"}, "active", "not_a_choice"),
        ({**ON, "reply_to": "cartera"}, "reply_to", "not_an_email"),
        ({**ON, "reply_to": "a@b.example\r\nBcc: x@y.example"}, "reply_to", "not_an_email"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    office: Office, sofia: Bearer, wish: dict[str, Any], field: str, code: str
) -> None:
    answer = sofia.put("/receipt-mail", wish)
    assert answer.status_code == 400
    assert (field, code) in {(each["field"], each["code"]) for each in answer.get_json()["errors"]}
    assert not mails_receipts(office.couch, office.company)


def test_who_collects_may_not_turn_it(office: Office) -> None:
    assert office.as_("ana").put("/receipt-mail", ON).status_code == 403
