"""Ecuadorian identification numbers with a right check digit, for people and companies that do not exist.

Cédula: modulo 10 with coefficients 2,1,2,1,2,1,2,1,2 over nine digits, two-digit products reduced by nine
(Registro Civil). RUC of a company: modulo 11 with coefficients 4,3,2,7,6,5,4,3,2, third digit 9 (SRI).
"""

from __future__ import annotations

PICHINCHA = 17
_CEDULA = (2, 1, 2, 1, 2, 1, 2, 1, 2)
_COMPANY = (4, 3, 2, 7, 6, 5, 4, 3, 2)


def cedula(province: int, sequence: int) -> str:
    """The cédula of a person: `sequence` fills the third to ninth digit, the third being below 6."""
    digits = f"{province:02d}{sequence % 6_000_000:07d}"
    products = (int(digit) * factor for digit, factor in zip(digits, _CEDULA, strict=True))
    total = sum(product - 9 if product > 9 else product for product in products)
    return f"{digits}{-total % 10}"


def ruc_of_person(province: int, sequence: int) -> str:
    """A person who trades is registered under the cédula and the number of the establishment."""
    return f"{cedula(province, sequence)}001"


def ruc_of_company(province: int, sequence: int) -> str:
    """The next RUC of a company from `sequence` on.

    A remainder of 1 has no digit, so the office skips that number.
    """
    while True:
        digits = f"{province:02d}9{sequence % 1_000_000:06d}"
        total = sum(int(digit) * factor for digit, factor in zip(digits, _COMPANY, strict=True))
        check = -total % 11
        if check < 10:
            return f"{digits}{check}001"
        sequence += 1
