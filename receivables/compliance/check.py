"""May this debtor be contacted now, and if not, when?

`check` finds everything that is wrong, not the first thing, so that the screen can say it all at once. It
never stops what has happened already: a visit that ends late is recorded, with the warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from receivables.compliance.calendar import Holidays
from receivables.compliance.contact import Channel, Contact, Debtor, Party
from receivables.compliance.pack import Code, Counts, ExceptionReason, Limit, Pack, Period, Severity, Window
from receivables.documents import Json

HOURS = frozenset({Code.OUT_OF_HOURS, Code.HOLIDAY})

CONSENT = frozenset({Code.NO_CONSENT, Code.VISIT_FORBIDDEN})
"""What a withdrawal forbids, to a consumer and to a business alike."""

LOOK_AHEAD_DAYS = 31
"""A month in which no day is open is a mistake in the rules, not something to wait for."""


class Act(StrEnum):
    """Contact now, agree on a contact at an instant, or end a visit that was begun."""

    CONTACT = "contact"
    SCHEDULE = "schedule"
    FINISH_VISIT = "finish_visit"


class Outcome(StrEnum):
    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not in order, and what the pack makes of it: a warning or a block."""

    code: Code
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was found, by the rules of which pack (None where the company has none)."""

    findings: tuple[Finding, ...]
    pack: Pack | None

    @property
    def outcome(self) -> Outcome:
        if any(finding.severity is Severity.BLOCK for finding in self.findings):
            return Outcome.BLOCK
        return Outcome.WARN if self.findings else Outcome.ALLOW

    @property
    def codes(self) -> frozenset[Code]:
        return frozenset(finding.code for finding in self.findings)

    @property
    def exceptions(self) -> tuple[ExceptionReason, ...]:
        """The reasons each of which, when recorded, lifts everything that blocks."""
        blocking = {finding.code for finding in self.findings if finding.severity is Severity.BLOCK}
        reasons = self.pack.exceptions if self.pack and blocking else ()
        return tuple(reason for reason in reasons if blocking <= reason.lifts)

    def permits(self, exception: str | None) -> bool:
        """May the contact be made, with this reason recorded or none?"""
        return self.outcome is not Outcome.BLOCK or exception in {each.code for each in self.exceptions}

    def to_json(self, exception: str | None = None) -> Json:
        """What a fact keeps of the decision that it was recorded under."""
        return {
            "outcome": self.outcome.value,
            "codes": sorted(code.value for code in self.codes),
            "pack": None if self.pack is None else self.pack.country,
            "version": None if self.pack is None else self.pack.version,
            "exception": None if self.outcome is not Outcome.BLOCK else exception,
        }


def check(
    act: Act,
    channel: Channel,
    when: datetime,
    debtor: Debtor,
    pack: Pack | None,
    *,
    history: Sequence[Contact] = (),
    holidays: Holidays,
    party: Party = Party.DEBTOR,
) -> Decision:
    """Decide about one contact at the aware instant `when`. Without a pack everything is allowed, but for a
    channel that the debtor withdrew.

    Hours and days are the debtor's own. `history` may hold contacts of any age; what is later than `when`
    counts too, so that a visit agreed for Thursday is judged by Thursday's week.
    """
    local = when.astimezone(debtor.zone)
    if pack is None or not pack.is_valid_on(local.date()):
        forbidden = channel in debtor.withdrawn and act is not Act.FINISH_VISIT
        return Decision(findings=(Finding(Code.NO_CONSENT, Severity.BLOCK),) if forbidden else (), pack=None)
    codes = list(_hour_codes(act, local, debtor, pack, holidays))
    if act is not Act.FINISH_VISIT:
        codes += _person_codes(channel, debtor, pack, party)
        codes += _frequency_codes(channel, local.date(), debtor, pack, history)
    findings: list[Finding] = []
    for code in dict.fromkeys(codes):
        severity = pack.severity_of(code, debtor.type)
        if code in CONSENT and channel in debtor.withdrawn:
            severity = Severity.BLOCK
        if act is Act.FINISH_VISIT and severity is Severity.BLOCK:
            severity = Severity.WARN
        if severity is not Severity.OFF:
            findings.append(Finding(code, severity))
    return Decision(findings=tuple(findings), pack=pack)


def next_legal_instant(
    channel: Channel,
    after: datetime,
    debtor: Debtor,
    pack: Pack | None,
    *,
    history: Sequence[Contact] = (),
    holidays: Holidays,
    party: Party = Party.DEBTOR,
) -> datetime | None:
    """The first instant from `after` on at which nothing blocks and the hours are kept, warnings or not.

    None when there is none within a month: the obstacle is not the time.
    """
    local = after.astimezone(debtor.zone)
    for days in range(LOOK_AHEAD_DAYS):
        on = local.date() + timedelta(days=days)
        window = None if pack is None else _window_of(on, debtor, pack)
        if pack is not None and pack.is_valid_on(on) and window is None:
            continue
        opens = datetime.combine(on, window.start if window else datetime.min.time(), debtor.zone)
        candidate = max(local, opens)
        decision = check(
            Act.CONTACT,
            channel,
            candidate,
            debtor,
            pack,
            history=history,
            holidays=holidays,
            party=party,
        )
        if decision.outcome is not Outcome.BLOCK and not decision.codes & HOURS:
            return candidate.astimezone(after.tzinfo)
    return None


def _window_of(on: date, debtor: Debtor, pack: Pack) -> Window | None:
    return debtor.hours.get(on.isoweekday()) or pack.windows.get(on.isoweekday())


def _hour_codes(act: Act, local: datetime, debtor: Debtor, pack: Pack, holidays: Holidays) -> Iterable[Code]:
    if local.date() in holidays:
        yield Code.HOLIDAY
        return
    window = _window_of(local.date(), debtor, pack)
    if window is None:
        yield Code.OUT_OF_HOURS
        return
    if act is Act.FINISH_VISIT:
        ends = datetime.combine(local.date(), window.end, debtor.zone)
        if local > ends + timedelta(minutes=pack.visit_grace_minutes):
            yield Code.OUT_OF_HOURS
    elif not window.start <= local.time() < window.end:
        yield Code.OUT_OF_HOURS


def _person_codes(channel: Channel, debtor: Debtor, pack: Pack, party: Party) -> Iterable[Code]:
    if party not in pack.parties:
        yield Code.PARTY_NOT_ALLOWED
    if channel is Channel.VISIT:
        if (pack.visits_need_authorisation and not debtor.visits_authorised) or channel in debtor.withdrawn:
            yield Code.VISIT_FORBIDDEN
    elif channel in debtor.withdrawn or (pack.channels_need_consent and channel not in debtor.channels):
        yield Code.NO_CONSENT


def _frequency_codes(
    channel: Channel, on: date, debtor: Debtor, pack: Pack, history: Sequence[Contact]
) -> Iterable[Code]:
    for limit in pack.limits:
        if channel in limit.channels and _is_reached(limit, channel, on, debtor, history):
            yield limit.code
    if pack.one_channel_a_week and any(
        contact.direct and contact.channel is not channel and _same(Period.WEEK, contact, on, debtor)
        for contact in history
    ):
        yield Code.WEEK_CHANNEL


def _is_reached(limit: Limit, channel: Channel, on: date, debtor: Debtor, history: Sequence[Contact]) -> bool:
    counted = [
        contact
        for contact in history
        if (contact.channel is channel if limit.each else contact.channel in limit.channels)
        and (limit.counts is Counts.ALL or contact.direct is (limit.counts is Counts.DIRECT))
    ]
    if sum(_same(limit.period, contact, on, debtor) for contact in counted) >= limit.most:
        return True
    return any(abs((on - _local_date(contact, debtor)).days) < limit.days_apart for contact in counted)


def _same(period: Period, contact: Contact, on: date, debtor: Debtor) -> bool:
    then = _local_date(contact, debtor)
    return then == on if period is Period.DAY else then.isocalendar()[:2] == on.isocalendar()[:2]


def _local_date(contact: Contact, debtor: Debtor) -> date:
    return contact.at.astimezone(debtor.zone).date()
