"""Erasing a company from a phone by order of its office: what may follow what, and who is to be believed.

A phone never takes an order from a status code: it asks in a letter that only the office can open and that
holds a nonce, and believes an answer that is authenticated with that nonce. So neither the page of a public
network nor another server can have a phone erased, and an order that was taken back can't be replayed.
Nothing is erased before the office has said, in such an answer, that it holds every fact of the phone.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from receivables.documents import Json, rfc3339

NONCE_BYTES = 32

_ANSWER = b"recaudo answer 1\n"


class Step(StrEnum):
    """What a phone says in a letter."""

    ASK = "ask"  # is this phone to be erased?
    HAND_OVER = "hand_over"  # facts that may be nowhere else
    SETTLE = "settle"  # does the office hold all of these?
    ERASED = "erased"


class WipeState(StrEnum):
    """How far an order has come, as the office sees it."""

    ASKED = "asked"  # the phone has not heard of it, or the office has not heard that it has
    HEARD = "heard"
    HANDED_OVER = "handed_over"  # the office holds every fact of the phone and has said so
    ERASED = "erased"


class BadLetter(ValueError):
    """What came along with a recovery says nothing that a phone would say."""


class Forged(ValueError):
    """The answer was not made by who opened the letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes along with the facts of a recovery, within its signature and its seal.

    `order` is the one that the phone obeys, empty while it asks; `holds` are the ids and revisions of the
    facts that the office has to hold before the phone erases them.
    """

    step: Step
    nonce: bytes
    order: str = ""
    holds: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> Json:
        return {
            "step": self.step.value,
            "order": self.order,
            "nonce": base64.b64encode(self.nonce).decode(),
            "holds": [list(each) for each in self.holds],
        }

    @classmethod
    def from_json(cls, said: object) -> Letter:
        """Read what `to_json` gave; raise BadLetter."""
        try:
            fields: Mapping[str, Any] = said if isinstance(said, dict) else {}
            letter = cls(
                step=Step(fields["step"]),
                nonce=base64.b64decode(fields["nonce"], validate=True),
                order=fields["order"],
                holds=tuple((each, rev) for each, rev in fields["holds"]),
            )
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise BadLetter("letter_unreadable") from error
        texts = (letter.order, *(text for pair in letter.holds for text in pair))
        if len(letter.nonce) != NONCE_BYTES or not all(isinstance(text, str) for text in texts):
            raise BadLetter("letter_unreadable")
        return letter


def answer(said: Mapping[str, Any], nonce: bytes) -> Json:
    """What the office answers to a letter with `nonce`, so that the phone can believe it."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return {"said": text, "proof": _proof(text, nonce)}


def believed(body: Mapping[str, Any], nonce: bytes) -> Json:
    """What the office said to the letter with `nonce`; raise Forged for an answer of anybody else's."""
    text, proof = body.get("said"), body.get("proof")
    if not (isinstance(text, str) and isinstance(proof, str) and proof.isascii()):
        raise Forged("no answer of an office")
    if not hmac.compare_digest(proof, _proof(text, nonce)):
        raise Forged("the proof is not of this letter")
    said: Json = json.loads(text)
    return said


def _proof(text: str, nonce: bytes) -> str:
    return hmac.digest(nonce, _ANSWER + text.encode(errors="surrogatepass"), "sha256").hex()


# -- the order, as it stands in the documents of the device ---------------------------------------


def new_order(order: str, *, by: str, reason: str, now: datetime) -> Json:
    """An order that no phone has heard of."""
    return {
        "order": order,
        "asked_at": rfc3339(now),
        "by": by,
        "reason": reason,
        "heard_at": None,
        "handed_over_at": None,
        "erased_at": None,
        "facts": {},
    }


def state_of(wipe: Mapping[str, Any]) -> WipeState:
    """How far the order `wipe` has come."""
    for name, state in (
        ("erased_at", WipeState.ERASED),
        ("handed_over_at", WipeState.HANDED_OVER),
        ("heard_at", WipeState.HEARD),
    ):
        if wipe.get(name):
            return state
    return WipeState.ASKED


def may_undo(wipe: Mapping[str, Any]) -> bool:
    """May the order be taken back? Not once the phone has heard of it, for it may be erasing already."""
    return state_of(wipe) is WipeState.ASKED


def heard(wipe: Mapping[str, Any], now: datetime) -> Json:
    """The order once the phone has named it; the first time stands."""
    return {**wipe, "heard_at": wipe["heard_at"] or rfc3339(now)}


def handed_over(wipe: Mapping[str, Any], facts: Iterable[str], now: datetime) -> Json:
    """The order once the office holds all of `facts`, by id; the first time stands."""
    if wipe["handed_over_at"]:
        return dict(wipe)
    counts = Counter(fact.partition(":")[0] for fact in facts)
    return {**heard(wipe, now), "handed_over_at": rfc3339(now), "facts": dict(sorted(counts.items()))}


def erased(wipe: Mapping[str, Any], now: datetime) -> Json:
    """The order once the phone said that nothing of the company is left on it; the first time stands."""
    return {**heard(wipe, now), "erased_at": wipe["erased_at"] or rfc3339(now)}


# -- what goes from the phone -------------------------------------------------------------------


def goes_along(name: str, company: str, *, alone: bool) -> bool:
    """Does the file `name` of a phone's folder go when `company` is erased from it?

    Its databases with what SQLite keeps beside them, its key, and half-written ones of either; where no
    other company is left (`alone`) what belongs to the phone's owner too: enrolments and PIN.
    """
    if name.startswith(f"device-{company}.") or (name.startswith(f"{company}-c-") and ".sqlite" in name):
        return True
    owners = {"enrolment.json", "enrolment.new", "pin.json", "pin.new", "device.key", "device.new"}
    return alone and name in owners
