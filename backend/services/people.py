"""The people of a company: who they are, what they may, and letting one go at once.

Every change is one write of the account first; what follows from it (sessions, phones, the collector's
document) may be cut short anywhere and is made good by asking again. A person may work for several companies:
each rules over its own roles only, and nobody over a name or password that is another company's too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from backend.couch.client import Couch, Json
from backend.services.accounts import (
    Account,
    BadAccount,
    change_account,
    check_password,
    find_account_document,
    normalised_email,
)
from backend.services.administrators import accounts_of, keeping_an_administrator
from backend.services.collector_accounts import follow_account, prepare_collector
from backend.services.enrolment import list_devices
from backend.services.membership import (
    PersonRefused,
    Wish,
    disable,
    enable,
    is_disabled,
    roles_held,
    with_roles,
    works_elsewhere,
)
from backend.services.one_time import LIFETIME, new_password
from backend.services.sessions import end_sessions
from receivables.access import Role
from receivables.documents import rfc3339


def list_people(couch: Couch, company: str) -> list[Json]:
    """Everybody who works or worked for the company, as the office sees them, by name."""
    phones: dict[str, list[Json]] = {}
    for device in list_devices(couch, company):
        if device["revoked_at"] is None:
            phones.setdefault(device["email"], []).append(device)
    people = [
        describe(account, company, phones.get(account["name"], ())) for account in accounts_of(couch, company)
    ]
    return sorted(people, key=lambda person: (person["name"].casefold(), person["email"]))


def describe(account: Json, company: str, phones: Collection[Json] = ()) -> Json:
    """A person without anything secret; `elsewhere` says that another company has a say too."""
    kept = (account.get("disabled") or {}).get(company)
    return {
        "email": account["name"],
        "name": account.get("full_name") or account["name"],
        "roles": sorted(roles_held(account, company)),
        "collector": (account.get("collectors") or {}).get(company),
        "series": sorted(device["series"] for device in phones),
        "disabled_at": kept["at"] if kept else None,
        "disabled_by": kept["by"] if kept else None,
        "one_time_until": account.get("one_time_until"),
        "elsewhere": works_elsewhere(account, company),
    }


def add_person(
    couch: Couch,
    company: str,
    email: str,
    wish: Wish,
    *,
    now: datetime,
    random_bytes: Callable[[int], bytes],
) -> tuple[Json, str | None]:
    """A new person, and the one-time password where the account is new.

    Raise PersonRefused `person_exists`, or as `appoint` does.
    """
    account = find_account_document(couch, normalised_email(email))
    if account is not None and roles_held(account, company):
        raise PersonRefused("person_exists")
    password = (
        None if account is not None and works_elsewhere(account, company) else new_password(random_bytes)
    )
    appointed = appoint(
        couch, company, email, wish, now=now, password=password, one_time=password is not None
    )
    return describe(appointed, company), password


def appoint(
    couch: Couch,
    company: str,
    email: str,
    wish: Wish,
    *,
    now: datetime,
    password: str | None = None,
    one_time: bool = False,
) -> Json:
    """Give a person the roles of a wish beside those held, making the account where there is none.

    A password that is `one_time` has to be changed before anything else. The name of an account that another
    company has a say in stays. Again changes nothing. Raise BadAccount where a new account has no password,
    PersonRefused `person_disabled`, `person_shared`, `collector_taken` or `collector_fixed`.
    """
    email = normalised_email(email)
    if password is not None:
        check_password(email, password)
    before = find_account_document(couch, email) or {"name": email}
    if is_disabled(before, company):
        raise PersonRefused("person_disabled")
    if Role.COLLECTOR in wish.roles:
        prepare_collector(couch, company, before, wish)

    def appointed(account: Json) -> Json:
        if "_rev" not in account and password is None:
            raise BadAccount(f"the new account {email} needs a password")
        if one_time and password is not None and works_elsewhere(account, company):
            raise PersonRefused("person_shared")  # another company has made the account at this very moment
        changed = with_roles(account, company, roles_held(account, company) | wish.roles)
        changed = _named(changed, company, wish)
        if password is not None:
            until = rfc3339(now + LIFETIME) if one_time else None
            changed = changed | {"password": password, "one_time_until": until}
        return changed

    account = change_account(couch, email, appointed)
    follow_account(couch, company, account, now)
    return account


def change_person(couch: Couch, company: str, email: str, wish: Wish, *, now: datetime) -> Json:
    """Make a person exactly what is wished; who no longer collects loses the phones.

    Raise PersonRefused `person_unknown`, `last_administrator`, `person_shared` (a name that is another
    company's too), `collector_taken` or `collector_fixed`.
    """
    before = _member(couch, company, email)
    if works_elsewhere(before, company) and wish.name != (before.get("full_name") or before["name"]):
        raise PersonRefused("person_shared")
    if Role.COLLECTOR in wish.roles:
        prepare_collector(couch, company, before, wish)

    def changed(account: Json) -> Json:
        return _named(with_roles(account, company, wish.roles), company, wish)

    after = keeping_an_administrator(couch, company, before["name"], changed)
    follow_account(couch, company, after, now)
    return describe(after, company)


def disable_person(couch: Couch, company: str, email: str, *, by: str, now: datetime) -> Json:
    """Let a person go: no sign-in, no renewal, no request and no phone from now on. Again makes it whole.

    Raise PersonRefused `person_unknown` or `last_administrator`.
    """
    name = _member(couch, company, email)["name"]

    def disabled(account: Json) -> Json:
        return disable(account, company, by=by, at=rfc3339(now))

    after = keeping_an_administrator(couch, company, name, disabled)
    end_sessions(couch, company, name, now=now, phones=True)
    follow_account(couch, company, after, now)
    return describe(after, company)


def enable_person(couch: Couch, company: str, email: str, *, now: datetime) -> Json:
    """Give a person the roles back; phones need a new code. Raise PersonRefused `person_unknown`."""
    name = _member(couch, company, email)["name"]
    after = change_account(couch, name, lambda account: enable(account, company))
    follow_account(couch, company, after, now)
    return describe(after, company)


def reset_password(
    couch: Couch,
    company: str,
    email: str,
    *,
    now: datetime,
    random_bytes: Callable[[int], bytes],
    shared: bool = False,
) -> tuple[Json, str]:
    """A one-time password, which is told once; sessions of the office end, phones go on.

    Raise PersonRefused `person_unknown`, or `person_shared` where another company has a say in the account:
    who chooses the password could work there in the person's name. `shared` is for who runs the server.
    """
    name = _member(couch, company, email)["name"]
    password = new_password(random_bytes)

    def given(account: Json) -> Json:
        if works_elsewhere(account, company) and not shared:
            raise PersonRefused("person_shared")
        return account | {"password": password, "one_time_until": rfc3339(now + LIFETIME)}

    after = change_account(couch, name, given)
    for each in {company, *Account.from_json(after).companies}:
        end_sessions(couch, each, name, now=now, phones=False)
    return describe(after, company), password


def _member(couch: Couch, company: str, email: str) -> Json:
    try:
        account = find_account_document(couch, normalised_email(email))
    except BadAccount:
        account = None
    if account is None or not roles_held(account, company):
        raise PersonRefused("person_unknown")
    return account


def _named(account: Json, company: str, wish: Wish) -> Json:
    changed = account
    if wish.name and not works_elsewhere(account, company):
        changed = changed | {"full_name": wish.name}
    if wish.collector is not None:
        changed = changed | {"collectors": (account.get("collectors") or {}) | {company: wish.collector}}
    return changed
