"""Erasing the company from a phone: the office's order, and what the phone answers in its letters.

The order is of a phone, so it stands in each `device` document of its key; the first of them decides where
two write at once. A phone under order is shut out of the database from the first write on, and every letter
of it may come again.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime

from backend.companies import admit_devices, put_if_absent
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.reconcile.facts import park
from backend.reconcile.parking import not_taken_over, not_taken_over_id
from backend.services.enrolment import list_devices
from backend.services.recovery import standing_revisions, take_in_facts
from receivables.documents import SCHEMA, rfc3339
from receivables.identifiers import collector_database
from receivables.recovery import Recovery
from receivables.wiping import (
    Letter,
    Step,
    WipeState,
    erased,
    handed_over,
    heard,
    may_undo,
    new_order,
    state_of,
)


class NoOrder(LookupError):
    """The phone is not to be erased."""


class HeardAlready(Exception):
    """The phone has heard of the order and may be erasing."""


def order_wipe(
    couch: Couch, company: str, device: str, *, order: str, by: str, reason: str, now: datetime
) -> Json | None:
    """Order the phone of `device` erased and shut it out at once; the order that stands, or None where there
    is no such device. Asked again it is the same order.
    """
    phone = _phone_of(couch, company, device)
    if not phone:
        return None
    wish = new_order(order, by=by, reason=reason, now=now)
    standing = _change(couch, company, phone, lambda wipe: wipe or wish)
    _admit(couch, company, phone)
    return standing


def undo_order(couch: Couch, company: str, device: str) -> Json | None:
    """Take the order back and let the phone in again, where nothing else keeps it out; the document of the
    device, or None where there is none. Raise NoOrder or HeardAlready.
    """
    phone = _phone_of(couch, company, device)
    if not phone:
        return None
    if not any(each.get("wipe") for each in phone):
        raise NoOrder

    def taken_back(wipe: Json | None) -> None:
        if wipe and not may_undo(wipe):
            raise HeardAlready

    _change(couch, company, phone, taken_back)
    _admit(couch, company, phone)
    return couch.get(company, f"device:{device}")


def describe_order(wipe: Json | None) -> Json | None:
    """An order as the office sees it; None where there is none."""
    return {**wipe, "state": state_of(wipe).value} if wipe else None


def is_to_be_erased(couch: Couch, company: str, public_key: str) -> bool:
    """Is the phone of this key under order, or was it erased?"""
    return any(each.get("wipe") for each in _phone_of_key(couch, company, public_key))


def answer_letter(
    couch: Couch,
    company: str,
    recovery: Recovery,
    letter: Letter,
    box: bytes,
    *,
    now: datetime,
    record: Callable[[], None],
    end_sessions: Callable[[str], None],
) -> Json:
    """Do what the phone asks in a letter that is believed, and return what it is told.

    `record` writes into the audit that the phone is erased, before that is kept; `end_sessions` takes the
    tokens of a device. Raise BadRecovery.
    """
    phone = _phone_of(couch, company, recovery.device)
    wipe: Json | None = phone[0].get("wipe") if phone else None
    if wipe is None:
        return {"order": None}
    if letter.step is Step.ASK or letter.order != wipe["order"]:
        return {"order": wipe["order"]}
    wipe = _change(couch, company, phone, lambda known: heard(known, now) if known else None)
    if wipe is None:
        return {"order": None}  # taken back at this very moment
    match letter.step:
        case Step.HAND_OVER:
            return {"order": wipe["order"], "held": _take_over(couch, company, recovery, box, now)}
        case Step.SETTLE:
            collectors = sorted({str(each["collector"]) for each in phone})
            missing = _missing(couch, company, collectors, letter.holds)
            if not missing:
                facts = [fact for fact, _rev in letter.holds]
                _change(couch, company, phone, lambda known: known and handed_over(known, facts, now))
            return {"order": wipe["order"], "missing": missing}
        case _:
            if state_of(wipe) is not WipeState.ERASED:
                record()
            _change(
                couch, company, phone, lambda known: known and erased(known, now), revoked_at=rfc3339(now)
            )
            for each in phone:
                end_sessions(each["_id"].partition(":")[2])
            return {"order": wipe["order"], "erased": True}


def _take_over(couch: Couch, company: str, recovery: Recovery, box: bytes, now: datetime) -> list[str]:
    """Take in the facts; what the database refuses is kept as an exception, and whole in the sealed box."""
    report = take_in_facts(couch, company, recovery)
    if report.refused:
        kept = _keep_box(couch, company, box, recovery, now)
        bodies = {fact["_id"]: fact for fact in recovery.facts}
        park(
            couch,
            company,
            [
                not_taken_over(
                    bodies[each["id"]], each["reason"], collector=recovery.collector, box=kept, now=now
                )
                for each in report.refused
            ],
        )
    return [fact["_id"] for fact in recovery.facts]


def _keep_box(couch: Couch, company: str, box: bytes, recovery: Recovery, now: datetime) -> str:
    digest = hashlib.sha256(box).hexdigest()
    attached = {"content_type": "application/octet-stream", "data": b64encode(box).decode()}
    document = {
        "_id": f"handed_over:{digest}",
        "schema": SCHEMA,
        "collector": recovery.collector,
        "device": recovery.device,
        "kept_at": rfc3339(now),
        "_attachments": {"box": attached},
    }
    put_if_absent(couch, company, document)
    return str(document["_id"])


def _missing(
    couch: Couch, company: str, collectors: Sequence[str], holds: Sequence[tuple[str, str]]
) -> list[str]:
    """Which of the phone's facts are neither kept as they are nor parked; several people may have used it."""
    databases = [company, *(collector_database(company, each) for each in collectors)]
    standing = standing_revisions(couch, databases, [fact for fact, _rev in holds])
    lacking = {
        (fact, rev): [not_taken_over_id(each, fact, rev) for each in collectors]
        for fact, rev in holds
        if rev not in standing.get(fact, ())
    }
    parked = couch.get_many(company, [name for names in lacking.values() for name in names])
    return [fact for (fact, _rev), names in lacking.items() if parked.keys().isdisjoint(names)]


