"""Receipts by mail: to whom, once, and a word when one is voided; through a real mail server."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from backend.killpoints import KILL_STATUS
from backend.services.receipt_paper import receipt_pdf
from receivables.consents import consents_id
from tests.support.brand import a_logo_document
from tests.support.mailbox import Misbehaviour
from tests.support.mails import page_of
from tests.support.pdfs import text_of
from tests.support.receipt_mail import Till, a_till
from tests.support.reconciling import a_server
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def till(house: Stack) -> Iterator[Till]:
    with a_till(house) as made:
        yield made


def test_a_new_company_mails_nothing_until_it_says_so(till: Till) -> None:
    till.policy(active=False)
    till.receipt()
    assert till.run().stopped
    assert not till.mailbox.mails


def test_a_customer_gets_the_receipt_once_with_the_offices_own_paper(till: Till) -> None:
    till.policy(reply_to="cartera@andina.example")
    receipt = till.receipt()
    assert till.run().sent == ["R0001-00000004"]
    assert till.run().sent == []
    [mail] = till.mailbox.mails
    assert mail["To"] == "rosa@clientes.example"
    assert mail["Reply-To"] == "cartera@andina.example"
    assert "R0001-00000004" in str(mail["Subject"])
    words = mail.get_body(("plain",))
    assert words is not None
    assert "USD\u00a050,00 el 21-11-2026" in words.get_content()
    [paper] = list(mail.iter_attachments())
    assert paper.get_filename() == "R0001-00000004.pdf"
    profile = till.company.central(f"company:{till.company.code}")
    content = paper.get_content()
    assert content == receipt_pdf(till.company.couch, till.company.code, receipt["number"], profile=profile)
    claim = till.company.central("receipt_mail:receipt:R0001:00000004")
    assert (claim["state"], claim["to"]) == ("sent", ["rosa@clientes.example"])


def test_a_receipts_mail_wears_the_look_that_the_office_set(till: Till) -> None:
    code = till.company.code
    logo = a_logo_document(code)
    till.company.put(logo)
    profile = till.company.central(f"company:{code}")
    till.company.put(profile | {"seed_color": "#0B6E4F", "address": "Av. 10 de Agosto N35-120"})
    till.receipt()
    till.run()
    [mail] = till.mailbox.mails
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content() == base64.b64decode(logo["picture"])
    page = page_of(mail)
    for words in (profile["name"], "Av. 10 de Agosto N35-120", "#0B6E4F", "R0001-00000004"):
        assert words in page


def test_who_has_no_address_or_withdrew_the_channel_is_left_in_peace(till: Till) -> None:
    till.customer("C0002")
    till.customer("C0003", email="no es un correo")
    till.customer("C0004", email="cuatro@clientes.example")
    withdrawn = {"given": False, "at": "2026-11-20T12:00:00Z", "ref": "consent:ana:1"}
    till.company.put({"_id": consents_id("C0004"), "schema": 1, "channels": {"email": withdrawn}})
    for counter, customer in ((5, "C0002"), (6, "C0003"), (7, "C0004")):
        till.receipt(counter, customer=customer)
    report = till.run()
    assert report.sent == []
    assert sorted(report.suppressed) == ["R0001-00000005", "R0001-00000006", "R0001-00000007"]
    till.customer("C0002", email="dos@clientes.example")
    assert till.run().sent == ["R0001-00000005"]


def test_a_void_is_told_to_who_got_the_receipt_and_to_nobody_else(till: Till) -> None:
    got, never = till.receipt(4), till.receipt(5)
    till.void(never)
    assert till.run().sent == ["R0001-00000004"]
    till.void(got)
    report = till.run()
    assert (report.sent, report.voided) == ([], ["R0001-00000004"])
    assert till.run().voided == []
    assert len(till.mailbox.mails) == 2
    notice = till.mailbox.mails[-1]
    assert "anulado" in str(notice["Subject"])
    [paper] = list(notice.iter_attachments())
    assert "ANULADO" in text_of(paper.get_content())


def test_what_is_old_or_before_the_first_day_is_no_news(till: Till) -> None:
    till.policy(from_on="2026-11-21")
    till.receipt(4, local_on="2026-11-20")
    till.receipt(5)
    assert till.run(days=4).sent == []
    assert till.run(days=1).sent == ["R0001-00000005"]


def test_a_policy_without_a_first_day_stops_the_run_in_words(till: Till) -> None:
    till.policy(from_on=None)
    till.receipt()
    assert "policy:receipt_mail" in str(till.run().stopped)


@pytest.mark.parametrize(
    ("misbehaviour", "again"),
    [
        (Misbehaviour.GREYLIST, True),
        (Misbehaviour.HANG_UP_BEFORE_DATA, True),
        (Misbehaviour.REFUSE_RECIPIENT, False),
        (Misbehaviour.REFUSE_CONTENT, False),
        (Misbehaviour.HANG_UP_AFTER_DATA, False),
    ],
)
def test_only_what_certainly_did_not_go_is_tried_again(
    till: Till, misbehaviour: Misbehaviour, again: bool
) -> None:
    till.receipt()
    till.mailbox.misbehaviour = misbehaviour
    assert till.run().sent == []
    till.mailbox.misbehaviour = Misbehaviour.NONE
    assert till.run().sent == (["R0001-00000004"] if again else [])


@pytest.mark.parametrize(("point", "mails"), [("receipt_mail.claimed", 0), ("receipt_mail.mailed", 1)])
def test_a_process_that_dies_sends_nothing_twice(till: Till, point: str, mails: int) -> None:
    till.receipt()
    process = till.run_elsewhere(point)
    process.join(30)
    assert process.exitcode == KILL_STATUS
    report = till.run()
    assert report.sent == []
    assert report.uncertain == ["R0001-00000004"]
    assert till.run().uncertain == []
    assert len(till.mailbox.mails) == mails


def test_a_receipt_of_which_no_mail_can_be_made_is_told_and_holds_nobody_up(till: Till) -> None:
    till.customer("C0002", email="otra@clientes.example")
    till.company.put({"_id": "consents:C0002", "schema": 1, "customer": "C0002", "channels": "no"})
    till.receipt(1, customer="C0002")
    till.receipt(2)
    report = till.run()
    assert report.sent == ["R0001-00000002"]
    assert report.failed.keys() == {"R0001-00000001"}


def test_a_server_that_is_down_is_not_asked_for_each_receipt(till: Till) -> None:
    for counter in range(1, 9):
        till.receipt(counter)
    till.mailbox.misbehaviour = Misbehaviour.GREYLIST
    report = till.run()
    assert len(report.failed) == 3
    assert report.stopped
