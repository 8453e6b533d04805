"""The mapping file of a SQL ERP: which statements read its records and which ones post a receipt.

`docs/erp-connectors.md` is its reference. It is checked whole before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from backend.erp.port import Kind
from backend.erp.rows import MoneyForm
from backend.erp.toml_table import Table

# Two minutes cover the transactions that an ERP keeps open between stamping a row and committing it.
OVERLAP_SECONDS = 120
# Large enough that a first run is not a chain of round trips, small enough to hold in memory many times over.
PAGE_SIZE = 500

SETTINGS = (
    "type", "url", "url_env", "currency", "money", "changed", "timezone", "overlap", "page_size",
)  # fmt: skip
STEPS = ("find", "payment", "allocation", "write_off", "process", "again")


class ChangedForm(StrEnum):
    """What the ERP's `changed` column holds: ISO 8601 text, a timestamp, or a growing integer."""

    TEXT = "text"
    TIMESTAMP = "timestamp"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """How one kind is read.

    `statement` reads a page; `reflects` and `instalments`, for the invoices of that page, the entries in
    their balances and their parts; `snapshot` all records that there are.
    """

    statement: str
    reflects: str | None = None
    instalments: str | None = None
    snapshot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The statements of one posting, run in this order in one transaction.

    `find` then reads the ERP's answer. `again` clears away a rejected entry, so that it can be staged anew;
    without it a rejection stands until the ERP's own people act. Without `write_off` the ERP has no place for
    small differences.
    """

    find: str
    head: Sequence[str]
    payment: Sequence[str] = ()
    allocation: Sequence[str] = ()
    write_off: Sequence[str] = ()
    process: Sequence[str] = ()
    again: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlMapping:
    url: str = field(repr=False)
    currency: str
    money: MoneyForm
    changed: ChangedForm
    timezone: ZoneInfo
    overlap: int
    page_size: int
    queries: Mapping[Kind, Query]
    receipts: Posting
    reversals: Posting | None
    methods: Mapping[str, str]


def read_sql_mapping(file: Table, environment: Mapping[str, str]) -> SqlMapping:
    """The mapping in `file`; what is wrong is in `file.faults`, and then the mapping is not to be used."""
    file.refuse_unknown(("erp", "in", "out"))
    erp, out = file.table("erp"), file.table("out")
    erp.refuse_unknown(SETTINGS)
    out.refuse_unknown((*STEPS, "receipt", "reversal", "methods"))
    changed = erp.choice("changed", ChangedForm.TEXT)
    return SqlMapping(
        url=_url(erp, environment),
        currency=erp.text("currency"),
        money=erp.choice("money", MoneyForm.DECIMAL),
        changed=changed,
        overlap=erp.number("overlap", 1000 if changed is ChangedForm.INTEGER else OVERLAP_SECONDS, least=0),
        page_size=erp.number("page_size", PAGE_SIZE, least=1),
        timezone=erp.zone("timezone"),
        queries=_queries(file.table("in")),
        receipts=_posting(out, "receipt"),
        reversals=_reversals(out),
        methods=out.texts("methods"),
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
        invoices = kind is Kind.INVOICES
        table.refuse_unknown(("query", "snapshot", *(("reflects", "instalments") if invoices else ())))
        queries[kind] = Query(
            statement=table.text("query"),
            reflects=table.text("reflects") if invoices else None,
            instalments=table.optional_text("instalments") if invoices else None,
            snapshot=table.optional_text("snapshot"),
        )
    return queries


def _reversals(out: Table) -> Posting | None:
    if "reversal" not in out:
        return None
    table = out.table("reversal")
    table.refuse_unknown((*STEPS, "reversal"))
    if "write_off" in out and "write_off" not in table:
        table.fault("write_off", "is missing: what a receipt writes off comes back with its reversal")
    return _posting(table, "reversal")


def _posting(table: Table, head: str) -> Posting:
    if head not in table:
        table.fault(head, "is missing")
    return Posting(
        find=table.text("find"),
        head=table.statements(head),
        payment=table.statements("payment"),
        allocation=table.statements("allocation"),
        write_off=table.statements("write_off"),
        process=table.statements("process"),
        again=table.statements("again"),
    )