def _phone_of(couch: Couch, company: str, device: str) -> list[Json]:
    """The `device` documents of the phone that is `device`, in the order of their ids; empty for none."""
    own = couch.get(company, f"device:{device}")
    return _phone_of_key(couch, company, own["public_key"]) if own else []


def _phone_of_key(couch: Couch, company: str, public_key: str) -> list[Json]:
    found = (each for each in list_devices(couch, company) if each["public_key"] == public_key)
    return sorted(found, key=lambda each: str(each["_id"]))


def _change(
    couch: Couch,
    company: str,
    phone: Sequence[Json],
    change: Callable[[Json | None], Json | None],
    *,
    revoked_at: str | None = None,
) -> Json | None:
    """Change the order in the first document of the phone, then make the others say the same.

    `revoked_at` shuts out for good what was not shut out. Return the order; what `change` raises changes
    nothing.
    """
    first, *others = (str(each["_id"]) for each in phone)
    standing = _write(couch, company, first, change, revoked_at)
    for each in others:
        _write(couch, company, each, lambda _wipe: standing, revoked_at)
    return standing


def _write(
    couch: Couch,
    company: str,
    doc_id: str,
    change: Callable[[Json | None], Json | None],
    revoked_at: str | None,
) -> Json | None:
    while True:
        document = couch.get(company, doc_id) or {}
        wipe = change(document.get("wipe"))
        changed = document | {"wipe": wipe, "revoked_at": document.get("revoked_at") or revoked_at}
        if changed == document or ("wipe" not in document and wipe is None and not revoked_at):
            return wipe
        try:
            couch.put(company, changed)
        except Conflict:
            continue
        return wipe


def _admit(couch: Couch, company: str, phone: Sequence[Json]) -> None:
    for collector in {str(each["collector"]) for each in phone}:
        admit_devices(couch, company, collector)
