"""The rules of contact, by the packs that come with Recaudo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.compliance.shipped import PACKS, holidays_document, shipped_pack
from receivables.compliance import (
    Act,
    Channel,
    Code,
    Contact,
    Debtor,
    DebtorType,
    Decision,
    Holidays,
    Outcome,
    Pack,
    Party,
    check,
    contacts_of,
    next_legal_instant,
)
from receivables.documents import BadDocument

ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago", "CO": "America/Bogota",
    "EC": "America/Guayaquil", "MX": "America/Mexico_City", "PE": "America/Lima",
}  # fmt: skip
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
EVERY_CHANNEL = frozenset(Channel)


def pack_of(country: str, **fields: Any) -> Pack:
    document = shipped_pack(country)
    assert document is not None
    return Pack.from_json(document | fields)


def calendar_of(country: str, *years: int) -> Holidays:
    documents = [holidays_document(country, year) for year in years or (2026,)]
    return Holidays.from_documents([document for document in documents if document is not None])


def debtor_of(country: str, kind: DebtorType = DebtorType.CONSUMER, **fields: Any) -> Debtor:
    authorised: dict[str, Any] = {"channels": EVERY_CHANNEL, "visits_authorised": True}
    return Debtor(type=kind, zone=ZoneInfo(ZONES[country]), **authorised | fields)


def at(country: str, text: str) -> datetime:
    """An instant in UTC, from the hour on the wall of the country's capital."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[country])).astimezone(UTC)


def decide(
    country: str,
    when: str,
    channel: Channel = Channel.CALL,
    *,
    act: Act = Act.CONTACT,
    history: list[Contact] | None = None,
    kind: DebtorType = DebtorType.CONSUMER,
    party: Party = Party.DEBTOR,
    **debtor: Any,
) -> Decision:
    return check(
        act,
        channel,
        at(country, when),
        debtor_of(country, kind, **debtor),
        pack_of(country),
        history=history or [],
        holidays=calendar_of(country),
        party=party,
    )


def contact(country: str, when: str, channel: Channel = Channel.CALL, *, direct: bool = True) -> Contact:
    return Contact(at(country, when), channel, direct)


@pytest.mark.parametrize(
    ("country", "when", "codes"),
    [
        ("CO", "2026-07-10T18:59", set()),
        ("CO", "2026-07-10T18:59:59.999", set()),
        ("CO", "2026-07-10T19:00", {Code.OUT_OF_HOURS}),
        ("CO", "2026-07-10T06:59", {Code.OUT_OF_HOURS}),
        ("CO", "2026-07-10T07:00", set()),
        ("CO", "2026-07-11T14:59", set()),
        ("CO", "2026-07-11T15:00", {Code.OUT_OF_HOURS}),
        ("CO", "2026-07-12T10:00", {Code.OUT_OF_HOURS}),
        ("CO", "2026-07-13T10:00", {Code.HOLIDAY}),
        ("EC", "2026-07-10T19:59", set()),
        ("EC", "2026-07-10T20:00", {Code.OUT_OF_HOURS}),
        ("EC", "2026-07-11T10:00", {Code.OUT_OF_HOURS}),
        ("EC", "2026-05-25T10:00", {Code.HOLIDAY}),
        ("PE", "2026-07-28T10:00", {Code.HOLIDAY}),
        ("PE", "2026-07-10T19:59", set()),
        ("MX", "2026-07-10T21:59", set()),
        ("MX", "2026-07-10T22:00", {Code.OUT_OF_HOURS}),
        ("CL", "2026-07-11T19:59", set()),
        ("CL", "2026-07-12T10:00", {Code.OUT_OF_HOURS}),
        ("AR", "2026-07-09T10:00", {Code.HOLIDAY}),
        ("AR", "2026-07-10T10:00", {Code.HOLIDAY}),
        ("AR", "2026-07-13T08:00", set()),
    ],
)
def test_a_consumer_is_contacted_in_the_hours_of_the_country_only(
    country: str, when: str, codes: set[Code]
) -> None:
    decision = decide(country, when)
    assert decision.codes == codes
    assert decision.outcome is (Outcome.BLOCK if codes else Outcome.ALLOW)


