"""Who may do what: one rule for the phone before it writes, the database on arrival, and the office's API.

`may_write` decides over a document in a collector's database. The database runs the same rule in JavaScript,
`design_docs/collector/recaudo/validate_doc_update.js`; `tests/data/access_vectors.json` holds both to the
same answers.
`ALLOWED` says which roles may use which part of the API (docs/access.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from receivables.documents import PROJECTION_TYPES, SCHEMA
from receivables.fact_shapes import COMMON, FACTS, first_fault
from receivables.identifiers import COUNTER_DIGITS, MAX_COUNTER, ULID, collector_database, parse_id
from receivables.money import minor_from_json
from receivables.validation import Problem

SERVER_ROLE = "_admin"

PICTURE = "picture"
"""The one attachment of a `photo`; no other fact carries any."""


class Role(StrEnum):
    """What a person is in one company."""

    COLLECTOR = "collector"
    SUPERVISOR = "supervisor"
    BACKOFFICE = "backoffice"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What the office asks of the API."""

    READ = "read"  # customers, visits, receipts, totals, exceptions
    ASSIGN = "assign"  # customers to collectors
    CLOSE_EXCEPTION = "close_exception"
    CORRECT_RECEIPT = "correct_receipt"  # send again, void, its cheque bounced
    SET_GOALS = "set_goals"  # what is expected of collectors
    MANAGE_DEVICES = "manage_devices"
    FOLLOW = "follow"  # where collectors go in worked hours, and in which
    MANAGE_BRAND = "manage_brand"  # the company's name, colour and logo
    MANAGE_MAIL = "manage_mail"  # whether customers get their receipts by e-mail
    MANAGE_USERS = "manage_users"
    READ_AUDIT = "read_audit"


_WITHOUT_PICTURE = Problem("picture_missing", "_attachments")
_ROLE_NAMES = frozenset(role.value for role in Role)
_OFFICE = frozenset({Role.SUPERVISOR, Role.BACKOFFICE, Role.COORDINATOR, Role.ADMINISTRATOR})

ALLOWED: Mapping[Action, frozenset[Role]] = {
    Action.READ: _OFFICE,
    Action.ASSIGN: frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Action.CLOSE_EXCEPTION: _OFFICE,
    Action.CORRECT_RECEIPT: _OFFICE,
    Action.SET_GOALS: frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Action.MANAGE_DEVICES: frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Action.FOLLOW: frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Action.MANAGE_BRAND: frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Action.MANAGE_MAIL: frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Action.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
    Action.READ_AUDIT: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
}


def company_role(company: str, role: Role) -> str:
    """The role as CouchDB and the tokens carry it: `andina:supervisor`."""
    return f"{company}:{role}"


def roles_in(company: str, roles: Collection[str]) -> frozenset[Role]:
    """Which of the roles that a token carries count in `company`; unknown ones don't."""
    named = (role.removeprefix(f"{company}:") for role in roles if role.startswith(f"{company}:"))
    return frozenset(Role(name) for name in named if name in _ROLE_NAMES)


def may(action: Action, company: str, roles: Collection[str]) -> bool:
    """May the bearer of `roles` do this in `company`?"""
    return not ALLOWED[action].isdisjoint(roles_in(company, roles))


def may_write(
    document: Mapping[str, Any], old: Mapping[str, Any] | None, *, database: str, roles: Collection[str]
) -> Problem | None:
    """Why a collector's database would refuse `document`, or None where it admits it.

    `old` is what the document would replace, `roles` are those of the writer's token. The first fault counts.
    """
    server = SERVER_ROLE in roles
    kind, colon, _ = str(document["_id"]).partition(":")
    if kind not in FACTS or not colon:
        if server:
            return None
        reserved = kind in PROJECTION_TYPES or kind.startswith("_")
        return Problem("server_only" if reserved else "type_unknown", "_id")
    return (
        _not_a_first_version(document, old)
        or _common_fault(document, database)
        or (None if server else _not_the_writer(document, roles))
        or first_fault(document, FACTS[kind])
        or (_receipt_fault if kind == "receipt" else _other_fault)(document, None if server else roles)
    )


def _not_a_first_version(document: Mapping[str, Any], old: Mapping[str, Any] | None) -> Problem | None:
    if document.get("_deleted"):
        return Problem("fact_deleted", "_id")
    if old is not None:
        return Problem("fact_immutable", "_id")
    if (document.get("_revisions") or {}).get("start", 0) > 1:
        return Problem("fact_immutable", "_rev")
    attached = document.get("_attachments")
    if not str(document["_id"]).startswith("photo:"):
        return None if attached is None else Problem("attachment_refused", "_attachments")
    return None if isinstance(attached, dict) and set(attached) == {PICTURE} else _WITHOUT_PICTURE


