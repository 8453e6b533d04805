"""Who is asking, and may they: asked before every route, of the table in `backend.http.rules`.

What is audited is written when it is allowed and before it is done; what then fails is written after.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask, Request, Response, g, request

from backend.audit import ACCEPTED, Origin
from backend.auth import may_sit_at_a_desk
from backend.bootstrap import Services
from backend.companies import find_company
from backend.couch.client import Json
from backend.couch.errors import CouchError
from backend.errors import CONTENT_TYPE, ApiProblem
from backend.http.rules import Public, Rule, rule_of
from backend.json_values import read_json
from backend.services.accounts import find_account
from backend.tokens import Claims, TokenRefused
from receivables.access import device_of, may, roles_in
from receivables.documents import local_on
from receivables.identifiers import is_code

log = logging.getLogger("recaudo.api")


def add_guard(app: Flask, services: Services) -> None:
    """Enforce the table on every route of `app`, and audit what it says is audited."""

    @app.before_request
    def guard() -> None:
        if request.url_rule is None or request.method == "OPTIONS":
            return
        rule = rule_of(request.method, request.url_rule.rule)
        company = (request.view_args or {}).get("company")
        if rule.who is Public.ANYONE:
            return
        claims = bearer(services, request, str(company))
        g.claims = claims
        allowed = isinstance(rule.who, Public) or may(rule.who, str(company), claims.roles)
        if rule.audit:
            entry: dict[str, Any] = {
                "by": claims.subject, "action": rule.audit, "subject": _subject(),
                "origin": origin_of(request, device_of(claims.roles)),
            }  # fmt: skip
            outcome = ACCEPTED if allowed else "role_missing"
            written: dict[str, Any] = {"values": _kept(rule), "outcome": outcome, "now": services.now()}
            entry_id = services.audit.append(str(company), **entry, **written)
            g.entry = entry | {"of": entry_id} if allowed else None
        if not allowed:
            raise ApiProblem("role_missing")

    @app.after_request
    def tell_failure(response: Response) -> Response:
        entry = g.pop("entry", None)
        if entry is not None and response.status_code >= 400:
            company = str((request.view_args or {})["company"])
            failure: dict[str, Any] = {"outcome": _code(response), "now": services.now()}
            try:
                services.audit.append(company, **entry, **failure)
            except CouchError:
                log.exception("a failure is not in the audit", extra={"entry": entry["of"]})
        return response


def asking() -> Claims:
    """The claims of whoever is asking; the guard has read them from the token."""
    return cast(Claims, g.claims)


def bearer_token(request: Request) -> str:
    """The token as it was sent; raise `token_missing`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiProblem("token_missing", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def bearer(services: Services, request: Request, company: str) -> Claims:
    """The valid token of somebody who works for the company.

    A company of somebody else's and one that does not exist get the same answer: `company_unknown`.
    """
    token = bearer_token(request)
    try:
        claims = services.tokens.read(token, services.now())
    except TokenRefused as refused:
        code = "token_expired" if refused.expired else "token_invalid"
        raise ApiProblem(code, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}) from refused
    if not is_code(company) or not roles_in(company, claims.roles):
        raise ApiProblem("company_unknown")
    return _as_of_now(services, claims, company)


def _as_of_now(services: Services, claims: Claims, company: str) -> Claims:
    """The claims without the roles that were taken away since the token was made.

    A token can't be taken back, but who was let go asks nothing more here: one read of the account tells.
    Raise `session_over` where nothing is left.
    """
    account = find_account(services.couch, claims.subject)
    held = frozenset(account.roles) if account else frozenset()
    roles = tuple(role for role in claims.roles if role in held or not role.startswith(f"{company}:"))
    at_a_desk = device_of(claims.roles) is None
    if account is None or not roles_in(company, roles) or (at_a_desk and not may_sit_at_a_desk(account)):
        raise ApiProblem("session_over", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return replace(claims, roles=roles)


def origin_of(request: Request, device: str | None = None) -> Origin:
    """Where a request came from, as the audit keeps it."""
    return Origin(
        address=request.remote_addr or "", agent=request.headers.get("User-Agent", ""), device=device
    )


def _subject() -> str | None:
    """What a path is about: all of its parts but the company."""
    parts = [str(value) for name, value in (request.view_args or {}).items() if name != "company"]
    return "/".join(parts) or None


def _kept(rule: Rule) -> Json:
    """The fields of the query or the body that the rule keeps; an unreadable body keeps none."""
    if not rule.keeps:
        return {}
    if request.method in {"GET", "HEAD"}:
        values: Any = request.args
    else:
        try:
            values = read_json(request.get_data(cache=True))
        except ValueError:
            return {}
    return {name: values[name] for name in rule.keeps if name in values} if isinstance(values, dict) else {}


def _code(response: Response) -> str:
    """The stable word of a problem document."""
    if response.content_type == CONTENT_TYPE:
        return str(json.loads(response.get_data())["code"])
    return str(response.status_code)


class CompanyClock:
    """A company's document and its calendar."""

    def __init__(self, services: Services, company: str) -> None:
        document = find_company(services.couch, company)
        if document is None:
            raise ApiProblem("company_unknown")
        self.document: Json = document
        self.now: datetime = services.now()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.document["timezone"])

    @property
    def currency(self) -> str:
        return str(self.document["currency"])

    @property
    def today(self) -> date:
        """The date on the company's wall."""
        return local_on(self.now, self.zone)
