"""May this customer be contacted? A company's rules of contact, read once and asked for many customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from backend.couch.client import Couch, Json
from backend.reconcile.activity import activity_id
from receivables.compliance import (
    Act,
    Channel,
    Contact,
    Debtor,
    DebtorType,
    Decision,
    Holidays,
    Pack,
    check,
    contacts_of,
    next_legal_instant,
)
from receivables.consents import consents_id, said_by_channel
from receivables.visits import outcomes


@dataclass(frozen=True, slots=True)
class ContactGate:
    """The rules as they stood when it was opened."""

    _couch: Couch
    _company: str
    _pack: Pack | None
    _holidays: Holidays
    _zone: ZoneInfo
    _default: DebtorType
    _direct: frozenset[str]

    @classmethod
    def open(cls, couch: Couch, company: str, profile: Mapping[str, Any]) -> Self:
        """Read the rules of a company by its `company:<code>` document; raise BadDocument for broken ones."""
        pack = couch.get(company, f"compliance_pack:{profile.get('country')}")
        policy = couch.get(company, "policy:collection") or {}
        catalogue = couch.get(company, "catalogue:outcomes") or {"items": []}
        days = couch.all_docs(company, start_key="holidays:", end_key="holidays:\ufff0", include_docs=True)
        return cls(
            couch,
            company,
            None if pack is None else Pack.from_json(pack),
            Holidays.from_documents(row["doc"] for row in days),
            ZoneInfo(profile["timezone"]),
            DebtorType(policy.get("debtor_type") or DebtorType.CONSUMER),
            frozenset(code for code, outcome in outcomes(catalogue).items() if outcome.contact),
        )

    def decide(self, customer: Json, channel: Channel, at: datetime) -> Decision:
        """Whether the customer of this document may be contacted at `at`, after all that was done there."""
        return check(
            Act.CONTACT,
            channel,
            at,
            self._debtor(customer),
            self._pack,
            history=self._history(customer),
            holidays=self._holidays,
        )

    def next_instant(self, customer: Json, channel: Channel, after: datetime) -> datetime | None:
        """When it would be in order; None where time does not help."""
        return next_legal_instant(
            channel,
            after,
            self._debtor(customer),
            self._pack,
            history=self._history(customer),
            holidays=self._holidays,
        )

    def _debtor(self, customer: Json) -> Debtor:
        said = said_by_channel(self._couch.get(self._company, consents_id(customer["code"])))
        return Debtor.from_json(customer, default=self._default, zone=self._zone, said=said)

    def _history(self, customer: Json) -> list[Contact]:
        return contacts_of((), self._couch.get(self._company, activity_id(customer["code"])), self._direct)