def _common_fault(document: Mapping[str, Any], database: str) -> Problem | None:
    schema = document.get("schema")
    if isinstance(schema, bool) or schema != SCHEMA:
        return Problem("schema_unknown", "schema")
    fault = first_fault(document, COMMON)
    if fault:
        return fault
    company, collector = document["company"], document["collector"]
    if database != f"{company}-c-{collector}":
        return Problem("writer_mismatch", "collector" if database.startswith(f"{company}-c-") else "company")
    return None


def _not_the_writer(document: Mapping[str, Any], roles: Collection[str]) -> Problem | None:
    if not any(role.startswith(f"{document['company']}:") for role in roles):
        return Problem("role_missing", "company")
    if f"c:{document['collector']}" not in roles:
        return Problem("role_missing", "collector")
    if f"d:{document['device']}" not in roles:
        return Problem("role_missing", "device")
    return None


def _receipt_fault(receipt: Mapping[str, Any], roles: Collection[str] | None) -> Problem | None:
    """`roles` is None for the server, which writes in anybody's name when it restores a database."""
    series, counter = receipt["series"], minor_from_json(receipt["counter"])
    digits = f"{counter:0{COUNTER_DIGITS}d}"
    if counter > MAX_COUNTER or receipt["_id"] != f"receipt:{series}:{digits}":
        return Problem("id_mismatch", "_id")
    if receipt["number"] != f"{series}-{digits}":
        return Problem("id_mismatch", "number")
    if roles is not None and f"series:{series}" not in roles:
        return Problem("role_missing", "series")
    return _money_fault(receipt)


def _money_fault(receipt: Mapping[str, Any]) -> Problem | None:
    """The sums hold, and a difference is written off only beside a payment to its invoice, and once."""
    if _sum(receipt["payments"]) != receipt["total"]:
        return Problem("sum_mismatch", "payments")
    if _sum(receipt["allocations"]) + minor_from_json(receipt["on_account"]) != receipt["total"]:
        return Problem("sum_mismatch", "allocations")
    unsettled = {line["invoice"] for line in receipt["allocations"]}
    for line in receipt.get("write_offs") or ():
        if line["invoice"] not in unsettled:
            return Problem("write_off_alone", "write_offs")
        unsettled.remove(line["invoice"])
    return None


def _other_fault(fact: Mapping[str, Any], roles: Collection[str] | None) -> Problem | None:
    parts = parse_id(fact["_id"]).parts if fact["_id"].count(":") == 2 else ()
    if len(parts) != 2 or parts[0] != fact["collector"] or not ULID.fullmatch(parts[1]):
        return Problem("id_mismatch", "_id")
    if roles is not None and fact["_id"].startswith("receipt_void:"):
        series = fact["receipt"].split(":")[1]
        if f"series:{series}" not in roles:
            return Problem("role_missing", "series")
    if fact["_id"].startswith("consent:") and fact["given"] and fact.get("signature") is None:
        return Problem("field_invalid", "signature")
    return _cash_fault(fact)


def _cash_fault(fact: Mapping[str, Any]) -> Problem | None:
    """Deposits and closes add up, or somebody would have to guess which of their figures is the money."""
    kind = fact["_id"].partition(":")[0]
    if kind == "deposit" and minor_from_json(fact["cash"]) + _sum(fact["cheques"]) != fact["total"]:
        return Problem("sum_mismatch", "total")
    if kind != "cash_close":
        return None
    counted, expected = minor_from_json(fact["counted"]), minor_from_json(fact["expected"])
    pieces = sum(
        minor_from_json(each["value"]) * minor_from_json(each["count"]) for each in fact["denominations"]
    )
    if fact["denominations"] and pieces != counted:
        return Problem("sum_mismatch", "counted")
    came, went = ("opening", "collected"), ("voided", "deposited")
    if expected != sum(minor_from_json(fact[name]) for name in came) - sum(
        minor_from_json(fact[name]) for name in went
    ):
        return Problem("sum_mismatch", "expected")
    return None if fact["difference"] == counted - expected else Problem("sum_mismatch", "difference")


def _sum(lines: list[Mapping[str, Any]]) -> int:
    return sum(minor_from_json(line["amount"]) for line in lines)


def member_role(device: str) -> str:
    """The role that lets one enrolled device into its collector's database."""
    return f"d:{device}"


def phone_roles(
    company: str, collector: str, device: str, series: str, *, earlier: Iterable[tuple[str, str]] = ()
) -> list[str]:
    """The roles of a phone's token; `earlier` are device and series of what the phone was before.

    Raise BadIdentifier where the codes can't name a collector's database.
    """
    collector_database(company, collector)
    roles = [company_role(company, Role.COLLECTOR), f"c:{collector}"]
    for each, own_series in ((device, series), *earlier):
        roles += [member_role(each), f"series:{own_series}"]
    return roles


def device_of(roles: Iterable[str]) -> str | None:
    """The device that a token speaks for, the latest where it speaks for several; None for a person's."""
    devices = [role.removeprefix("d:") for role in roles if role.startswith("d:")]
    return devices[0] if devices else None