def test_the_hours_are_those_of_the_debtors_own_zone() -> None:
    noon_in_tijuana = at("MX", "2026-07-10T22:30")
    tijuana = Debtor(type=DebtorType.CONSUMER, zone=ZoneInfo("America/Tijuana"))
    decided = check(
        Act.CONTACT, Channel.CALL, noon_in_tijuana, tijuana, pack_of("MX"), holidays=Holidays.none()
    )
    assert decided.outcome is Outcome.ALLOW


def test_a_business_is_warned_about_and_not_blocked() -> None:
    decision = decide("EC", "2026-07-11T10:00", Channel.VISIT, kind=DebtorType.BUSINESS)
    assert decision.outcome is Outcome.WARN
    assert decision.permits(None)
    assert decision.to_json() == {
        "outcome": "warn", "codes": ["OUT_OF_HOURS"], "pack": "EC", "version": 1, "exception": None,
    }  # fmt: skip


def test_a_second_direct_contact_on_the_same_day_is_blocked_in_colombia() -> None:
    spoken = [contact("CO", "2026-07-10T08:00")]
    assert decide("CO", "2026-07-10T16:00", history=spoken).codes == {Code.DAY_LIMIT}
    assert decide("CO", "2026-07-11T10:00", history=spoken).outcome is Outcome.ALLOW


def test_two_calls_that_nobody_answered_are_enough_for_a_day_in_colombia() -> None:
    rung = [contact("CO", f"2026-07-10T{hour}:00", direct=False) for hour in ("08", "09")]
    assert decide("CO", "2026-07-10T16:00", history=rung[:1]).outcome is Outcome.ALLOW
    assert decide("CO", "2026-07-10T16:00", history=rung).codes == {Code.DAY_LIMIT}


def test_who_was_spoken_to_by_one_channel_is_not_contacted_by_another_that_week_in_colombia() -> None:
    monday = [contact("CO", "2026-07-06T08:00")]
    assert decide("CO", "2026-07-08T10:00", Channel.WHATSAPP, history=monday).codes == {Code.WEEK_CHANNEL}
    assert decide("CO", "2026-07-08T10:00", Channel.CALL, history=monday).outcome is Outcome.ALLOW
    assert decide("CO", "2026-07-14T10:00", Channel.WHATSAPP, history=monday).outcome is Outcome.ALLOW


def test_colombia_asks_for_the_channels_consent_and_for_an_authorised_visit() -> None:
    assert decide("CO", "2026-07-10T10:00", channels=frozenset()).codes == {Code.NO_CONSENT}
    visit = decide("CO", "2026-07-10T10:00", Channel.VISIT, visits_authorised=False)
    assert visit.codes == {Code.VISIT_FORBIDDEN}
    assert visit.exceptions == ()
    assert not visit.permits("customer_asked")


def test_hours_that_the_customer_asked_for_in_writing_take_the_place_of_the_laws() -> None:
    customer = {
        "code": "C1",
        "contact_consent": {"channels": ["call"], "visits": False, "hours": {"7": ["10:00", "12:00"]}},
    }
    debtor = Debtor.from_json(customer, default=DebtorType.CONSUMER, zone=ZoneInfo(ZONES["CO"]))
    sunday = check(
        Act.CONTACT,
        Channel.CALL,
        at("CO", "2026-07-12T11:00"),
        debtor,
        pack_of("CO"),
        holidays=calendar_of("CO"),
    )
    assert sunday.outcome is Outcome.ALLOW


def test_ecuador_allows_one_contact_a_day_by_each_means() -> None:
    called = [contact("EC", "2026-07-10T08:00", direct=False)]
    assert decide("EC", "2026-07-10T10:00", Channel.CALL, history=called).codes == {Code.DAY_LIMIT}
    assert decide("EC", "2026-07-10T10:00", Channel.VISIT, history=called).outcome is Outcome.ALLOW


