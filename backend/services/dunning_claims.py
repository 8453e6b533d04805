"""The claim that keeps a mail from going twice: `dunning_claim:<key>`, one per policy, customer and day.

    –  ──▶ sending ──▶ sent         the notice is written: that is the proof
              │  └───▶ failed       certainly not gone; tried again the same day unless refused for good
              └──────▶ uncertain    perhaps gone; never again on that day

The notice is written before the claim says `sent`. So a claim still in `sending` with a notice is sent, and
without one nobody knows whether the mail went out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.services.mail_claims import UNKNOWN_END, MailClaims
from receivables.dunning import Notice


class DunningClaims:
    def __init__(self, couch: Couch, company: str) -> None:
        self._couch = couch
        self._company = company
        self._claims = MailClaims(couch, company)

    def take(self, notice: Notice, *, now: datetime) -> Json | None:
        """Claim the notice for this process; None when it was dealt with, or somebody else is at it."""
        claim_id, body = f"dunning_claim:{notice.key}", {"customer": notice.customer}
        return self._claims.take(claim_id, body, now=now)

    def settle(self, claim: Json, state: str, *, error: str | None = None, final: bool = False) -> None:
        """Write how it ended over whatever revision is current."""
        self._claims.settle(claim, state, error=error, final=final)

    def sweep(self) -> list[str]:
        """Settle what a stopped process left behind; returns the customers whose mail is uncertain."""
        uncertain: list[str] = []
        rows: list[dict[str, Any]] = self._couch.view(
            self._company, DDOC, "dunning_claims_sending", include_docs=True
        )
        for claim in (row["doc"] for row in rows if row.get("doc")):
            if self._couch.get(self._company, notice_id(claim["_id"].removeprefix("dunning_claim:"))):
                self.settle(claim, "sent")
            else:
                self.settle(claim, "uncertain", error=UNKNOWN_END)
                uncertain.append(str(claim["customer"]))
        return uncertain


def notice_id(key: str) -> str:
    return f"dunning_notice:mail:{key}"
