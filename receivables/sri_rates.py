"""Rates of Ecuador's taxes as dated data: a rate that changes is a new row, never an edited one.

`codigoPorcentaje` names a VAT rate for ever, so an old invoice prints the rate of its day. Withholding
percentages change by resolution; a company may pass rows of its own where the SRI changes them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from receivables.electronic_documents import WITHHELD_INCOME_TAX, WITHHELD_VAT

VAT_RATES = {"0": "0", "2": "12", "3": "14", "4": "15", "5": "5", "8": "8", "10": "13"}
"""Percent of IVA by `codigoPorcentaje` (ficha técnica, table 17)."""

NOT_SUBJECT_TO_VAT, EXEMPT_FROM_VAT = "6", "7"
"""`codigoPorcentaje` of what no IVA rate applies to: *no objeto de impuesto* and *exento de IVA*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingRate:
    """From `since` on, tax `tax` is withheld at one of `percentages`, where `code` is given for that code."""

    tax: str
    since: date
    percentages: frozenset[Decimal]
    code: str | None = None
    source: str = ""


def _percentages(text: str) -> frozenset[Decimal]:
    return frozenset(map(Decimal, text.split()))


_OFFLINE_SCHEME = date(2014, 12, 1)

WITHHOLDING_RATES: tuple[WithholdingRate, ...] = (
    *(
        WithholdingRate(
            tax=WITHHELD_VAT, code=code, since=_OFFLINE_SCHEME, percentages=_percentages(percentage),
            source="Ficha técnica, tabla 20",
        )
        for code, percentage in (
            ("9", "10"), ("10", "20"), ("1", "30"), ("2", "70"), ("3", "100"), ("7", "0"), ("8", "0"),
        )
    ),
    WithholdingRate(
        tax=WITHHELD_INCOME_TAX, since=date(2024, 3, 1), percentages=_percentages("0 1 1.75 2 2.75 3 5 8 10"),
        source="NAC-DGERCGC24-00000008",
    ),
    WithholdingRate(
        tax=WITHHELD_INCOME_TAX, since=date(2026, 3, 1), percentages=_percentages("0 1 1.75 2 3 5 10"),
        source="NAC-DGERCGC26-00000009",
    ),
)  # fmt: skip


def permitted_percentages(
    tax: str, code: str, *, on: date, rates: Iterable[WithholdingRate] = WITHHOLDING_RATES
) -> frozenset[Decimal] | None:
    """What may be withheld of `tax` under `code` on a date; None where the table says nothing about it.

    The row of the code counts before the tax's general one, the latest before the earlier.
    """
    rows = [row for row in rates if row.tax == tax and row.code in {code, None} and row.since <= on]
    latest = max(rows, key=lambda row: (row.code is not None, row.since), default=None)
    return latest.percentages if latest else None
