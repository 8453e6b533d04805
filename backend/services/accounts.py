"""Accounts: one per person, in CouchDB's `_users`, with the roles that the person has in each company."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.membership import roles_held, with_roles
from receivables.access import Role, roles_in
from receivables.identifiers import is_code, is_collector_code
from receivables.passwords import MINIMUM_PASSWORD

USERS = "_users"
_EMAIL = re.compile(r"[^@\s:]{1,64}@[^@\s:]{1,190}")


class BadAccount(ValueError):
    """An e-mail, role, code or password that can't be one; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`collectors` says, by company, under which code the person collects or once did.

    `disabled` are the companies that have taken the person's roles away; `one_time_until` is the end of a
    password that somebody else chose and that has to be changed before anything else.
    """

    email: str
    full_name: str
    roles: tuple[str, ...]
    collectors: dict[str, str]
    disabled: tuple[str, ...] = ()
    one_time_until: str | None = None

    @classmethod
    def from_json(cls, doc: Json) -> Account:
        return cls(
            email=doc["name"],
            full_name=doc.get("full_name") or doc["name"],
            roles=tuple(role for role in doc.get("roles", ()) if not role.startswith("_")),
            collectors=dict(doc.get("collectors") or {}),
            disabled=tuple(sorted(doc.get("disabled") or {})),
            one_time_until=doc.get("one_time_until"),
        )

    @property
    def companies(self) -> list[str]:
        """Codes of the companies where the person has a role that counts, in order."""
        codes = {role.partition(":")[0] for role in self.roles}
        return sorted(code for code in codes if is_code(code) and roles_in(code, self.roles))

    def collects_for(self, company: str) -> str | None:
        """The code under which the person collects for the company now, or None."""
        return self.collectors.get(company) if Role.COLLECTOR in roles_in(company, self.roles) else None


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


def change_account(couch: Couch, email: str, change: Callable[[Json], Json]) -> Json:
    """Write what `change` makes of the account, or of a blank one, and return it.

    Where somebody else wrote meanwhile `change` is asked again; what it raises is raised. Where it changes
    nothing nothing is written.
    """
    while True:
        stored = couch.get(USERS, _account_id(email))
        changed = change(stored if stored is not None else _blank(email))
        if changed == stored:
            return changed
        try:
            couch.put(USERS, changed)
        except Conflict:
            continue
        return changed


def check_password(email: str, password: str) -> None:
    """Raise BadAccount for one that is too short."""
    if len(password) < MINIMUM_PASSWORD:
        raise BadAccount(f"the password of {email} needs at least {MINIMUM_PASSWORD} characters")


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
    if password is not None:
        check_password(email, password)
    if collector is not None and not is_collector_code(collector):
        raise BadAccount(f"{collector!r} is not the code of a collector")

    def granted(account: Json) -> Json:
        if "_rev" not in account and password is None:
            raise BadAccount(f"the new account {email} needs a password")
        changed = with_roles(account, company, roles_held(account, company) | {role})
        if collector is not None:
            changed |= {"collectors": account.get("collectors", {}) | {company: collector}}
        changed |= {"full_name": full_name} if full_name else {}
        return changed | ({"password": password} if password else {})

    return Account.from_json(change_account(couch, email, granted))


def _account_id(email: str) -> str:
    return f"org.couchdb.user:{email}"


def _blank(email: str) -> dict[str, Any]:
    return {"_id": _account_id(email), "type": "user", "name": email, "roles": [], "schema": 1}
