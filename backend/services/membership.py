"""What an account says of one company: the roles there, and whether they are taken away for now.

Pure: documents of `_users` go in and come out. The roles of a disabled person stand in `disabled.<company>`
instead of in `roles`, so that CouchDB, the tokens and the API know nothing of them until they are given back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from backend.couch.client import Json
from receivables.access import Role, company_role, roles_in
from receivables.identifiers import is_code


class PersonRefused(Exception):
    """The text is the code of the problem: `person_unknown`, `last_administrator` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person is to be: `collector` is the code under which he or she collects, or None."""

    name: str
    roles: frozenset[Role]
    collector: str | None = None


def roles_held(account: Json, company: str) -> frozenset[Role]:
    """The person's roles in the company; those of a disabled person too."""
    kept = _disabled(account).get(company)
    if kept is not None:
        return frozenset(Role(role) for role in kept["roles"])
    return roles_in(company, account.get("roles", ()))


def is_disabled(account: Json, company: str) -> bool:
    return company in _disabled(account)


def works_elsewhere(account: Json, company: str) -> bool:
    """Has the person roles in another company, in use or taken away? Then the account is not ours alone."""
    codes = {role.partition(":")[0] for role in account.get("roles", ())} | {*_disabled(account)}
    return any(code != company and is_code(code) and roles_held(account, code) for code in codes)


def with_roles(account: Json, company: str, roles: Collection[Role]) -> Json:
    """The account with exactly these roles in the company; a disabled person stays disabled."""
    names = sorted(role.value for role in roles)
    kept = _disabled(account).get(company)
    if kept is not None:
        return account | {"disabled": _disabled(account) | {company: kept | {"roles": names}}}
    others = [role for role in account.get("roles", ()) if not role.startswith(f"{company}:")]
    return account | {"roles": sorted([*others, *(company_role(company, role) for role in roles)])}


def disable(account: Json, company: str, *, by: str, at: str) -> Json:
    """The account without its roles in the company, which are remembered; again changes nothing."""
    if is_disabled(account, company):
        return account
    roles = sorted(role.value for role in roles_held(account, company))
    bare = with_roles(account, company, ())
    return bare | {"disabled": _disabled(account) | {company: {"at": at, "by": by, "roles": roles}}}


def enable(account: Json, company: str) -> Json:
    """The account with the roles that it had before it was disabled; again changes nothing."""
    kept = {code: each for code, each in _disabled(account).items() if code != company}
    return with_roles(account | {"disabled": kept}, company, roles_held(account, company))


def _disabled(account: Json) -> dict[str, Json]:
    return dict(account.get("disabled") or {})
