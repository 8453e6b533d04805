"""What people read: sentences from gettext catalogues; dates, numbers and money as their country writes them.

The catalogues are plain `.po` files read at start, in pure Python: nothing has to be compiled for a phone.
English is the language of the keys; Spanish of the Andean countries (*usted*) is the first one on screen.
A key that a catalogue lacks is shown as it stands, in English: no screen is empty for want of a translation.
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
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from receivables.money import Money, exponent
from receivables.typed_amounts import read_amount

FOLDER = Path(__file__).parent / "locales"
LANGUAGES = ("es", "en")
DEFAULT_LOCALE = "es_EC"
HARD_SPACE = "\N{NO-BREAK SPACE}"

# Babel writes "27 ene 2025" and "ene 27" by these patterns, in either language.
DAY = "d MMM y"
DAY_OF_YEAR = "d MMM"
WEEKDAY = "EEE, d MMM"
MONTH = "LLLL y"

Catalogue = Mapping[str, str | tuple[str, ...]]


@functools.cache
def catalogue(language: str, domain: str) -> Catalogue:
    """The sentences of one domain (`shared`, `collector`, `supervisor`); empty without such a file."""
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    found: dict[str, str | tuple[str, ...]] = {}
    for message in messages:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str):
            if message.string:
                found[message.id] = str(message.string)
        elif message.string and all(message.string):
            found[message.id[0]] = tuple(message.string)
    return found


@functools.cache
def parse_locale(name: str) -> Locale:
    """The customs of `name`, or of its language where nobody wrote that territory's down (`en_EC`)."""
    wanted = name.replace("-", "_")
    for attempt in (wanted, wanted.partition("_")[0], DEFAULT_LOCALE):
        try:
            return Locale.parse(attempt)
        except (UnknownLocaleError, ValueError):
            continue
    raise ValueError(f"Babel lacks {DEFAULT_LOCALE}")


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
        """`$ 1.240,50`: minor units of an ISO 4217 currency, all its decimals, a space that doesn't break."""
        amount = decimal_amount(minor, currency)
        figures = _plain(currency, grouped=True)
        if not symbol:
            return format_decimal(amount, format=figures, locale=parse_locale(self.locale))
        pattern = f"¤{HARD_SPACE}{figures};-¤{HARD_SPACE}{figures}"
        return format_currency(
            amount, currency, format=pattern, locale=parse_locale(self.locale), currency_digits=False
        )

    def symbol(self, currency: str) -> str:
        return get_currency_symbol(currency, locale=parse_locale(self.locale))

    def amount_text(self, minor: int, currency: str) -> str:
        """The same amount as a person types it in a field: decimals but no symbol and no grouping."""
        return format_decimal(
            decimal_amount(minor, currency), format=_plain(currency), locale=parse_locale(self.locale)
        )

    def parse_amount(self, text: str, currency: str) -> int | None:
        """Minor units of what was typed, or None when it isn't an amount or could be read as two."""
        read = read_amount(text, currency)
        return read.minor if isinstance(read, Money) else None

    # -- time -------------------------------------------------------------------------------
    def day(self, on: date, *, year: bool = True) -> str:
        return format_date(on, DAY if year else DAY_OF_YEAR, locale=parse_locale(self.locale)).replace(
            ".", ""
        )

    def weekday(self, on: date) -> str:
        return format_date(on, WEEKDAY, locale=parse_locale(self.locale)).replace(".", "")

    def month(self, month: str) -> str:
        """`noviembre 2026`, of a month written `2026-11`."""
        return format_date(date.fromisoformat(f"{month}-01"), MONTH, locale=parse_locale(self.locale))

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

    def span(self, elapsed: timedelta) -> str:
        """`3 horas`."""
        return format_timedelta(elapsed, locale=parse_locale(self.locale))


def decimal_amount(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))


def _plain(currency: str, *, grouped: bool = False) -> str:
    digits = exponent(currency)
    return ("#,##0" if grouped else "0") + ("." + "0" * digits if digits else "")
