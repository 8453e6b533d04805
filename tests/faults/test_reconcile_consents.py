"""What a customer allowed or forbade on one phone counts at the office and on whoever's phone comes next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.services.contact_gate import ContactGate
from receivables.compliance import Channel, Code, Outcome
from receivables.documents import Json
from tests.support.reconciling import NOW, Company, a_company, a_server
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


def consent(company: Company, *channels: str, given: bool, at: str) -> Json:
    signature = {"name": "Rosa Vega", "strokes": [[1, 2, 3, 4]]} if given else None
    return company.fact(
        "consent", "ana", customer="C1", contact="Rosa Vega", channels=list(channels), given=given,
        version="1", text="Autorizo", signature=signature,
    ) | {"created_at": at}  # fmt: skip


def decided(company: Company, channel: Channel) -> Outcome:
    gate = ContactGate.open(company.couch, company.code, company.central(f"company:{company.code}"))
    decision = gate.decide(company.central("customer:C1"), channel, NOW)
    return Outcome.BLOCK if Code.NO_CONSENT in decision.codes else Outcome.ALLOW


def test_the_last_word_counts_at_the_office_and_moves_with_the_customer(company: Company) -> None:
    assert decided(company, Channel.EMAIL) is Outcome.ALLOW
    company.push(
        "ana",
        consent(company, "email", "call", given=False, at="2026-11-21T15:00:00Z"),
        consent(company, "call", given=True, at="2026-11-21T15:00:01Z"),
    )
    company.reconcile()
    assert decided(company, Channel.EMAIL) is Outcome.BLOCK
    assert decided(company, Channel.CALL) is Outcome.ALLOW
    counting = company.phone("ana")["consents:C1"]["channels"]
    assert {channel: word["given"] for channel, word in counting.items()} == {"call": True, "email": False}
    assert counting["email"]["contact"] == "Rosa Vega"
    told = [item["told"] for item in company.phone("ana")["activity:C1"]["items"]]
    assert {"contact": "Rosa Vega", "channels": ["call"], "given": True} in told

    company.assign("C1", "bruno")
    company.reconcile()
    assert company.phone("bruno")["consents:C1"]["channels"] == counting
    assert "consents:C1" not in company.phone("ana")


def test_a_second_round_changes_nothing(company: Company) -> None:
    company.push("ana", consent(company, "sms", given=True, at="2026-11-21T15:00:00Z"))
    company.reconcile()
    before = company.central("consents:C1")["_rev"]
    company.reconcile()
    assert company.central("consents:C1")["_rev"] == before
