"""Customers as the office looks them up: by the beginning of a word, by collector, or one whole sheet."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.services.pages import BadCursor, decode_cursor, encode_cursor, read_page
from receivables.documents import parse_date
from receivables.invoices import Part, days_past_due, open_parts, read_instalments
from receivables.money import Money, minor_from_json

HIGHEST = "\ufff0"
# The same marks as in customers_by_word/map.js.
_BETWEEN_WORDS = re.compile(r"""[\s.,;:/()"'&]+""")
SHEET_INVOICES = 200  # the newest; a customer's whole past is the ERP's


def list_customers(
    couch: Couch, company: str, *, on: date, query: str, collector: str | None, limit: int, cursor: str | None
) -> Json:
    """A page of customers by name, with what they owe on a date. Raise BadCursor."""
    words = plain_words(query)
    if collector is not None:
        documents, next_cursor = _of_collector(
            couch, company, collector=collector, words=words, limit=limit, cursor=cursor
        )
    else:
        documents, next_cursor = _of_company(couch, company, words, limit, cursor)
    return {"items": _describe(couch, company, documents, on), "next_cursor": next_cursor}


def find_customer(couch: Couch, company: str, code: str, *, on: date) -> Json | None:
    """A customer's sheet: who it is, what it owes, what was done there lately. None where there is no such
    customer.
    """
    document = couch.get(company, f"customer:{code}")
    if document is None:
        return None
    (summary,) = _describe(couch, company, [document], on)
    rows = couch.view(
        company,
        DDOC,
        "by_customer",
        start_key=[code, "invoice", {}],
        end_key=[code, "invoice"],
        descending=True,
        include_docs=True,
        limit=SHEET_INVOICES,
    )
    activity = couch.get(company, f"activity:{code}")
    invoices = sorted((row["doc"] for row in rows), key=lambda doc: (doc["state"] != "open", doc["due_on"]))
    body = {key: value for key, value in document.items() if not key.startswith("_")}
    return {
        **body,
        **summary,
        "invoices": [_invoice(doc, on) for doc in invoices],
        "activity": activity["items"] if activity else [],
    }


def plain_words(text: str) -> list[str]:
    """The words of a search as `customers_by_word` indexes them: small letters without accents."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return [word for word in _BETWEEN_WORDS.split(plain) if word]


def _of_company(
    couch: Couch, company: str, words: list[str], limit: int, cursor: str | None
) -> tuple[list[Json], str | None]:
    if not words:
        page = read_page(
            couch, company, "customers_by_name", start=[""], end=[HIGHEST], limit=limit, cursor=cursor
        )
        return [row["doc"] for row in page.rows], page.next_cursor
    longest = max(words, key=len)
    matches = _matcher(words)
    found: dict[str, Json] = {}
    while True:
        page = read_page(
            couch,
            company,
            "customers_by_word",
            start=[longest],
            end=[longest + HIGHEST],
            limit=limit,
            cursor=cursor,
        )
        for row in page.rows:
            if len(found) == limit and row["id"] not in found and matches(row["doc"]):
                return list(found.values()), encode_cursor(row["key"], row["id"])
            if matches(row["doc"]):
                found[row["id"]] = row["doc"]
        cursor = page.next_cursor
        if cursor is None:
            return list(found.values()), None


def _of_collector(
    couch: Couch, company: str, *, collector: str, words: list[str], limit: int, cursor: str | None
) -> tuple[list[Json], str | None]:
    """A collector serves some hundreds of customers: read them all and sort them here."""
    rows = couch.view(
        company, DDOC, "assignments_by_collector", start_key=[collector], end_key=[collector, {}]
    )
    documents = couch.get_many(company, [f"customer:{row['key'][1]}" for row in rows])
    ordered = sorted(filter(_matcher(words), documents.values()), key=_name_key)
    if cursor is not None:
        key, _ = decode_cursor(cursor)
        if not isinstance(key, list) or [type(part) for part in key] != [str, str]:
            raise BadCursor("the cursor belongs to another list")
        ordered = [doc for doc in ordered if list(_name_key(doc)) >= key]
    following = ordered[limit : limit + 1]
    next_cursor = encode_cursor(_name_key(following[0]), following[0]["_id"]) if following else None
    return ordered[:limit], next_cursor


def _name_key(document: Json) -> tuple[str, str]:
    return str(document["name"]).lower(), str(document["code"])


def _matcher(words: list[str]) -> Callable[[Json], bool]:
    def matches(document: Json) -> bool:
        own = plain_words(f"{document['name']} {document['code']} {document.get('tax_id') or ''}")
        return all(any(word.startswith(asked) for word in own) for asked in words)

    return matches


def _describe(couch: Couch, company: str, documents: Iterable[Json], on: date) -> list[Json]:
    customers = list(documents)
    codes = [str(customer["code"]) for customer in customers]
    assignments = couch.get_many(company, [f"assignment:{code}" for code in codes])
    owed: defaultdict[str, list[Json]] = defaultdict(list)
    if codes:
        for row in couch.view(company, DDOC, "open_invoices", keys=codes):
            owed[row["key"]].append(row["value"])
    return [
        {
            "code": customer["code"],
            "name": customer["name"],
            "tax_id": customer.get("tax_id"),
            "city": customer.get("city"),
            "address": customer.get("address"),
            "location": customer.get("location"),
            "currency": customer["currency"],
            "collector": assignments.get(f"assignment:{customer['code']}", {}).get("collector"),
            **_owed(owed[customer["code"]], str(customer["currency"]), on),
        }
        for customer in customers
    ]


def _owed(invoices: list[Json], currency: str, on: date) -> Json:
    own = [invoice for invoice in invoices if invoice["currency"] == currency]
    overdue = [(due_on, part) for each in own for due_on, part in _parts(each) if due_on < on]
    return {
        "balance": sum(minor_from_json(invoice["balance"]) for invoice in own),
        "overdue": sum(part.minor for _, part in overdue),
        "open_invoices": len(own),
        "oldest_days_past_due": max((days_past_due(due_on, on) for due_on, _ in overdue), default=0),
    }


def _parts(invoice: Json) -> tuple[Part, ...]:
    """What is open of an invoice by due date: its instalments, or all of it at once."""
    currency = invoice["currency"]
    return open_parts(
        parse_date(invoice["due_on"]),
        Money.from_json(invoice["balance"], currency),
        read_instalments(invoice.get("instalments"), currency),
    )


def _invoice(document: Json, on: date) -> Json:
    body = {key: value for key, value in document.items() if not key.startswith("_")}
    body["has_ride"] = body.pop("electronic", None) is not None  # the XML itself has a route of its own
    body["days_past_due"] = days_past_due(_parts(document)[0][0], on) if document["balance"] > 0 else 0
    return body
