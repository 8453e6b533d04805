"""Claims by mail: whom, when, once; on the real database and through a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest

from backend.mail.port import Mailer
from receivables.consents import merge_consents
from tests.support.builders import a_receipt
from tests.support.dunning import Office, an_office, at
from tests.support.mailbox import Misbehaviour
from tests.support.reconciling import a_server
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def office(house: Stack) -> Iterator[Office]:
    with an_office(house) as made:
        made.customer("C1")
        yield made


def test_tolerance_and_resend_days_are_kept_to_the_day(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    sent = {day: len(office.run(f"2026-03-{day:02d}").sent) for day in (1, 5, 6, 7, 8, 13, 14, 15, 20, 21)}
    assert sent == {1: 0, 5: 0, 6: 0, 7: 1, 8: 0, 13: 0, 14: 1, 15: 0, 20: 0, 21: 1}
    assert [notice["level"] for notice in office.notices()] == [1, 2, 3]


def test_an_invoice_that_was_paid_is_never_claimed_again(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    assert office.run("2026-03-07").sent == ["C1"]
    office.bill("F-1", 0, due_on="2026-03-01", state="paid")
    assert office.run("2026-03-14").sent == []


def test_a_mail_lists_what_is_overdue_and_leaves_its_note(office: Office) -> None:
    office.policy(cc=["cartera@andina.example"], reply_to="cartera@andina.example")
    office.bill("F-1", 30_000, due_on="2026-02-01")
    office.bill("F-2", 21_378, due_on="2026-02-15")
    office.bill("F-3", 99_999, due_on="2026-03-05")
    office.run("2026-03-07")
    [mail] = office.mailbox.mails
    assert office.mailbox.recipients == [["c1@clientes.example", "cartera@andina.example"]]
    body = mail.get_body(("plain",))
    assert body is not None
    content = body.get_content()
    assert "F-1" in content
    assert "F-2" in content
    assert "F-3" not in content, "within the tolerance"
    assert "USD 513,78" in content
    [notice] = office.notices()
    assert notice["_id"] == "dunning_notice:mail:standard-C1-2026-03-07"
    assert notice["note"] == "Reclamo por Falta de Pago"
    assert (notice["collector"], notice["local_on"], notice["total"]) == ("mail", "2026-03-07", 51_378)
    assert [line["number"] for line in notice["invoices"]] == ["F-1", "F-2"]
    assert notice["message_id"] == str(mail["Message-ID"])
    assert office.claim("C1", "2026-03-07")["state"] == "sent"


def test_a_customer_gets_one_mail_however_often_the_job_runs(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    for hour in (9, 10, 15):
        office.run("2026-03-07", hour=hour)
    assert office.mails_to() == ["c1@clientes.example"]


def test_each_customer_gets_a_mail_of_their_own(office: Office) -> None:
    office.customer("C2")
    office.bill("F-1", due_on="2026-03-01")
    office.bill("F-2", due_on="2026-03-01", customer="C2")
    office.run("2026-03-07")
    assert sorted(map(tuple, office.mailbox.recipients)) == [
        ("c1@clientes.example",),
        ("c2@clientes.example",),
    ]


def test_money_that_a_phone_brought_in_is_not_claimed(office: Office) -> None:
    office.bill("F-1", 10_000, due_on="2026-03-01")
    office.company.put(a_receipt(1, allocations={"F-1": 10_000}, customer="C1"))
    assert office.run("2026-03-07").sent == []


def test_only_the_rest_of_a_partial_payment_is_claimed(office: Office) -> None:
    office.bill("F-1", 10_000, due_on="2026-03-01")
    office.company.put(a_receipt(1, allocations={"F-1": 4_000}, customer="C1"))
    office.run("2026-03-07")
    assert [notice["total"] for notice in office.notices()] == [6_000]


def test_a_small_difference_that_stays_open_after_all_is_claimed(office: Office) -> None:
    office.bill("F-1", 10_000, due_on="2026-03-01")
    paid = [{"invoice": "F-1", "amount": 9_950}]
    receipt = a_receipt(1, allocations={"F-1": 9_950}, customer="C1") | {
        "write_offs": [{"invoice": "F-1", "amount": 50}]
    }
    office.company.put(receipt)
    assert office.run("2026-03-07").sent == []
    office.company.put(
        {
            "_id": "posting:R0001:00000001", "schema": 1, "receipt": receipt["_id"], "state": "sending",
            "allocations": paid, "refused_write_offs": [{"invoice": "F-1", "code": "x", "data": {}}],
            "claimed_at": "2026-03-07T10:00:00Z",
        }
    )  # fmt: skip
    assert office.run("2026-03-07").sent == ["C1"]


def test_money_that_the_balance_reflects_is_not_subtracted_twice(office: Office) -> None:
    receipt = a_receipt(1, allocations={"F-1": 4_000}, customer="C1")
    office.bill("F-1", 6_000, due_on="2026-03-01", reflects=[receipt["_id"]])
    office.company.put(receipt)
    office.run("2026-03-07")
    assert [notice["total"] for notice in office.notices()] == [6_000]


def test_a_promise_protects_until_its_grace_is_over(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    promise = {"customer": "C1", "invoices": ["F-1"], "amount": 10_000, "currency": "USD"}
    office.company.put(
        office.company.fact("promise", "ana", **promise, promised_on="2026-03-09")
        | {"created_at": "2026-03-05T15:00:00Z", "local_on": "2026-03-05"}
    )
    assert office.run("2026-03-07").sent == []
    assert office.run("2026-03-10").sent == []
    assert office.run("2026-03-11").sent == ["C1"]


def test_old_data_claims_nothing(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    now = at("2026-03-07")
    office.import_ran_at(now - timedelta(hours=6, seconds=1))
    assert "last import" in str(office.run_as_it_is(now).stopped)
    office.import_ran_at(None)
    assert "never imported" in str(office.run_as_it_is(now).stopped)
    assert office.mailbox.mails == []
    office.import_ran_at(now - timedelta(hours=6))
    assert office.run_as_it_is(now).sent == ["C1"]


def test_an_inactive_policy_claims_nothing(office: Office) -> None:
    office.policy(active=False)
    office.bill("F-1", due_on="2026-03-01")
    assert office.run("2026-03-07").stopped == "the company has no active dunning policy"
    assert office.mailbox.mails == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"email": None}, "no e-mail address"),
        ({"email": "no tiene"}, "'no tiene' is not an e-mail address"),
        ({"email": "a@b.example\nBcc: otros@c.example"}, "is not an e-mail address"),
        ({"active": False}, "not active"),
    ],
)
def test_who_cannot_be_written_to_is_reported_with_the_reason(
    office: Office, fields: dict[str, object], why: str
) -> None:
    office.customer("C1", **fields)
    office.bill("F-1", due_on="2026-03-01")
    assert why in office.run("2026-03-07").suppressed["C1"]
    assert office.mailbox.mails == []


def test_a_wrong_copy_address_stops_the_run_before_the_first_mail(office: Office) -> None:
    office.policy(cc=["cartera"])
    office.bill("F-1", due_on="2026-03-01")
    assert office.run("2026-03-07").stopped == "policy:dunning: 'cartera' is not an e-mail address"
    assert office.mailbox.mails == []


def test_a_hostile_name_adds_no_header(office: Office) -> None:
    office.customer("C1", name="Tienda\r\nBcc: todos@otra.example")
    office.bill("F-1", due_on="2026-03-01")
    office.run("2026-03-07")
    assert office.mailbox.recipients == [["c1@clientes.example"]]
    assert office.mailbox.mails[0]["Bcc"] is None


@pytest.mark.parametrize("code", ["CAÑAR-01", "C 1", "C<1>", "C\r\nBcc: x@otra.example", "C" * 400])
def test_whatever_an_erp_calls_its_customers_each_gets_a_mail(office: Office, code: str) -> None:
    office.customer(code, email="otra@clientes.example")
    office.bill("F-1", due_on="2026-03-01")
    office.bill("F-2", due_on="2026-03-01", customer=code)
    assert sorted(office.run("2026-03-07").sent) == sorted(["C1", code])
    ids = [str(mail["Message-ID"]) for mail in office.mailbox.mails]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"<[!-;=?-~]{1,150}@andina\.example>", each) for each in ids), ids
    assert all(mail["Bcc"] is None for mail in office.mailbox.mails)


def test_a_customer_of_whom_no_mail_can_be_made_is_told_and_holds_nobody_up(office: Office) -> None:
    office.customer("C0", name=None)
    office.company.put({**office.company.central("customer:C0"), "contact_consent": "sí"})
    office.bill("F-0", due_on="2026-03-01", customer="C0")
    office.bill("F-1", due_on="2026-03-01")
    report = office.run("2026-03-07")
    assert report.sent == ["C1"]
    assert report.failed.keys() == {"C0"}
    assert office.mails_to() == ["c1@clientes.example"]


def test_a_mail_that_did_not_go_is_tried_again_the_same_day(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    office.mailbox.misbehaviour = Misbehaviour.GREYLIST
    assert "450" in office.run("2026-03-07").failed["C1"]
    assert office.claim("C1", "2026-03-07")["state"] == "failed"
    office.mailbox.misbehaviour = Misbehaviour.NONE
    assert office.run("2026-03-07", hour=10).sent == ["C1"]
    assert office.claim("C1", "2026-03-07")["attempts"] == 2


def test_a_mail_refused_for_good_waits_for_people_or_the_next_day(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    office.mailbox.misbehaviour = Misbehaviour.REFUSE_RECIPIENT
    assert "550" in office.run("2026-03-07").failed["C1"]
    office.mailbox.misbehaviour = Misbehaviour.NONE
    assert office.run("2026-03-07", hour=10).sent == []
    assert office.run("2026-03-08").sent == ["C1"]


def test_a_lost_answer_leaves_no_second_mail_that_day(office: Office) -> None:
    office.bill("F-1", due_on="2026-03-01")
    office.mailbox.misbehaviour = Misbehaviour.HANG_UP_AFTER_DATA
    assert office.run("2026-03-07").uncertain == ["C1"]
    office.mailbox.misbehaviour = Misbehaviour.NONE
    assert office.run("2026-03-07", hour=10).sent == []
    assert len(office.mailbox.mails) == 1
    assert office.claim("C1", "2026-03-07")["state"] == "uncertain"


def test_a_server_that_is_down_is_not_asked_for_every_customer(office: Office) -> None:
    for place in range(1, 8):
        office.customer(f"C{place}")
        office.bill(f"F-{place}", due_on="2026-03-01", customer=f"C{place}")
    office.mailbox.misbehaviour = Misbehaviour.HANG_UP_BEFORE_DATA
    report = office.run("2026-03-07")
    assert (len(report.failed), report.stopped) == (3, "the mail server does not answer")
    office.mailbox.misbehaviour = Misbehaviour.NONE
    assert len(office.run("2026-03-07", hour=10).sent) == 7


class PaysWhileOthersAreWrittenTo:
    """A mailer that takes its time over the first mail, in which the second customer pays."""

    def __init__(self, office: Office) -> None:
        self._inner: Mailer = office.mailer
        self._office = office

    def send(self, message: EmailMessage) -> None:
        self._office.company.put(a_receipt(1, allocations={"F-2": 10_000}, customer="C2"))
        self._inner.send(message)


def test_who_pays_while_the_run_goes_on_gets_no_mail(office: Office) -> None:
    office.customer("C2")
    office.bill("F-1", due_on="2026-03-01")
    office.bill("F-2", due_on="2026-03-01", customer="C2")
    assert office.run("2026-03-07", mailer=PaysWhileOthersAreWrittenTo(office)).sent == ["C1"]
    assert office.mails_to() == ["c1@clientes.example"]


def test_nobody_is_written_to_outside_the_legal_hours_and_the_run_says_when_to_come_back(
    office: Office,
) -> None:
    office.contact_rules(debtor_type="consumer")
    office.bill("F-1", due_on="2026-03-01")
    saturday = office.run("2026-03-07")
    assert (saturday.sent, saturday.postponed) == ([], {"C1": at("2026-03-09", 7)})
    assert office.run("2026-03-08", hour=15).postponed == {"C1": at("2026-03-09", 7)}
    assert office.run("2026-03-09", hour=6).sent == []
    assert office.run("2026-03-09", hour=7).sent == ["C1"]


def test_a_mail_to_a_business_waits_for_the_hours_too(office: Office) -> None:
    office.contact_rules(debtor_type="business")
    office.bill("F-1", due_on="2026-03-01")
    assert office.run("2026-03-07").postponed == {"C1": at("2026-03-09", 7)}
    assert office.run("2026-03-09").sent == ["C1"]


def test_who_withdrew_in_the_field_gets_no_mail_though_the_law_does_not_ask(office: Office) -> None:
    withdrawn = {
        "_id": "consent:ana:1", "created_at": "2026-03-08T15:00:00Z", "channels": ["email"], "given": False,
        "contact": "Rosa Vega", "version": "1",
    }  # fmt: skip
    office.bill("F-1", due_on="2026-03-01")
    office.company.put(merge_consents(None, "C1", [withdrawn]))
    report = office.run("2026-03-09")
    assert report.sent == []
    assert report.suppressed == {"C1": "the contact rules forbid it: NO_CONSENT"}


def test_who_did_not_authorise_mails_gets_none_where_the_law_asks_for_it(office: Office) -> None:
    office.contact_rules(debtor_type="consumer", channels_need_consent=True)
    office.customer("C2", contact_consent={"channels": ["email"]})
    office.bill("F-1", due_on="2026-03-01")
    office.bill("F-2", due_on="2026-03-01", customer="C2")
    report = office.run("2026-03-09")
    assert report.sent == ["C2"]
    assert report.suppressed == {"C1": "the contact rules forbid it: NO_CONSENT"}