def test_chile_allows_one_call_or_visit_a_week_and_two_messages_some_days_apart() -> None:
    called = [contact("CL", "2026-07-06T10:00", direct=False)]
    assert decide("CL", "2026-07-08T10:00", Channel.VISIT, history=called).codes == {Code.WEEK_CHANNEL}
    assert decide("CL", "2026-07-13T10:00", Channel.VISIT, history=called).outcome is Outcome.ALLOW
    wrote = [contact("CL", "2026-07-06T10:00", Channel.EMAIL, direct=False)]
    assert decide("CL", "2026-07-07T10:00", Channel.SMS, history=wrote).codes == {Code.WEEK_CHANNEL}
    assert decide("CL", "2026-07-08T10:00", Channel.SMS, history=wrote).outcome is Outcome.ALLOW


def test_nobody_else_is_told_of_the_debt() -> None:
    assert decide("EC", "2026-07-10T10:00", party=Party.THIRD_PARTY).codes == {Code.PARTY_NOT_ALLOWED}
    assert decide("MX", "2026-07-10T10:00", party=Party.GUARANTOR).outcome is Outcome.ALLOW


def test_a_visit_may_end_a_quarter_of_an_hour_late_and_is_never_stopped_from_ending() -> None:
    for minute, outcome in (("19:59", Outcome.ALLOW), ("20:15", Outcome.ALLOW), ("20:16", Outcome.WARN)):
        decision = decide("EC", f"2026-07-10T{minute}", Channel.VISIT, act=Act.FINISH_VISIT)
        assert decision.outcome is outcome, minute


def test_an_exception_lifts_only_what_its_pack_says() -> None:
    late = decide("EC", "2026-07-10T20:30")
    assert late.permits("customer_asked")
    assert not late.permits("because")
    assert not late.permits(None)
    assert late.to_json("customer_asked")["exception"] == "customer_asked"
    assert not decide("EC", "2026-07-10T20:30", party=Party.THIRD_PARTY).permits("customer_asked")


def test_a_company_without_a_pack_and_a_pack_before_its_day_forbid_nothing() -> None:
    debtor = debtor_of("CO")
    for pack in (None, pack_of("CO", valid_from="2027-01-01"), pack_of("CO", valid_to="2026-01-01")):
        decision = check(
            Act.CONTACT, Channel.CALL, at("CO", "2026-07-12T03:00"), debtor, pack, holidays=Holidays.none()
        )
        assert (decision.outcome, decision.pack) == (Outcome.ALLOW, None)


@pytest.mark.parametrize(
    ("country", "after", "expected"),
    [
        ("EC", "2026-07-10T10:00", "2026-07-10T10:00"),
        ("EC", "2026-07-10T06:59", "2026-07-10T07:00"),
        ("EC", "2026-07-10T20:00", "2026-07-13T07:00"),
        ("CO", "2026-07-11T15:00", "2026-07-14T07:00"),
        ("CL", "2026-07-11T20:00", "2026-07-13T08:00"),
    ],
)
def test_a_mail_waits_for_the_next_legal_minute(country: str, after: str, expected: str) -> None:
    found = next_legal_instant(
        Channel.EMAIL,
        at(country, after),
        debtor_of(country),
        pack_of(country),
        holidays=calendar_of(country),
    )
    assert found == at(country, expected)


def test_time_does_not_help_where_consent_is_missing() -> None:
    debtor = debtor_of("CO", channels=frozenset())
    asked = at("CO", "2026-07-10T10:00")
    rules = pack_of("CO")
    assert next_legal_instant(Channel.EMAIL, asked, debtor, rules, holidays=calendar_of("CO")) is None


@given(
    country=st.sampled_from(sorted(ZONES)),
    channel=st.sampled_from(Channel),
    kind=st.sampled_from(DebtorType),
    after=st.integers(0, 330 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    past=st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from(Channel), st.booleans()), max_size=6),
)
def test_the_next_legal_instant_is_legal_and_not_before_it_was_asked_for(
    country: str,
    channel: Channel,
    kind: DebtorType,
    after: datetime,
    past: list[tuple[int, Channel, bool]],
) -> None:
    history = [Contact(after - timedelta(minutes=ago), by, direct) for ago, by, direct in past]
    debtor, pack, days = debtor_of(country, kind), pack_of(country), calendar_of(country, 2026, 2027)
    found = next_legal_instant(channel, after, debtor, pack, history=history, holidays=days)
    assert found is not None
    assert found >= after
    decision = check(Act.CONTACT, channel, found, debtor, pack, history=history, holidays=days)
    assert decision.outcome is not Outcome.BLOCK
    assert not decision.codes & {Code.OUT_OF_HOURS, Code.HOLIDAY}


