"""The mapping file of a SQL ERP: which statements read its records and which ones post a receipt.

`docs/erp-connectors.md` is its reference. It is checked whole before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from backend.erp.port import Kind
from backend.erp.toml_table import Table

# Two minutes cover the transactions that an ERP keeps open between stamping a row and committing it.
OVERLAP_SECONDS = 120
# Large enough that a first run is not a chain of round trips, small enough to hold in memory many times over.
PAGE_SIZE = 500


class MoneyForm(StrEnum):
    """How the ERP writes money: as decimal units, or as an integer of minor units."""

    DECIMAL = "decimal"
    MINOR = "minor"


class ChangedForm(StrEnum):
    """What the ERP's `changed` column holds: ISO 8601 text, a timestamp, or a growing integer."""

    TEXT = "text"
    TIMESTAMP = "timestamp"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One page of one kind.

    `reflects` reads, for the invoices of the page, the receipts in their balances.
    """

    statement: str
    reflects: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The statements of one posting, run in this order in one transaction.

    `find` then reads the ERP's answer.
    """

    find: str
    receipt: str
    payment: str | None = None
    allocation: str | None = None
    process: str | None = None
    methods: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlMapping:
    url: str = field(repr=False)
    currency: str
    money: MoneyForm
    changed: ChangedForm
    overlap: int
    page_size: int
    queries: Mapping[Kind, Query]
    outbox: Outbox


def read_sql_mapping(file: Table, environment: Mapping[str, str]) -> SqlMapping:
    """The mapping in `file`; what is wrong is in `file.faults`, and then the mapping is not to be used."""
    file.refuse_unknown(("erp", "in", "out"))
    erp, out = file.table("erp"), file.table("out")
    erp.refuse_unknown(("type", "url", "url_env", "currency", "money", "changed", "overlap", "page_size"))
    changed = erp.choice("changed", ChangedForm.TEXT)
    return SqlMapping(
        url=_url(erp, environment),
        currency=erp.text("currency"),
        money=erp.choice("money", MoneyForm.DECIMAL),
        changed=changed,
        overlap=erp.number("overlap", 1000 if changed is ChangedForm.INTEGER else OVERLAP_SECONDS, least=0),
        page_size=erp.number("page_size", PAGE_SIZE, least=1),
        queries=_queries(file.table("in")),
        outbox=_outbox(out),
    )


def _url(erp: Table, environment: Mapping[str, str]) -> str:
    name, plain = erp.optional_text("url_env"), erp.optional_text("url")
    url = (environment.get(name) if name else None) or plain
    if url is None:
        erp.fault("url_env", f"names {name}, which is not set" if name else "is missing")
        return ""
    try:
        if make_url(url).password and url == plain:
            erp.fault("url", "carries a password: put the whole URL into the variable that url_env names")
    except ArgumentError:
        erp.fault("url_env" if url != plain else "url", "is not an SQLAlchemy URL")
    return url


def _queries(tables: Table) -> dict[Kind, Query]:
    tables.refuse_unknown(tuple(Kind))
    queries = {}
    for kind in Kind:
        if kind not in tables:
            continue
        table = tables.table(kind)
        table.refuse_unknown(("query", "reflects") if kind is Kind.INVOICES else ("query",))
        reflects = table.text("reflects") if kind is Kind.INVOICES else None
        queries[kind] = Query(statement=table.text("query"), reflects=reflects)
    return queries


def _outbox(out: Table) -> Outbox:
    out.refuse_unknown(("find", "receipt", "payment", "allocation", "process", "methods"))
    return Outbox(
        find=out.text("find"),
        receipt=out.text("receipt"),
        payment=out.optional_text("payment"),
        allocation=out.optional_text("allocation"),
        process=out.optional_text("process"),
        methods=out.texts("methods"),
    )
