"""Amounts in words, as receipts carry them: whoever alters the figures must alter the words too."""

from __future__ import annotations

import re

from num2words import num2words

from receivables.money import Money, exponent

# (singular, plural) in Spanish and English; a currency not named here keeps its ISO code.
_CURRENCIES = {
    "ARS": ("peso argentino", "pesos argentinos", "Argentine peso", "Argentine pesos"),
    "BOB": ("boliviano", "bolivianos", "boliviano", "bolivianos"),
    "BRL": ("real brasileño", "reales brasileños", "Brazilian real", "Brazilian reais"),
    "CLP": ("peso chileno", "pesos chilenos", "Chilean peso", "Chilean pesos"),
    "COP": ("peso colombiano", "pesos colombianos", "Colombian peso", "Colombian pesos"),
    "CRC": ("colón costarricense", "colones costarricenses", "Costa Rican colón", "Costa Rican colones"),
    "DOP": ("peso dominicano", "pesos dominicanos", "Dominican peso", "Dominican pesos"),
    "EUR": ("euro", "euros", "euro", "euros"),
    "GTQ": ("quetzal", "quetzales", "quetzal", "quetzales"),
    "HNL": ("lempira", "lempiras", "lempira", "lempiras"),
    "MXN": ("peso mexicano", "pesos mexicanos", "Mexican peso", "Mexican pesos"),
    "NIO": ("córdoba", "córdobas", "córdoba", "córdobas"),
    "PAB": ("balboa", "balboas", "balboa", "balboas"),
    "PEN": ("sol", "soles", "sol", "soles"),
    "PYG": ("guaraní", "guaraníes", "guaraní", "guaraníes"),
    "USD": ("dólar estadounidense", "dólares estadounidenses", "US dollar", "US dollars"),
    "UYU": ("peso uruguayo", "pesos uruguayos", "Uruguayan peso", "Uruguayan pesos"),
    "VES": ("bolívar", "bolívares", "bolívar", "bolívares"),
}


def amount_in_words(money: Money, language: str = "es") -> str:
    """`Quinientos trece dólares estadounidenses con 78/100`; currencies without decimals end at their name.

    Raise ValueError for a negative amount: no paper states one.
    """
    if money.minor < 0:
        raise ValueError(f"{money} has no words on paper")
    unit = 10 ** exponent(money.currency)
    whole, part = divmod(money.minor, unit)
    singular, plural, one, many = _CURRENCIES.get(money.currency, (money.currency,) * 4)
    fraction = f"{part:0{len(str(unit)) - 1}d}/{unit}" if unit > 1 else ""
    if language == "en":
        text, mark = f"{num2words(whole, lang='en')} {one if whole == 1 else many}", " and "
    else:
        text, mark = f"{_spanish(whole)} {singular if whole == 1 else plural}", " con "
    return text[:1].upper() + text[1:] + (mark + fraction if fraction else "")


def _spanish(number: int) -> str:
    """Words that stand before a masculine noun: veintiún, treinta y un mil, un millón de."""
    text = num2words(number, lang="es")
    text = re.sub(r"veintiuno(?= mil| millones| billones|$)", "veintiún", text)
    text = re.sub(r"\buno(?= mil| millones| billones|$)", "un", text)
    return f"{text} de" if re.search(r"ill(ón|ones)$", text) else text
