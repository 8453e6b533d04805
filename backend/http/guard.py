"""Who is asking, and may they: every route below a company goes through `office` or `bearer`."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Request

from backend.bootstrap import Services
from backend.companies import find_company
from backend.couch.client import Json
from backend.errors import ApiProblem
from backend.tokens import Claims, TokenRefused
from receivables.access import Action, may, roles_in
from receivables.documents import local_on
from receivables.identifiers import is_code


def bearer(services: Services, request: Request, company: str) -> Claims:
    """The valid token of somebody who works for the company.

    A company of somebody else's and one that does not exist get the same answer: `company_unknown`.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiProblem("token_missing", headers={"WWW-Authenticate": "Bearer"})
    try:
        claims = services.tokens.read(token.strip(), services.now())
    except TokenRefused as refused:
        code = "token_expired" if refused.expired else "token_invalid"
        raise ApiProblem(code, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}) from refused
    if not is_code(company) or not roles_in(company, claims.roles):
        raise ApiProblem("company_unknown")
    return claims


def office(services: Services, request: Request, company: str, action: Action) -> Claims:
    """The token of somebody whose role in the company allows the action; raise `role_missing` otherwise."""
    claims = bearer(services, request, company)
    if not may(action, company, claims.roles):
        raise ApiProblem("role_missing")
    return claims


class CompanyClock:
    """A company's document and its calendar."""

    def __init__(self, services: Services, company: str) -> None:
        document = find_company(services.couch, company)
        if document is None:
            raise ApiProblem("company_unknown")
        self.document: Json = document
        self.now: datetime = services.now()

    @property
    def currency(self) -> str:
        return str(self.document["currency"])

    @property
    def today(self) -> date:
        """The date on the company's wall."""
        return local_on(self.now, ZoneInfo(self.document["timezone"]))
