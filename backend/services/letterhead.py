"""The head of a company's mails: what the office set as its look, and where it is found."""

from __future__ import annotations

from backend.couch.client import Couch, Json
from backend.mail.page import Letterhead
from backend.services.brand import find_logo
from paperwork.labels import company_lines, labels_for


def letterhead_of(couch: Couch, code: str, company: Json) -> Letterhead:
    """`company` is its profile. Raise CouchError."""
    locale = str(company.get("locale") or "es")
    return Letterhead(
        company=str(company["name"]),
        lines=company_lines(company, labels_for(locale)),
        logo=find_logo(couch, code),
        color=company.get("seed_color"),
        locale=locale,
    )
