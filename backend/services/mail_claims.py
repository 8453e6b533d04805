"""The claim that keeps a mail from going twice: a document of its own for each mail.

–  ──▶ sending ──▶ sent
          │  └───▶ failed       certainly not gone; may be tried again unless refused for good
          └──────▶ uncertain    perhaps gone; never again
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from receivables.documents import SCHEMA, rfc3339

UNKNOWN_END = "se interrumpió antes de conocer la respuesta del servidor de correo"


class MailClaims:
    def __init__(self, couch: Couch, company: str) -> None:
        self._couch = couch
        self._company = company

    def take(self, claim_id: str, body: Json, *, now: datetime) -> Json | None:
        """Claim the mail for this process; None when it was dealt with, or somebody else is at it."""
        existing = self._couch.get(self._company, claim_id)
        if existing is not None and not may_be_tried(existing):
            return None
        before = existing or {"_id": claim_id, "schema": SCHEMA, **body, "attempts": 0}
        claim = {
            **before,
            "state": "sending",
            "attempts": before["attempts"] + 1,
            "claimed_at": rfc3339(now),
            "error": None,
        }
        try:
            return {**claim, "_rev": self._couch.put(self._company, claim)}
        except Conflict:
            return None

    def settle(
        self, claim: Json, state: str, *, error: str | None = None, final: bool = False, **told: Any
    ) -> None:
        """Write how it ended, and what is `told` of it, over whatever revision is current.

        A sweep may have called it uncertain meanwhile.
        """
        current: Json | None = claim
        while current is not None:
            settled = {**current, "state": state, "error": error, "final": final, **told}
            try:
                self._couch.put(self._company, settled)
            except Conflict:
                current = self._couch.get(self._company, claim["_id"])
            else:
                return


def may_be_tried(claim: Json | None) -> bool:
    """Did the mail certainly not go, and may it still?"""
    return claim is None or (claim["state"] == "failed" and not claim.get("final"))
