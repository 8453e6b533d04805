"""Signing in and staying signed in: a person's password or refresh token for a short-lived access token.

CouchDB has the last word on passwords; roles are read from the account each time, so that taking a role
away tells at the next renewal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.attempts import Attempts
from backend.audit import ACCEPTED, Audit, Origin, version_of
from backend.companies import find_company
from backend.config import Settings
from backend.couch.client import Couch, Json
from backend.couch.errors import NotFound, TooManyRequests
from backend.couch.sessions import session_of_password
from backend.errors import ApiProblem
from backend.passwords import may_match
from backend.services.accounts import (
    Account,
    BadAccount,
    change_account,
    find_account,
    find_account_document,
    normalised_email,
)
from backend.services.enrolment import Device, devices_of_phone, find_device
from backend.services.refresh_tokens import RefreshGrant, RefreshRefused, RefreshReused, RefreshTokens
from backend.services.sessions import end_sessions
from backend.tokens import Tokens
from receivables.access import phone_roles, roles_in
from receivables.documents import parse_instant, rfc3339
from receivables.identifiers import new_ulid


@dataclass(frozen=True, slots=True)
class Authenticator:
    """The verbs of signing in; everything it needs is handed to it."""

    settings: Settings
    couch: Couch
    tokens: Tokens
    refresh_tokens: RefreshTokens
    attempts: Attempts
    audit: Audit
    random_bytes: Callable[[int], bytes]

    def sign_in(self, email: str, password: str, *, origin: Origin, now: datetime) -> Json:
        """Tokens, the person, and the companies that he or she works for.

        Raise ApiProblem `credentials_invalid`, `too_many_attempts` with the seconds to wait,
        `account_disabled`, `password_change_needed` or `password_expired`.
        """
        account = Account.from_json(self._known(email, password, "sign_in", origin, now))
        self._admit(account, "sign_in", origin, now)
        return self._signed_in(account, now)

    def change_password(
        self, email: str, password: str, new_password: str, *, origin: Origin, now: datetime
    ) -> Json:
        """Take a password of the person's own in the place of one that is known, and sign in with it.

        Sessions of the office end; phones go on. Raise ApiProblem as `sign_in` does, but for a one-time
        password, which is what this is for.
        """
        known = self._known(email, password, "password_changed", origin, now)
        account = Account.from_json(known)
        self._admit(account, "password_changed", origin, now, one_time=True)

        def changed(document: Json) -> Json:
            if document.get("derived_key") != known.get("derived_key"):
                raise ApiProblem("credentials_invalid")  # the office has replaced it meanwhile
            return document | {"password": new_password, "one_time_until": None}

        change_account(self.couch, account.email, changed)
        for company in account.companies:
            end_sessions(self.couch, company, account.email, now=now, phones=False)
        return self._signed_in(account, now)

    def _known(self, email: str, password: str, action: str, origin: Origin, now: datetime) -> Json:
        """The account of an e-mail and its password, as CouchDB keeps it.

        Raise ApiProblem, with the failure counted and told.
        """
        name = email.strip().lower()
        self._refuse_while_locked(origin.address, name, now)
        stored = find_account_document(self.couch, name) if _is_address(name) else None
        if not self._is_password_of(stored, name, password):
            self.attempts.failed(origin.address, name, now)
            known = Account.from_json(stored).companies if stored else ()
            self.audit.of_account(
                known, name, action=action, outcome="credentials_invalid", origin=origin, now=now
            )
            raise ApiProblem("credentials_invalid")
        self.attempts.succeeded(origin.address, name)
        return stored or {}

    def _admit(
        self, account: Account, action: str, origin: Origin, now: datetime, *, one_time: bool = False
    ) -> None:
        """Write into the audit that the person comes in; raise ApiProblem for who is kept out, told too.

        A person whom every company has disabled comes in nowhere. With `one_time` a password is let pass that
        has to be changed, until it ends.
        """
        until = account.one_time_until
        outcome = ACCEPTED
        if account.disabled and not account.companies:
            outcome = "account_disabled"
        elif until is not None and parse_instant(until) <= now:
            outcome = "password_expired"
        elif until is not None and not one_time:
            outcome = "password_change_needed"
        told = account.companies or account.disabled
        self.audit.of_account(told, account.email, action=action, outcome=outcome, origin=origin, now=now)
        if outcome != ACCEPTED:
            raise ApiProblem(outcome)

    def _signed_in(self, account: Account, now: datetime) -> Json:
        companies = self._companies_of(account)
        token, expires_at = self.tokens.issue(account.email, account.roles, now)
        refresh = None
        if companies:
            refresh = self.refresh_tokens.issue(
                company=companies[0]["code"],
                email=account.email,
                device=None,
                family=new_ulid(now, self.random_bytes(10)),
                now=now,
            )
        return {
            "access_token": token,
            "expires_at": rfc3339(expires_at),
            "refresh_token": refresh,
            "user": {"email": account.email, "name": account.full_name},
            "companies": companies,
        }

    def tokens_of_device(self, company: str, device: Device, origin: Origin, now: datetime) -> Json:
        """The first tokens of a phone that was just enrolled, and the devices for which they speak."""
        own = devices_of_phone(self.couch, company, device)
        if not own:
            raise ApiProblem("device_revoked")  # in the instant since it was enrolled
        refresh = self.refresh_tokens.issue(
            company=company,
            email=device.email,
            device=device.id,
            family=device.id,
            app=version_of(origin.agent),
            now=now,
        )
        answer = self._answer(device.email, _roles_of_phone(company, own), refresh, now)
        return {"devices": [each.id for each in own], **answer}

    def renew(self, refresh_token: str, *, attempt: str | None, origin: Origin, now: datetime) -> Json:
        """New tokens for a refresh token, which is worth nothing afterwards.

        Raise ApiProblem `refresh_invalid`, `refresh_reused` or `device_revoked`.
        """
        try:
            grant = self.refresh_tokens.rotate(
                refresh_token, attempt=attempt, app=version_of(origin.agent), now=now
            )
        except RefreshReused as reused:
            self.audit.append(
                reused.company, by=reused.email, action="session_renewal", subject=reused.device,
                outcome="refresh_reused", origin=origin, now=now,
            )  # fmt: skip
            raise ApiProblem("refresh_reused") from reused
        except RefreshRefused as refused:
            raise ApiProblem("refresh_invalid") from refused
        return self._answer(grant.email, self._roles_now(grant), grant.successor, now)

    def _answer(self, email: str, roles: list[str], refresh_token: str, now: datetime) -> Json:
        token, expires_at = self.tokens.issue(email, roles, now)
        return {"access_token": token, "expires_at": rfc3339(expires_at), "refresh_token": refresh_token}

    def _refuse_while_locked(self, address: str, name: str, now: datetime) -> None:
        seconds = self.attempts.seconds_locked(address, name, now)
        if seconds:
            raise locked(seconds)

    def _is_password_of(self, stored: Json | None, name: str, password: str) -> bool:
        if not may_match(stored, password):
            return False
        try:
            return bool(session_of_password(self.settings.couchdb_url, name, password))
        except TooManyRequests as too_many:
            raise locked(int(too_many.retry_after or 1)) from too_many

    def _companies_of(self, account: Account) -> list[Json]:
        found = []
        for code in account.companies:
            try:
                profile = find_company(self.couch, code)
            except NotFound:
                continue  # a role in a company whose database is gone
            if profile is None:
                continue
            found.append(
                {
                    "code": code,
                    "name": profile["name"],
                    "currency": profile["currency"],
                    "timezone": profile["timezone"],
                    "locale": profile["locale"],
                    "roles": sorted(roles_in(code, account.roles)),
                    "collector": account.collects_for(code),
                }
            )
        return found

    def _roles_now(self, grant: RefreshGrant) -> list[str]:
        account = find_account(self.couch, grant.email)
        if account is None or (grant.device is None and not may_sit_at_a_desk(account)):
            raise ApiProblem("refresh_invalid")
        if grant.device is None:
            return list(account.roles)
        device = find_device(self.couch, grant.company, grant.device)
        if device is None or account.collects_for(grant.company) != device.collector:
            raise ApiProblem("device_revoked")
        own = devices_of_phone(self.couch, grant.company, device)
        if not own:
            raise ApiProblem("device_revoked")
        return _roles_of_phone(grant.company, own)


def may_sit_at_a_desk(account: Account) -> bool:
    """May the person go on in a session of the office? Not with roles nowhere, nor before a change of a
    one-time password.
    """
    return bool(account.companies) and account.one_time_until is None


def _is_address(name: str) -> bool:
    """The server administrator's own name, for one, is no person's."""
    try:
        normalised_email(name)
    except BadAccount:
        return False
    return True


def _roles_of_phone(company: str, own: Sequence[Device]) -> list[str]:
    *before, device = own
    earlier = [(each.id, each.series) for each in before]
    return phone_roles(company, device.collector, device.id, device.series, earlier=earlier)


def locked(seconds: int) -> ApiProblem:
    """What somebody is told who has to wait."""
    return ApiProblem("too_many_attempts", data={"seconds": seconds}, headers={"Retry-After": str(seconds)})
