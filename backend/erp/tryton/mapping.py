"""The mapping file of a company on Tryton: where it is, and which of its payment methods are ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from backend.erp.toml_table import Table

OVERLAP_SECONDS = 120
# Tryton counts what is left of an invoice record by record, so a page is an answer of a second or two.
PAGE_SIZE = 200

METHODS = ("cash", "cheque", "transfer", "card", "withholding")
WRITE_OFF = "write_off"
SPECIAL_METHODS = ("withholding_pending", "bounced_cheque", WRITE_OFF)
"""Instead of `withholding` for a voucher that nobody checked yet; instead of `cheque` where the bank has
taken the money back from the account it had been paid into; for small differences that are written off, which
without it stay open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonMapping:
    url: str
    database: str
    user: str
    password: str = field(repr=False)
    company: str | None
    language: str
    zone: ZoneInfo
    overlap: int
    page_size: int
    category: str | None
    methods: Mapping[str, str]
    journal: str | None


def read_tryton_mapping(file: Table, environment: Mapping[str, str]) -> TrytonMapping:
    """The mapping in `file`; what is wrong is in `file.faults`, and then the mapping is not to be used."""
    file.refuse_unknown(("erp", "in", "out"))
    erp, inwards, out = file.table("erp"), file.table("in"), file.table("out")
    erp.refuse_unknown(
        (
            "type",
            "url",
            "database",
            "user",
            "password_env",
            "company",
            "language",
            "timezone",
            "overlap",
            "page_size",
        )
    )
    inwards.refuse_unknown(("category",))
    out.refuse_unknown(("journal", "methods"))
    return TrytonMapping(
        url=_url(erp),
        database=erp.text("database"),
        user=erp.text("user"),
        password=_password(erp, environment),
        company=erp.optional_text("company"),
        language=erp.optional_text("language") or "es",
        zone=erp.zone("timezone"),
        overlap=erp.number("overlap", OVERLAP_SECONDS, least=0),
        page_size=erp.number("page_size", PAGE_SIZE, least=1),
        category=inwards.optional_text("category"),
        methods=_methods(out),
        journal=out.optional_text("journal"),
    )


def _url(erp: Table) -> str:
    url = erp.text("url")
    if url and not url.startswith(("http://", "https://")):
        erp.fault("url", "must begin with https:// or http://")
    if "@" in url:
        erp.fault("url", "carries a user or password: those have settings of their own")
    return url


def _password(erp: Table, environment: Mapping[str, str]) -> str:
    name = erp.text("password_env")
    password = environment.get(name, "")
    if name and not password:
        erp.fault("password_env", f"names {name}, which is not set")
    return password


def _methods(out: Table) -> Mapping[str, str]:
    table, methods = out.table("methods"), out.texts("methods")
    table.refuse_unknown((*METHODS, *SPECIAL_METHODS))
    for name in METHODS:
        if name not in methods:
            table.fault(name, "is missing: name the payment method of Tryton that takes it")
    return methods
