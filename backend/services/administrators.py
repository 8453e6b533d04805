"""The accounts of a company, and that it always keeps somebody who administers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backend.couch.client import Couch, Json
from backend.services.accounts import USERS, change_account, find_account_document
from backend.services.membership import PersonRefused, enable, is_disabled, roles_held, with_roles
from receivables.access import Role

ACCOUNTS_AT_ONCE = 1000  # about 1 MB of documents in one answer


def accounts_of(couch: Couch, company: str) -> Iterator[Json]:
    """The accounts that have a role in the company, taken away or not, by e-mail."""
    start = "org.couchdb.user:"
    while True:
        rows = couch.all_docs(
            USERS, start_key=start, end_key="org.couchdb.user;", limit=ACCOUNTS_AT_ONCE + 1, include_docs=True
        )
        yield from (row["doc"] for row in rows[:ACCOUNTS_AT_ONCE] if roles_held(row["doc"], company))
        if len(rows) <= ACCOUNTS_AT_ONCE:
            return
        start = rows[-1]["id"]


def keeping_an_administrator(couch: Couch, company: str, email: str, change: Callable[[Json], Json]) -> Json:
    """Change an account, unless nobody would administer the company: then nothing is changed.

    Raise PersonRefused `last_administrator`. Two who disable each other at the same time both see the other
    gone, and both come back.
    """
    administered = False

    def watched(account: Json) -> Json:
        nonlocal administered
        administered = Role.ADMINISTRATOR in roles_held(account, company) and not is_disabled(
            account, company
        )
        changed = change(account)
        keeps = Role.ADMINISTRATOR in roles_held(changed, company) and not is_disabled(changed, company)
        if administered and not keeps and _administrators(couch, company) <= {email}:
            raise PersonRefused("last_administrator")
        return changed

    before = find_account_document(couch, email) or {}
    after = change_account(couch, email, watched)
    if administered and not _administrators(couch, company):
        change_account(couch, email, lambda account: _restored(account, before, company))
        raise PersonRefused("last_administrator")
    return after


def _restored(account: Json, before: Json, company: str) -> Json:
    """The account with the roles in the company that it had before."""
    return with_roles(enable(account, company), company, roles_held(before, company))


def _administrators(couch: Couch, company: str) -> set[str]:
    """E-mails of those who administer the company now."""
    return {
        account["name"]
        for account in accounts_of(couch, company)
        if Role.ADMINISTRATOR in roles_held(account, company) and not is_disabled(account, company)
    }
