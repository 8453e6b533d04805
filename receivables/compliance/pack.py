"""A country's rules of contact: a `compliance_pack:<country>` document.

Sources are named in the document itself, with the article. Packs are replicated, so that a change of the law
reaches the phones without a new version of the app, and carry a version that every decision keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, Self

from receivables.documents import BadDocument, parse_date


class Channel(StrEnum):
    """How somebody is contacted."""

    VISIT = "visit"
    CALL = "call"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"


class Code(StrEnum):
    """Why a contact is not in order."""

    OUT_OF_HOURS = "OUT_OF_HOURS"
    HOLIDAY = "HOLIDAY"
    DAY_LIMIT = "DAY_LIMIT"
    WEEK_CHANNEL = "WEEK_CHANNEL"
    NO_CONSENT = "NO_CONSENT"
    VISIT_FORBIDDEN = "VISIT_FORBIDDEN"
    PARTY_NOT_ALLOWED = "PARTY_NOT_ALLOWED"


class Severity(StrEnum):
    """What a pack makes of a code for a type of debtor."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


class Counts(StrEnum):
    """Which contacts use up a limit: those in which the debtor answered, the others, or all."""

    DIRECT = "direct"
    FAILED = "failed"
    ALL = "all"


class Period(StrEnum):
    """A local calendar day, or an ISO week (Monday to Sunday), in the debtor's zone."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of one weekday, `[start, end)`."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError(f"hours from {self.start} to {self.end}")


def windows_from_json(hours: Mapping[str, Any]) -> dict[int, Window]:
    """Read `{"1": ["07:00", "19:00"], …}`: ISO weekdays, Monday is 1; a day that is not there is closed."""
    windows = {int(day): Window(*(time.fromisoformat(at) for at in span)) for day, span in hours.items()}
    if not windows.keys() <= set(range(1, 8)):
        raise ValueError(f"weekdays {sorted(windows)}")
    return windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` contacts in a period over `channels` together, or with `each`, over each by itself.

    `days_apart` asks for so many days between two of them.
    """

    code: Code
    channels: frozenset[Channel]
    each: bool
    period: Period
    most: int
    counts: Counts
    days_apart: int

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            code=Code(item["code"]),
            channels=frozenset(Channel(each) for each in item.get("channels") or Channel),
            each=bool(item.get("each", False)),
            period=Period(item["period"]),
            most=int(item["most"]),
            counts=Counts(item["counts"]),
            days_apart=int(item.get("days_apart", 0)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionReason:
    """A reason that, when recorded, lifts some codes: in Colombia, for one, that the debtor asked for it."""

    code: str
    label: Mapping[str, str]
    lifts: frozenset[Code]

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            code=str(item["code"]),
            label=dict(item["label"]),
            lifts=frozenset(Code(each) for each in item["lifts"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The rules of one country. `valid_to` is the last day, or None.

    With `agency_may_collect` False only the creditor's own people may take money, and an agency's may not.
    """

    country: str
    version: int
    source: str
    valid_from: date
    valid_to: date | None
    windows: Mapping[int, Window]
    visit_grace_minutes: int
    limits: tuple[Limit, ...]
    one_channel_a_week: bool
    channels_need_consent: bool
    visits_need_authorisation: bool
    parties: frozenset[str]
    severities: Mapping[str, Mapping[str, Severity]]
    exceptions: tuple[ExceptionReason, ...]
    agency_may_collect: bool

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Self:
        """Read a pack; raise BadDocument where one of its rules makes no sense."""
        try:
            valid_to = doc.get("valid_to")
            return cls(
                country=str(doc["country"]),
                version=int(doc["version"]),
                source=str(doc["source"]),
                valid_from=parse_date(doc["valid_from"]),
                valid_to=None if valid_to is None else parse_date(valid_to),
                windows=windows_from_json(doc["hours"]),
                visit_grace_minutes=int(doc.get("visit_grace_minutes", 0)),
                limits=tuple(Limit.from_json(item) for item in doc.get("limits", ())),
                one_channel_a_week=bool(doc.get("one_channel_a_week", False)),
                channels_need_consent=bool(doc.get("channels_need_consent", False)),
                visits_need_authorisation=bool(doc.get("visits_need_authorisation", False)),
                parties=frozenset(str(each) for each in doc["parties"]),
                severities={
                    str(debtor): {str(code): Severity(each) for code, each in table.items()}
                    for debtor, table in doc["severities"].items()
                },
                exceptions=tuple(ExceptionReason.from_json(item) for item in doc.get("exceptions", ())),
                agency_may_collect=bool(doc.get("agency_may_collect", True)),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadDocument(f"compliance pack {doc.get('_id')!r}: {error!r}") from error

    def is_valid_on(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def severity_of(self, code: Code, debtor_type: str) -> Severity:
        """What the pack makes of `code`: its own word, that of the debtor's type, or else that it blocks."""
        table = self.severities.get(debtor_type, {})
        return table.get(code, table.get("default", Severity.BLOCK))
