"""Which sentences a screen asks for that a catalogue lacks, and which words are of the other language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from flet_app.i18n import Texts, catalogue
from tests.support.screen_audit import Seen, spoken

SPANISH = re.compile(r"\b(el|los|las|una|por|para|con|del|está|hoy|sin|que|su)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(the|of|is|are|and|to|from|your|with|this|what|by|on)\b", re.IGNORECASE)


def foreign(found: Iterable[Seen], language: str, *, names: Iterable[str], own: str) -> Iterator[str]:
    """Words of the other language, but for `names` and for what stands in the documents, `own`."""
    others = ENGLISH if language == "es" else SPANISH
    for seen in found:
        for text in spoken(seen.control):
            for name in names:
                text = text.replace(name, "")
            for part in text.split(" · "):
                if others.search(part) and part.strip("«»") not in own:
                    yield f"not {language}: {part}"


def listened_to(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that screens ask for and the Spanish catalogues lack, however they were put together."""
    missing: set[str] = set()
    plain, plural = Texts.t, Texts.n

    def known(texts: Texts, key: str) -> None:
        if texts.language == "es" and not any(key in catalogue("es", domain) for domain in texts.domains):
            missing.add(key)

    def t(self: Texts, key: str, **values: object) -> str:
        known(self, key)
        return plain(self, key, **values)

    def n(self: Texts, singular: str, plural_: str, count: int, **values: object) -> str:
        known(self, singular)
        return plural(self, singular, plural_, count, **values)

    monkeypatch.setattr(Texts, "t", t)
    monkeypatch.setattr(Texts, "n", n)
    return missing
