"""The customer's proof of payment as a PDF, on A5 or on an 80 mm roll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, assert_never

from paperwork.receipt_80mm import draw_80mm
from paperwork.receipt_a5 import draw_a5
from paperwork.receipt_view import receipt_view

Paper = Literal["a5", "80mm"]


def render_receipt(
    receipt: Mapping[str, Any],
    *,
    company: Mapping[str, Any],
    customer: Mapping[str, Any],
    invoices: Mapping[str, Mapping[str, Any]],
    collector: Mapping[str, Any],
    posting: Mapping[str, Any] | None = None,
    void: Mapping[str, Any] | None = None,
    reprint: int = 0,
    paper: Paper = "a5",
    language: str = "es",
    logo: bytes | None = None,
) -> bytes:
    """Return the PDF of a receipt document; the same arguments give the same bytes.

    `invoices` are invoice documents by number; with `balance_before` (minor units) in them the paper states
    those balances, without it it works them out from `balance` and `reflects` and says that they are of
    today. `logo` is a PNG or JPEG. Raise BadDocument for a receipt whose sums don't hold,
    ZoneInfoNotFoundError for an unknown time zone.
    """
    view = receipt_view(
        receipt,
        company=company,
        customer=customer,
        invoices=invoices,
        collector=collector,
        posting=posting,
        void=void,
        reprint=reprint,
        language=language,
    )
    match paper:
        case "a5":
            return draw_a5(view, logo=logo)
        case "80mm":
            return draw_80mm(view, logo=logo)
        case _:
            assert_never(paper)
