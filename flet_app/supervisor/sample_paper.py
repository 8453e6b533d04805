"""A receipt that nobody paid, to show how a look is printed."""

from __future__ import annotations

from paperwork.on_screen import png_of
from paperwork.receipt import render_receipt
from paperwork.recording import watch
from receivables.documents import Json
from receivables.receipts import GENESIS_HASH

_RECEIPT: Json = {
    "_id": "receipt:R0000:00000001", "company": "sample", "collector": "sample", "device": "sample",
    "series": "R0000", "counter": 1, "number": "R0000-00000001", "customer": "C0000", "visit": None,
    "created_at": "2026-01-05T15:00:00Z", "local_on": "2026-01-05", "total": 15000,
    "payments": [{"method": "cash", "amount": 15000}],
    "allocations": [{"invoice": "001-001-000000001", "amount": 15000}], "on_account": 0, "place": None,
    "previous_hash": GENESIS_HASH, "hash": GENESIS_HASH,
}  # fmt: skip


def sample_paper(
    *, name: str, logo: bytes | None, currency: str, locale: str, timezone: str, words: tuple[str, str]
) -> bytes:
    """A PNG of the A5 receipt; `words` are the names of a customer and a collector."""
    customer, collector = words
    company = {"name": name, "locale": locale, "timezone": timezone}
    _pdf, pages = watch(
        lambda: render_receipt(
            _RECEIPT | {"currency": currency},
            company=company,
            customer={"code": "C0000", "name": customer},
            invoices={},
            collector={"name": collector},
            language=locale[:2],
            logo=logo,
        )
    )
    return png_of(pages[0], dots_per_inch=100)
