"""What is read from Tryton: which records of which models, which of them changed, and all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.erp.port import Cursor, ErpUnavailable, Held, Kind, Page, Unreadable
from backend.erp.records import Record
from backend.erp.tryton import records
from backend.erp.tryton.rpc import Tryton
from backend.erp.tryton.sweeps import Sweep, finished

Row = Mapping[str, Any]
Domain = list[Any]

# Inactive parties and addresses are left out of Tryton's answers unless they are asked for.
_WITH_INACTIVE = {"active_test": False}
_BEGINNING = datetime(1900, 1, 1)  # noqa: DTZ001 - Tryton's clock has no zone
# An invoice whose lines never add up would otherwise stop its kind for good.
READ_ATTEMPTS = 5
_NEWEST = "DESC NULLS LAST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of record: `rows` are the fields of the model through which rows of other tables change it.

    `held` are the fields that the nightly comparison needs, `read` makes a record, `hold` what is compared.
    """

    model: str
    domain: Domain
    fields: Sequence[str]
    rows: Mapping[str, str]
    read: Callable[[Row], Record]
    held: Sequence[str]
    hold: Callable[[Row], Held]
    key: Callable[[Row], str]
    gone: Callable[[Row], bool] = lambda _: False
    agrees: Callable[[Row], bool] = lambda _: True


def sources(
    *, company: int, owner: int, currency: str, category: str | None, limits: bool
) -> Mapping[Kind, Source]:
    """How each kind is read. `owner` is the company's own party, which is nobody's customer."""
    of_category = [("categories.name", "=", category)] if category else []
    ours = [("code", "!=", None), ("id", "!=", owner), *of_category]
    invoices = [
        ("type", "=", "out"),
        ("company", "=", company),
        ("state", "in", ["posted", "paid", "cancelled"]),
    ]
    invoices += [("number", "!=", None)]
    lines = {"payment_lines": "account.move.line", "move.lines": "account.move.line"}
    return {
        Kind.CUSTOMERS: Source(
            model="party.party",
            domain=ours,
            fields=(*records.PARTY_FIELDS, *(["credit_limit_amount"] if limits else [])),
            rows={
                "addresses": "party.address",
                "contact_mechanisms": "party.contact_mechanism",
                "identifiers": "party.identifier",
            },
            read=lambda row: records.customer(row, currency=currency),
            held=("code",),
            hold=lambda row: Held(key=row["code"], customer=row["code"]),
            key=lambda row: str(row["code"]),
        ),
        Kind.ADDRESSES: Source(
            model="party.address",
            domain=[(f"party.{name}", *rest) for name, *rest in ours],
            fields=records.ADDRESS_FIELDS,
            rows={},
            read=records.address,
            held=("party.code", "party.addresses", "active"),
            hold=lambda row: Held(key=str(row["id"]), customer=row["party."]["code"]),
            key=lambda row: str(row["id"]),
            gone=lambda row: not row["active"] or row["party."]["addresses"][:1] == [row["id"]],
        ),
        Kind.INVOICES: Source(
            model="account.invoice",
            domain=[*invoices, ("total_amount", ">=", 0)],
            fields=records.INVOICE_FIELDS,
            rows=lines,
            read=records.invoice,
            agrees=records.agrees,
            held=("number", "party.code", "amount_to_pay", "currency.code"),
            hold=_owed,
            key=lambda row: str(row["number"]),
        ),
        Kind.CREDIT_NOTES: Source(
            model="account.invoice",
            domain=[*invoices, ("total_amount", "<", 0)],
            fields=records.CREDIT_NOTE_FIELDS,
            rows=lines,
            read=records.credit_note,
            held=("number", "party.code", "amount_to_pay", "currency.code"),
            hold=_owed,
            key=lambda row: str(row["number"]),
        ),
    }


def read(tryton: Tryton, source: Source, after: Cursor | None, *, page_size: int) -> Page:
    """One page of a sweep. Its records are one state of Tryton's books: they come with one call."""
    sweep = Sweep.of(after)
    domain = [*source.domain, ("id", ">", sweep.last), *_changed(source, sweep.since)]
    until = sweep.until
    if until is None:
        if not tryton.search_read(source.model, domain, ["id"], limit=1, context=_WITH_INACTIVE):
            return Page(records=(), unreadable=(), cursor=None, last=True)
        until = _newest(tryton, source)
    rows = _one_state(tryton, source, domain, page_size)
    last = len(rows) < page_size
    found, unreadable = _understood(source, rows)
    return Page(
        records=found,
        unreadable=unreadable,
        deleted=tuple(source.key(row) for row in rows if source.gone(row)),
        cursor=finished(until) if last else sweep.cursor(until, rows[-1]["id"]),
        last=last,
    )


def _one_state(tryton: Tryton, source: Source, domain: Domain, limit: int) -> list[dict[str, Any]]:
    """A page of rows as they are at one instant.

    On PostgreSQL a call is one transaction and that is so; on SQLite Tryton reads as it goes along, and a
    posting in between shows in a sum that does not add up.
    """
    for _ in range(READ_ATTEMPTS):
        rows = tryton.search_read(
            source.model, domain, source.fields, limit=limit, order=[("id", "ASC")], context=_WITH_INACTIVE
        )
        if all(source.agrees(row) for row in rows):
            return rows
    raise ErpUnavailable(f"{source.model}: the books change faster than a page is read")


def snapshot(tryton: Tryton, source: Source) -> list[Held]:
    """Every record, from one call."""
    rows = tryton.search_read(source.model, source.domain, source.held, context=_WITH_INACTIVE)
    return [_held(source, row) for row in rows if not source.gone(row)]


def _held(source: Source, row: Row) -> Held:
    try:
        return source.hold(row)
    except records.Unclear:
        return Held(key=source.key(row), customer="", open=None)


def _understood(source: Source, rows: Sequence[Row]) -> tuple[list[Record], list[Unreadable]]:
    found: list[Record] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        if source.gone(row):
            continue
        try:
            found.append(source.read(row))
        except records.Unclear as problem:
            unreadable.append(Unreadable(key=source.key(row), reason=str(problem)))
    return found, unreadable


def _changed(source: Source, since: datetime | None) -> Domain:
    if since is None:
        return []
    stamped = [f"{path}{name}" for path in ("", *(f"{path}." for path in source.rows)) for name in _STAMPS]
    return [["OR", *((name, ">", since) for name in stamped)]]


_STAMPS = ("write_date", "create_date")


def _newest(tryton: Tryton, source: Source) -> datetime:
    """The newest stamp on any row that a record of this kind is made of."""
    newest = _BEGINNING
    for model in dict.fromkeys((source.model, *source.rows.values())):
        for stamp in _STAMPS:
            rows = tryton.search_read(
                model, [], [stamp], limit=1, order=[(stamp, _NEWEST)], context=_WITH_INACTIVE
            )
            newest = max([newest, *(row[stamp] for row in rows if row[stamp])])
    return newest


def _owed(row: Row) -> Held:
    currency = row["currency."]["code"]
    return Held(
        key=row["number"],
        customer=row["party."]["code"] or "",
        open=abs(records.minor(row["amount_to_pay"], currency, "balance")),
        currency=currency,
    )