@pytest.mark.parametrize(
    ("country", "year", "days"),
    [
        (
            "CO", 2026,
            "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-13 07-20 08-07 08-17 10-12 11-02 "
            "11-16 12-08 12-25",
        ),
        (
            "CO", 2027,
            "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-12 07-20 08-07 08-16 10-18 11-01 "
            "11-15 12-08 12-25",
        ),
        (
            "EC", 2026,
            "01-01 02-16 02-17 04-03 05-01 05-24 05-25 08-10 10-09 11-02 11-03 12-25",
        ),
    ],
)  # fmt: skip
def test_the_holidays_are_those_of_the_law(country: str, year: int, days: str) -> None:
    assert sorted(calendar_of(country, year).names) == [
        date.fromisoformat(f"{year}-{day}") for day in days.split()
    ]


def test_local_holidays_are_added_and_keep_the_nations_name_of_a_day() -> None:
    local = {"_id": "holidays:local", "days": [{"on": "2026-12-06", "name": "Fundación de Quito"}]}
    nation = holidays_document("EC", 2026)
    assert nation is not None
    days = Holidays.from_documents([nation, local])
    assert days.names[date(2026, 12, 6)] == "Fundación de Quito"
    assert days.names[date(2026, 12, 25)] == "Navidad"


def test_contacts_are_read_from_facts_and_from_what_others_did() -> None:
    activity = {
        "items": [
            {"ref": "visit:ana:1", "kind": "visit", "at": "2026-07-10T15:00:00Z", "outcome": "paid"},
            {"ref": "dunning_notice:mail:x", "kind": "dunning_notice", "at": "2026-07-09T15:00:00Z"},
            {"ref": "receipt:R1:1", "kind": "receipt", "at": "2026-07-09T15:00:00Z"},
            {"ref": "contact_attempt:bob:1", "kind": "contact_attempt", "at": "2026-07-08T15:00:00Z"},
        ]
    }
    own = [
        {"_id": "visit:ana:1", "started_at": "2026-07-10T14:50:00Z", "outcome": "paid"},
        {"_id": "visit:ana:2", "started_at": "2026-07-11T14:50:00Z", "outcome": "absent"},
        {
            "_id": "contact_attempt:ana:3", "created_at": "2026-07-11T15:00:00Z",
            "channel": "call", "direct": True,
        },
    ]  # fmt: skip
    found = contacts_of(own, activity, {"paid"})
    assert sorted((str(each.at), each.channel.value, each.direct) for each in found) == [
        ("2026-07-09 15:00:00+00:00", "email", False),
        ("2026-07-10 14:50:00+00:00", "visit", True),
        ("2026-07-11 14:50:00+00:00", "visit", False),
        ("2026-07-11 15:00:00+00:00", "call", True),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"hours": {"8": ["07:00", "19:00"]}},
        {"hours": {"1": ["19:00", "07:00"]}},
        {"hours": {"1": ["7 am", "19:00"]}},
        {"limits": [{"code": "NEVER", "period": "day", "most": 1, "counts": "all"}]},
        {"limits": [{"code": "DAY_LIMIT", "period": "month", "most": 1, "counts": "all"}]},
        {"severities": {"consumer": {"default": "maybe"}}},
        {"valid_from": "soon"},
        {"parties": None},
    ],
)
def test_a_pack_that_makes_no_sense_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BadDocument, match="compliance_pack:CO"):
        pack_of("CO", **broken)


def test_every_shipped_pack_is_read_and_names_its_source() -> None:
    countries = sorted(path.stem.upper() for path in PACKS.glob("*.json"))
    assert countries == sorted(ZONES)
    for country in countries:
        assert len(pack_of(country).source) > 20
    assert shipped_pack("XX") is None
    assert not pack_of("MX").agency_may_collect
