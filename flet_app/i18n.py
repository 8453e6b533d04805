"""What people read: sentences from gettext catalogues, and dates, numbers and money the way their country writes them.

The catalogues are plain `.po` files read at start, in pure Python, so that nothing has to be compiled for a phone.
English is the language of the keys; Spanish of the Andean countries (*usted*) is the first language on screen.
A key that a catalogue lacks is shown as it stands, in English: a screen is never empty for want of a translation.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_group_symbol

FOLDER = Path(__file__).parent / "locales"
LANGUAGES = ("es", "en")
DEFAULT_LOCALE = "es_EC"
THIN = "\N{NO-BREAK SPACE}"

# Babel writes "27 ene 2025" and "ene 27" by these patterns, in either language.
DAY = "d MMM y"
DAY_OF_YEAR = "d MMM"
WEEKDAY = "EEE, d MMM"

Catalogue = Mapping[str, str | tuple[str, ...]]


@functools.cache
def catalogue(language: str, domain: str) -> Catalogue:
    """The sentences of one domain (`shared`, `collector`, `supervisor`); empty where there is no such file."""
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    found: dict[str, str | tuple[str, ...]] = {}
    for message in messages:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple | list):
            if all(message.string):
                found[message.id[0]] = tuple(message.string)
        elif message.string:
            found[message.id] = str(message.string)
    return found


def parse_locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The language and customs of one screen. Cheap to make and to pass; compare by value."""

    locale: str = DEFAULT_LOCALE
    timezone: str = "America/Guayaquil"
    domains: tuple[str, ...] = ("shared",)

    @property
    def language(self) -> str:
        language = parse_locale(self.locale).language
        return language if language in LANGUAGES else "es"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def t(self, key: str, **values: object) -> str:
        """The sentence for `key`, with `{names}` filled in."""
        for domain in self.domains:
            found = catalogue(self.language, domain).get(key)
            if isinstance(found, str):
                return found.format(**values) if values else found
        return key.format(**values) if values else key

    def n(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The sentence for `count` things; `{count}` is written as a number."""
        form: str | None = None
        for domain in self.domains:
            found = catalogue(self.language, domain).get(singular)
            if isinstance(found, tuple):
                form = found[0 if count == 1 else -1]
                break
        sentence = form or (singular if count == 1 else plural)
        return sentence.format(count=self.number(count), **values)

    def label(self, labels: Mapping[str, str]) -> str:
        """The text of a catalogue entry that carries its own languages, `{es, en}`."""
        return labels.get(self.language) or labels.get("es") or next(iter(labels.values()), "")

    # -- numbers ----------------------------------------------------------------------------
    def number(self, value: int | float | Decimal) -> str:
        return format_decimal(value, locale=parse_locale(self.locale))

    def money(self, minor: int, currency: str, *, symbol: bool = True) -> str:
        """`$ 1.240,50`: minor units of an ISO 4217 currency, with all its decimals and a space that doesn't break."""
        amount = decimal_amount(minor, currency)
        pattern = f"¤{THIN}#,##0.00;-¤{THIN}#,##0.00" if symbol else "#,##0.00;-#,##0.00"
        return format_currency(
            amount, currency, format=pattern, locale=parse_locale(self.locale), currency_digits=True
        ).strip()

    def amount_text(self, minor: int, currency: str) -> str:
        """The same amount as a person types it in a field: decimals but no symbol and no grouping."""
        return format_decimal(
            decimal_amount(minor, currency), format=_plain(currency), locale=parse_locale(self.locale)
        )

    def parse_amount(self, text: str, currency: str) -> int | None:
        """Minor units of what was typed, or None when it isn't an amount; finer than the currency is not one.

        A collector types `12.5`, `12,50` or `1.240,50`; the last separator is the decimal one unless it groups thousands.
        """
        digits = get_currency_precision(currency)
        group = get_group_symbol(parse_locale(self.locale))
        cleaned = text.strip().replace("$", "").replace(" ", "").replace(THIN, "")
        whole, fraction = _split_decimal(cleaned, group=group)
        if not (whole + fraction).isdigit() or len(fraction.rstrip("0")) > digits:
            return None
        return int((whole or "0") + fraction[:digits].ljust(digits, "0"))

    # -- time -------------------------------------------------------------------------------
    def day(self, on: date, *, year: bool = True) -> str:
        return format_date(on, DAY if year else DAY_OF_YEAR, locale=parse_locale(self.locale)).replace(".", "")

    def weekday(self, on: date) -> str:
        return format_date(on, WEEKDAY, locale=parse_locale(self.locale)).replace(".", "")

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)

    def clock(self, instant: datetime) -> str:
        return format_time(self.local(instant), "HH:mm", locale=parse_locale(self.locale))

    def moment(self, instant: datetime, *, now: datetime) -> str:
        """`10:42` today, `20 nov, 10:42` before."""
        local = self.local(instant)
        if local.date() == self.local(now).date():
            return self.clock(instant)
        return f"{self.day(local.date(), year=False)}, {self.clock(instant)}"

    def ago(self, elapsed: timedelta) -> str:
        """`hace 3 minutos`."""
        return format_timedelta(-elapsed, add_direction=True, locale=parse_locale(self.locale))


def decimal_amount(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def _plain(currency: str) -> str:
    digits = get_currency_precision(currency)
    return "0." + "0" * digits if digits else "0"


def _split_decimal(text: str, *, group: str) -> tuple[str, str]:
    """`1.240,50` → ("1240", "50"); `1.240` with `.` as the grouping sign → ("1240", "")."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return text, ""
    sign, head, tail = text[last], text[:last], text[last + 1 :]
    other = "," if sign == "." else "."
    if sign in head or (sign == group and len(tail) == 3 and other not in head):
        return _ungroup(text, sign), ""
    return _ungroup(head, other), tail


def _ungroup(text: str, sign: str) -> str:
    """`1.240` → `1240`; text whose groups aren't of three digits comes back as it is, and is no number."""
    first, *groups = text.split(sign)
    return first + "".join(groups) if all(len(group) == 3 for group in groups) else text
