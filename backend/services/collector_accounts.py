"""A person as a collector: the code, its document and database, and the phones, as the account says."""

from __future__ import annotations

from datetime import datetime

from backend.companies import add_collector, enrolments_of
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.accounts import BadAccount
from backend.services.enrolment import revoke_device
from backend.services.membership import PersonRefused, Wish, is_disabled, roles_held
from receivables.access import Role
from receivables.identifiers import is_collector_code


def prepare_collector(couch: Couch, company: str, account: Json, wish: Wish) -> None:
    """The collector's document and database, before the account says that they are the person's.

    A code is one person's for ever: receipts, visits and phones are written under it. Raise BadAccount for a
    code that can't be, PersonRefused `collector_fixed` or `collector_taken`.
    """
    own, code = (account.get("collectors") or {}).get(company), wish.collector
    if code is None or not is_collector_code(code):
        raise BadAccount(f"{code!r} is not the code of a collector")
    if own not in {None, code}:
        raise PersonRefused("collector_fixed")
    name = wish.name or account.get("full_name") or account["name"]
    add_collector(couch, company=company, collector=code, name=name, email=account["name"])
    if (couch.get(company, f"collector:{code}") or {}).get("email") != account["name"]:
        raise PersonRefused("collector_taken")


def follow_account(couch: Couch, company: str, account: Json, now: datetime) -> None:
    """Bring the collector's document and phones to what the account says."""
    code = (account.get("collectors") or {}).get(company)
    if code is None:
        return
    collects = Role.COLLECTOR in roles_held(account, company) and not is_disabled(account, company)
    if not collects:
        for device in enrolments_of(couch, company, code):
            if device["email"] == account["name"] and device["revoked_at"] is None:
                revoke_device(couch, company=company, device=device["_id"].partition(":")[2], now=now)
    _write_collector(couch, company, code, account, active=collects)


def _write_collector(couch: Couch, company: str, code: str, account: Json, *, active: bool) -> None:
    while True:
        stored = couch.get(company, f"collector:{code}")
        if stored is None or stored["email"] != account["name"]:
            return  # several accounts may share a code that is another's
        changed = stored | {"active": active, "name": account.get("full_name") or stored["name"]}
        if changed == stored:
            return
        try:
            couch.put(company, changed)
        except Conflict:
            continue
        return
