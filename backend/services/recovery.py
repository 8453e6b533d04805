"""Taking in a recovery file: the same facts under the same revisions, checked as if the phone had sent them.

What is there already stays, so a file may be taken in again, before or after the phone itself has sent some
of it. From the collector's database the facts go the way of all others.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from backend.companies import enrolments_of, ensure_collector_database
from backend.couch.client import Couch, Json
from backend.json_values import is_whole_text
from backend.reconcile.bulk import write_all
from backend.sealing import RecoveryKey
from backend.signatures import is_signed_by
from receivables.access import may_write, phone_roles
from receivables.recovery import BadRecovery, Recovery, unpack_recovery

FACTS_PER_WRITE = 200
_SPECIAL = frozenset({"_id", "_rev", "_revisions", "_attachments"})
_REVISION = re.compile(r"[0-9]+-.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    """What came of a file: facts `stored` now, `present` before, and `refused` with the reason of each.

    `facts` tells it of each, in the order of the file: its id and `stored`, `present` or `refused`.
    """

    collector: str
    device: str
    made_at: str
    stored: int
    present: int
    refused: tuple[Json, ...]
    facts: tuple[Json, ...]

    def to_json(self) -> Json:
        return {**asdict(self), "refused": list(self.refused), "facts": list(self.facts)}


def take_in(couch: Couch, company: str, box: bytes, key: RecoveryKey) -> RecoveryReport:
    """Take in the file `box`; raise BadRecovery for one that can't be opened or believed, and change nothing.

    The device may have been shut out meanwhile: what it wrote is the company's all the same.
    """

    return take_in_facts(couch, company, read_recovery(couch, company, key.open(box)))


def read_recovery(couch: Couch, company: str, content: bytes) -> Recovery:
    """What an opened file says; raise BadRecovery where no phone of the company has signed it."""

    def key_of(device: str) -> str | None:
        document = couch.get(company, f"device:{device}") if device else None
        return str(document["public_key"]) if document else None

    recovery = unpack_recovery(content, key_of, is_signed_by)
    if recovery.company != company:
        raise BadRecovery("recovery_of_another_company")
    return recovery


def take_in_facts(couch: Couch, company: str, recovery: Recovery) -> RecoveryReport:
    """Take in the facts of a recovery that is believed; raise BadRecovery where its device is another
    collector's.
    """
    database = ensure_collector_database(couch, company, recovery.collector)
    roles = _roles(couch, company, recovery)
    outcomes: dict[str, str] = {}
    refused: list[Json] = []
    for start in range(0, len(recovery.facts), FACTS_PER_WRITE):
        facts = []
        for fact in recovery.facts[start : start + FACTS_PER_WRITE]:
            doc_id = fact["_id"].encode(errors="replace").decode()
            outcomes[doc_id] = "stored"
            if field := _ill_formed(fact):
                refused.append({"id": doc_id, "reason": f"field_invalid: {field}"})
            else:
                facts.append(fact)
        standing = standing_revisions(couch, (company, database), [fact["_id"] for fact in facts])
        fresh = []
        for fact in facts:
            if fact.get("_rev") in standing.get(fact["_id"], ()):
                outcomes[fact["_id"]] = "present"
            elif problem := _problem(fact, standing, database=database, roles=roles):
                refused.append({"id": fact["_id"], "reason": problem})
            else:
                fresh.append(fact)
        failed = write_all(couch, database, fresh, new_edits=False).refused
        refused += [{"id": fact["_id"], "reason": reason} for fact, reason in failed]
    outcomes |= {each["id"]: "refused" for each in refused}
    came = list(outcomes.values())
    return RecoveryReport(
        collector=recovery.collector,
        device=recovery.device,
        made_at=recovery.made_at,
        stored=came.count("stored"),
        present=came.count("present"),
        refused=tuple(refused),
        facts=tuple({"id": doc_id, "outcome": outcome} for doc_id, outcome in outcomes.items()),
    )


def _problem(fact: Json, standing: dict[str, set[str]], *, database: str, roles: Sequence[str]) -> str | None:
    if fact["_id"] in standing:
        return "fact_immutable: _id"
    if not str(fact.get("_rev")).startswith("1-"):
        return "fact_immutable: _rev"
    problem = may_write(fact, None, database=database, roles=roles)
    return f"{problem.code}: {problem.field}" if problem else None


def _ill_formed(fact: Json) -> str | None:
    """The field for which a database would not take this for a document, and refuse all others with it.

    A stub of a picture names one that the database has; in a file there is the picture itself, or none.
    """
    strange = sorted(name for name in fact if name.startswith("_") and name not in _SPECIAL)
    if strange:
        return strange[0]
    if not _REVISION.fullmatch(str(fact.get("_rev"))):
        return "_rev"
    history = fact.get("_revisions", {"start": 1, "ids": []})
    ids = history.get("ids") if isinstance(history, dict) else None
    listed = isinstance(ids, list) and all(isinstance(each, str) for each in ids)
    if not listed or type(history.get("start")) is not int:
        return "_revisions"
    attached = fact.get("_attachments", {})
    if not isinstance(attached, dict) or not all(_is_picture(each) for each in attached.values()):
        return "_attachments"
    return None if is_whole_text(fact) else "text"


def _is_picture(attachment: object) -> bool:
    data = attachment.get("data") if isinstance(attachment, dict) else None
    try:
        return isinstance(data, str) and bool(base64.b64decode(data, validate=True))
    except ValueError:
        return False


def standing_revisions(couch: Couch, databases: Iterable[str], ids: Sequence[str]) -> dict[str, set[str]]:
    """The revisions under which these ids stand, by id, in any of the databases."""
    found: dict[str, set[str]] = {}
    for database in databases:
        for doc_id, document in couch.get_many(database, ids).items():
            found.setdefault(doc_id, set()).add(str(document["_rev"]))
    return found


def _roles(couch: Couch, company: str, recovery: Recovery) -> list[str]:
    """The roles under which the phone would have sent: of all devices that it was, shut out or not."""
    enrolments: list[Json] = enrolments_of(couch, company, recovery.collector)
    own = next((each for each in enrolments if each["_id"] == f"device:{recovery.device}"), None)
    if own is None:
        raise BadRecovery("recovery_device_unknown")
    earlier = [
        (each["_id"].partition(":")[2], each["series"])
        for each in enrolments
        if each["public_key"] == own["public_key"] and each is not own
    ]
    return phone_roles(company, recovery.collector, recovery.device, own["series"], earlier=earlier)
