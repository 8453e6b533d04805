"""The last word of a customer about a channel counts, everywhere the same, and blocks at once."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from receivables.compliance import Act, Channel, Code, Debtor, DebtorType, Decision, Holidays, Outcome, check
from receivables.compliance import next_legal_instant as next_instant
from receivables.consents import consent_text, merge_consents, plan_consent, said_by_channel
from receivables.documents import Author
from receivables.fact_shapes import FACTS, first_fault
from tests.unit.receivables.test_compliance import pack_of

QUITO = ZoneInfo("America/Guayaquil")
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
ANA = Author(
    company="andina", collector="ana", device="01KA0000000000000000000DEV", ulid="01KA00000000000000000000V1",
    now=NOW, zone=QUITO,
)  # fmt: skip
STROKES = [[1.0, 2.0, 3.0, 4.0]]


def planned(**fields: Any) -> Any:
    said = {
        "customer": "C1", "contact": "Rosa Vega", "channels": {Channel.CALL, Channel.EMAIL}, "given": True,
        "version": "1", "text": "Autorizo…", "strokes": STROKES, "author": ANA,
    }  # fmt: skip
    return plan_consent(**{**said, **fields})


def word(channel: str, at: str, *, given: bool, ref: str = "1") -> dict[str, Any]:
    return {
        "_id": f"consent:ana:{ref}", "created_at": at, "channels": [channel], "given": given,
        "contact": "Rosa Vega", "version": "1",
    }  # fmt: skip


def decided(consents: list[dict[str, Any]], channel: Channel, *, country: str | None = "EC") -> Decision:
    said = said_by_channel(merge_consents(None, "C1", consents))
    debtor = Debtor.from_json({}, default=DebtorType.BUSINESS, zone=QUITO, said=said)
    pack = pack_of(country) if country else None
    return check(Act.CONTACT, channel, NOW, debtor, pack, holidays=Holidays.none())


def test_a_consent_is_a_fact_that_the_office_takes() -> None:
    fact = planned()
    assert first_fault(fact, FACTS["consent"]) is None
    assert fact["channels"] == ["call", "email"]
    assert (fact["given"], fact["version"], fact["signature"]["name"]) == (True, "1", "Rosa Vega")
    withdrawn = planned(given=False, strokes=[])
    assert withdrawn["signature"] is None
    assert first_fault(withdrawn, FACTS["consent"]) is None


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"contact": " "}, ["field_missing"]),
        ({"contact": "a" * 201}, ["text_too_long"]),
        ({"channels": set()}, ["channels_missing"]),
        ({"strokes": []}, ["consent_unsigned"]),
        ({"contact": "", "channels": set(), "given": False, "strokes": []},
         ["field_missing", "channels_missing"]),
    ],
)  # fmt: skip
def test_a_consent_without_evidence_is_none(fields: dict[str, Any], codes: list[str]) -> None:
    assert [problem.code for problem in planned(**fields)] == codes


def test_the_last_word_counts_in_whatever_order_it_arrives() -> None:
    facts = [
        word("call", "2026-07-01T10:00:00Z", given=True, ref="1"),
        word("call", "2026-07-02T10:00:00Z", given=False, ref="2"),
        word("email", "2026-07-02T10:00:00Z", given=False, ref="3"),
        word("email", "2026-07-03T10:00:00Z", given=True, ref="4"),
        word("sms", "2026-07-03T10:00:00Z", given=True, ref="9"),
        word("sms", "2026-07-03T10:00:00Z", given=False, ref="5"),
    ]
    expected = merge_consents(None, "C1", facts)
    assert said_by_channel(expected) == {Channel.CALL: False, Channel.EMAIL: True, Channel.SMS: False}
    for order in itertools.permutations(facts):
        partly = merge_consents(None, "C1", order[:3])
        assert merge_consents(partly, "C1", order[2:]) == expected


@pytest.mark.parametrize("country", ["EC", "CO", None])
def test_a_withdrawal_blocks_that_channel_whatever_the_law_asks_for(country: str | None) -> None:
    withdrawn = [word("call", "2026-07-01T10:00:00Z", given=False)]
    decision = decided(withdrawn, Channel.CALL, country=country)
    assert decision.outcome is Outcome.BLOCK
    assert Code.NO_CONSENT in decision.codes
    assert Code.NO_CONSENT not in decided(withdrawn, Channel.EMAIL, country="EC").codes


def test_time_does_not_help_against_a_withdrawal() -> None:
    debtor = Debtor.from_json({}, default=DebtorType.BUSINESS, zone=QUITO, said={Channel.CALL: False})
    assert next_instant(Channel.CALL, NOW, debtor, None, holidays=Holidays.none()) is None


def test_what_is_given_opens_what_the_law_keeps_shut_and_what_the_erp_says_is_overruled() -> None:
    assert Code.NO_CONSENT in decided([], Channel.CALL, country="CO").codes
    given = [word("call", "2026-07-01T10:00:00Z", given=True)]
    assert Code.NO_CONSENT not in decided(given, Channel.CALL, country="CO").codes
    erp = {"contact_consent": {"channels": ["call", "email"]}}
    debtor = Debtor.from_json(
        erp, default=DebtorType.CONSUMER, zone=QUITO, said={Channel.CALL: False, Channel.VISIT: True}
    )
    assert debtor.channels == {Channel.EMAIL, Channel.VISIT}
    assert debtor.withdrawn == {Channel.CALL}
    assert debtor.visits_authorised


def test_what_is_signed_is_the_companys_own_text_or_the_houses() -> None:
    version, text = consent_text({"name": "Andina"}, "es")
    assert version == "1"
    assert text.startswith("Autorizo a Andina a contactarme")
    own = {"name": "Andina", "consent": {"version": "2026-3", "text": {"es": "Acepto de {company}."}}}
    assert consent_text(own, "en") == ("2026-3", "Acepto de Andina.")
