"""Companies and their collectors: the databases they need, made in an order that never leaves one open to
strangers.

A database is created, then its design documents, then `_security` last: until then CouchDB lets only a server
administrator in, so nobody writes before the rules stand. Every step may be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend import phones
from backend.couch.client import Couch, Json
from backend.couch.design_docs import DatabaseKind, deploy_design_docs
from backend.couch.errors import Conflict
from backend.default_settings import default_settings
from receivables.access import SERVER_ROLE, member_role
from receivables.documents import SCHEMA
from receivables.identifiers import (
    collector_database,
    is_code,
    is_collector_code,
    parse_collector_database,
)
from receivables.money import NotAnAmount, exponent

REVS_LIMIT = 1000  # a phone that was away for long still finds the ancestors of what it holds
DDOC = "recaudo"


class BadCompany(ValueError):
    """A code, currency or zone that can't be one; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyProfile:
    """What a `company:<code>` document says about the company."""

    code: str
    name: str
    tax_id: str = ""
    address: str = ""
    phone: str = ""
    currency: str = "USD"
    locale: str = "es_EC"
    timezone: str = "America/Guayaquil"
    country: str = "EC"
    seed_color: str = "#0B6E4F"
    legends: tuple[str, ...] = ()

    def to_document(self) -> Json:
        """The document; raise BadCompany where a field can't be."""
        if not is_code(self.code):
            raise BadCompany(f"{self.code!r} is not a company code: two to thirty of a-z and 0-9")
        try:
            exponent(self.currency)
            ZoneInfo(self.timezone)
        except NotAnAmount as error:
            raise BadCompany(str(error)) from error
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadCompany(f"{self.timezone!r} is not a time zone, such as America/Guayaquil") from error
        return {
            "_id": f"company:{self.code}",
            "schema": SCHEMA,
            "name": self.name,
            "tax_id": self.tax_id,
            "address": self.address,
            "phone": self.phone,
            "currency": self.currency,
            "locale": self.locale,
            "timezone": self.timezone,
            "country": self.country,
            "seed_color": self.seed_color,
            "legends": list(self.legends),
        }


def create_company(couch: Couch, profile: CompanyProfile) -> bool:
    """Make the central database, its design documents and its first settings; False where the company was
    there.

    Settings that are there already are left as the office has them.
    """
    document = profile.to_document()
    created = couch.create_database(profile.code)
    deploy_design_docs(couch, profile.code, DatabaseKind.CENTRAL)
    _close_to_all_but(couch, profile.code, [])
    settings = default_settings(currency=profile.currency, country=profile.country)
    for setting in (document, *settings):
        put_if_absent(couch, profile.code, setting)
    return created


def find_company(couch: Couch, code: str) -> Json | None:
    """The `company:<code>` document, or None; raise NotFound where the database is absent."""
    return couch.get(code, f"company:{code}")


def company_codes(couch: Couch) -> list[str]:
    """Codes of the companies of this server, in order; a database without a company's document is none."""
    return [name for name in couch.all_dbs() if is_code(name) and find_company(couch, name)]


def add_collector(couch: Couch, *, company: str, collector: str, name: str, email: str) -> bool:
    """Write the collector's document and make its database; False where the collector was there."""
    if not is_collector_code(collector):
        raise BadCompany(
            f"{collector!r} is not a collector's code: two to thirty of a-z and 0-9, not reserved"
        )
    created = put_if_absent(
        couch,
        company,
        {"_id": f"collector:{collector}", "schema": SCHEMA, "name": name, "email": email, "active": True},
    )
    ensure_collector_database(couch, company, collector)
    return created


def ensure_collector_database(couch: Couch, company: str, collector: str) -> str:
    """Make the collector's database where it is absent or half made; return its name."""
    database = collector_database(company, collector)
    couch.create_database(database)
    couch.put_revs_limit(database, REVS_LIMIT)
    deploy_design_docs(couch, database, DatabaseKind.COLLECTOR)
    admit_devices(couch, company, collector)
    return database


def collector_databases(couch: Couch, company: str) -> list[str]:
    """Names of the collectors' databases of a company, in order."""
    return couch.all_dbs(start_key=f"{company}-c-", end_key=f"{company}-c-\ufff0")


def collectors_of(couch: Couch, company: str) -> list[str]:
    """Codes of the collectors who have a database, in order. One request."""
    names = collector_databases(couch, company)
    return [
        parsed[1] for name in names if (parsed := parse_collector_database(name)) and parsed[0] == company
    ]


def admit_devices(couch: Couch, company: str, collector: str) -> None:
    """Let exactly the enrolled devices of a collector into its database.

    `_security` has no revisions, so two writers could overwrite each other: it is derived from the `device`
    documents, and written again until they say what it says.
    """
    database = collector_database(company, collector)
    admitted: list[Json] | None = None
    while (enrolled := phones.admitted(enrolments_of(couch, company, collector))) != admitted:
        roles = [member_role(document["_id"].partition(":")[2]) for document in enrolled]
        _close_to_all_but(couch, database, roles)
        admitted = enrolled


def put_if_absent(couch: Couch, db: str, document: Json) -> bool:
    """Write a document unless something stands under its id; False where something did."""
    if couch.get(db, document["_id"]) is not None:
        return False
    try:
        couch.put(db, document)
    except Conflict:
        return False
    return True


def enrolments_of(couch: Couch, company: str, collector: str) -> list[Json]:
    """The collector's `device` documents, revoked ones too, by time of enrolment."""
    rows = couch.view(
        company,
        DDOC,
        "devices_by_collector",
        start_key=[collector],
        end_key=[collector, {}],
        include_docs=True,
    )
    return [row["doc"] for row in rows]


def _close_to_all_but(couch: Couch, db: str, roles: list[str]) -> None:
    # an empty list of members would open the database to everybody, hence the administrator's own role
    security = {
        "admins": {"names": [], "roles": [SERVER_ROLE]},
        "members": {"names": [], "roles": [SERVER_ROLE, *roles]},
    }
    if couch.get_security(db) != security:
        couch.put_security(db, security)
