"""Accounts: one per person, in CouchDB's `_users`, with the roles that the person has in each company."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from receivables.access import Role, company_role, roles_in
from receivables.identifiers import is_code, is_collector_code

USERS = "_users"
_EMAIL = re.compile(r"[^@\s:]{1,64}@[^@\s:]{1,190}")
_MINIMUM_PASSWORD = 8


class BadAccount(ValueError):
    """An e-mail, role, code or password that can't be one; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`collectors` says, by company, under which code the person collects."""

    email: str
    full_name: str
    roles: tuple[str, ...]
    collectors: dict[str, str]

    @classmethod
    def from_json(cls, doc: Json) -> Account:
        return cls(
            email=doc["name"],
            full_name=doc.get("full_name") or doc["name"],
            roles=tuple(role for role in doc.get("roles", ()) if not role.startswith("_")),
            collectors=dict(doc.get("collectors") or {}),
        )

    @property
    def companies(self) -> list[str]:
        """Codes of the companies where the person has a role that counts, in order."""
        codes = {role.partition(":")[0] for role in self.roles}
        return sorted(code for code in codes if is_code(code) and roles_in(code, self.roles))


def normalised_email(text: str) -> str:
    """An address as accounts are named by it; raise BadAccount for what can't be one."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise BadAccount(f"{text!r} is not an e-mail address")
    return email


def find_account(couch: Couch, email: str) -> Account | None:
    """The account of an e-mail, or None."""
    doc = find_account_document(couch, email)
    return Account.from_json(doc) if doc else None


def find_account_document(couch: Couch, email: str) -> Json | None:
    """The account as CouchDB keeps it, with the hash of its password, or None."""
    return couch.get(USERS, _account_id(email))


def grant_role(
    couch: Couch,
    *,
    company: str,
    email: str,
    role: Role,
    full_name: str | None = None,
    password: str | None = None,
    collector: str | None = None,
) -> Account:
    """Give a person a role in a company, making the account where there is none. Again changes nothing.

    An existing account keeps its name and password unless they are given. Raise BadAccount where a new
    account has no password, the password is too short, or the collector's code can't be.
    """
    email = normalised_email(email)
    if password is not None and len(password) < _MINIMUM_PASSWORD:
        raise BadAccount(f"the password of {email} needs at least {_MINIMUM_PASSWORD} characters")
    if collector is not None and not is_collector_code(collector):
        raise BadAccount(f"{collector!r} is not the code of a collector")
    while True:
        stored = couch.get(USERS, _account_id(email))
        if stored is None and password is None:
            raise BadAccount(f"the new account {email} needs a password")
        changed = _with_role(stored or _blank(email), company_role(company, role), company, collector)
        changed |= {"full_name": full_name} if full_name else {}
        changed |= {"password": password} if password else {}
        if changed == stored:
            return Account.from_json(changed)
        try:
            couch.put(USERS, changed)
        except Conflict:
            continue  # somebody else gave the person another role meanwhile
        return Account.from_json(changed)


def _account_id(email: str) -> str:
    return f"org.couchdb.user:{email}"


def _blank(email: str) -> dict[str, Any]:
    return {"_id": _account_id(email), "type": "user", "name": email, "roles": [], "schema": 1}


def _with_role(doc: Json, role: str, company: str, collector: str | None) -> Json:
    changed = doc | {"roles": sorted({*doc["roles"], role})}
    if collector is not None:
        changed["collectors"] = doc.get("collectors", {}) | {company: collector}
    return changed
