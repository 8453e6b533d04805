"""Who is contacted, by which channel, and what was done before: the facts that the rules are applied to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from receivables.compliance.pack import Channel, Window, windows_from_json
from receivables.documents import BadDocument, parse_instant

__all__ = ["Channel", "Contact", "Debtor", "DebtorType", "Party", "contact_of", "contacts_of"]


class DebtorType(StrEnum):
    """Most laws protect the consumer; between merchants they are good manners."""

    CONSUMER = "consumer"
    BUSINESS = "business"


class Party(StrEnum):
    """On which side of the debt the person stands who is contacted."""

    DEBTOR = "debtor"
    CO_DEBTOR = "co_debtor"
    GUARANTOR = "guarantor"
    THIRD_PARTY = "third_party"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """What the rules need to know of a customer.

    `channels` are those that he authorised, `withdrawn` those that he forbade since. `hours`, by ISO weekday,
    are those that he asked for in writing and that take the place of the law's. All times are in `zone`, his
    own.
    """

    type: DebtorType
    zone: tzinfo
    channels: frozenset[Channel] = frozenset()
    visits_authorised: bool = False
    withdrawn: frozenset[Channel] = frozenset()
    hours: Mapping[int, Window] = field(default_factory=dict)

    @classmethod
    def from_json(
        cls,
        customer: Mapping[str, Any],
        *,
        default: DebtorType,
        zone: tzinfo,
        said: Mapping[Channel, bool] | None = None,
    ) -> Debtor:
        """Read a `customer` document; `default` is the type of one that does not say it.

        `said` is what the customer gave or withdrew in the field, which is newer than what the ERP knows.
        """
        try:
            consent = customer.get("contact_consent") or {}
            given = frozenset(channel for channel, yes in (said or {}).items() if yes)
            withdrawn = frozenset(said or ()) - given
            known = frozenset(Channel(each) for each in consent.get("channels") or ())
            visits = bool(consent.get("visits", False)) or Channel.VISIT in given
            return cls(
                type=DebtorType(customer.get("debtor_type") or default),
                zone=zone,
                channels=(known | given) - withdrawn,
                visits_authorised=visits and Channel.VISIT not in withdrawn,
                withdrawn=withdrawn,
                hours=windows_from_json(consent.get("hours") or {}),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadDocument(f"customer {customer.get('_id')!r}: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact or attempt at the instant `at`; `direct` when the debtor himself answered."""

    at: datetime
    channel: Channel
    direct: bool


def contact_of(record: Mapping[str, Any], direct_outcomes: Collection[str]) -> Contact | None:
    """The contact that a fact, or an item of `activity:<customer>`, tells of; None where it is no contact.

    `direct_outcomes` are the codes of the visits' outcomes in which the debtor was spoken to.
    """
    kind = str(record.get("kind") or str(record.get("_id", "")).partition(":")[0])
    try:
        match kind:
            case "visit":
                at = parse_instant(str(record.get("started_at") or record["at"]))
                return Contact(at, Channel.VISIT, record.get("outcome") in direct_outcomes)
            case "dunning_notice":
                return Contact(parse_instant(record.get("sent_at") or record["at"]), Channel.EMAIL, False)
            case "contact_attempt":
                at = parse_instant(str(record.get("created_at") or record["at"]))
                return Contact(at, Channel(record["channel"]), bool(record["direct"]))
            case _:
                return None
    except (KeyError, TypeError, ValueError):
        return None  # what a newer version wrote otherwise limits nothing here


def contacts_of(
    facts: Iterable[Mapping[str, Any]],
    activity: Mapping[str, Any] | None,
    direct_outcomes: Collection[str],
) -> list[Contact]:
    """What a phone or the office knows to have been done: its own facts, and the items of others."""
    by_ref = {str(item.get("ref")): item for item in (activity or {}).get("items", [])}
    by_ref |= {str(fact["_id"]): fact for fact in facts}
    for record in list(by_ref.values()):
        by_ref.pop(str(record.get("of")), None)  # the attempt whose end this one tells is the same contact
    found = (contact_of(record, direct_outcomes) for record in by_ref.values())
    return [contact for contact in found if contact is not None]
