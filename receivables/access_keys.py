"""The SRI's access key (*clave de acceso*): 49 digits that name one electronic document of Ecuador.

Source: SRI, *Ficha técnica de comprobantes electrónicos, esquema offline*, table 1 (what the digits are) and
its module 11 check digit. In the offline scheme the authorisation number is the access key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from receivables.identifiers import BadIdentifier

KEY_DIGITS = 49

PRODUCTION, TEST = "2", "1"
"""The environments (*ambiente*); a document of the test environment has no tax effect."""

NORMAL_EMISSION = "1"

_WEIGHTS = (2, 3, 4, 5, 6, 7)
# (field, digits) in the order of the key; the check digit follows.
_PARTS = (
    ("issued_on", 8), ("document_code", 2), ("ruc", 13), ("environment", 1), ("establishment", 3),
    ("emission_point", 3), ("sequence", 9), ("numeric_code", 8), ("emission", 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """An access key taken apart; all parts but the date are digits as text, because their zeros count."""

    issued_on: date
    document_code: str
    ruc: str
    environment: str
    establishment: str
    emission_point: str
    sequence: str
    numeric_code: str
    emission: str = NORMAL_EMISSION

    @property
    def number(self) -> str:
        """`001-001-000000123`, the number that the document carries."""
        return f"{self.establishment}-{self.emission_point}-{self.sequence}"

    def __str__(self) -> str:
        values = {name: getattr(self, name) for name, _ in _PARTS if name != "issued_on"}
        values["issued_on"] = self.issued_on.strftime("%d%m%Y")
        for name, digits in _PARTS:
            if len(values[name]) != digits or not _is_digits(values[name]):
                raise BadIdentifier(f"{name} of an access key is {digits} digits, not {values[name]!r}")
        body = "".join(values[name] for name, _ in _PARTS)
        return body + check_digit(body)


def check_digit(body: str) -> str:
    """The digit that closes the 48 digits of `body`: module 11 from the right with weights 2 to 7."""
    weighted = sum(
        int(digit) * _WEIGHTS[position % len(_WEIGHTS)] for position, digit in enumerate(reversed(body))
    )
    check = 11 - weighted % 11
    return str({11: 0, 10: 1}.get(check, check))


def is_access_key(text: str) -> bool:
    """Are these 49 digits that end in the right check digit? Their date is not looked at."""
    return len(text) == KEY_DIGITS and _is_digits(text) and text[-1] == check_digit(text[:-1])


def parse_access_key(text: str) -> AccessKey:
    """Take a key apart; raise BadIdentifier for a wrong length, check digit or date."""
    if not is_access_key(text):
        raise BadIdentifier(f"{text!r} is not an access key")
    parts: dict[str, str] = {}
    start = 0
    for name, digits in _PARTS:
        parts[name] = text[start : start + digits]
        start += digits
    day = parts.pop("issued_on")
    try:
        issued_on = date(int(day[4:]), int(day[2:4]), int(day[:2]))
    except ValueError as error:
        raise BadIdentifier(f"{day!r} in an access key is not a date") from error
    return AccessKey(issued_on=issued_on, **parts)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
