"""Every paper with what is long and large in it: nothing beyond the margins, no word on another.

The places are those that the sheet remembers; test_on_screen.py shows that the PDF has the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import pytest
import zxingcpp
from PIL import ImageFont

from paperwork.acta import render_acta
from paperwork.cash_papers import render_cash_close, render_deposit
from paperwork.letter import MARGIN, Imprint
from paperwork.receipt import Paper, render_receipt
from paperwork.recording import Box, Page, Picture, Words, watch
from paperwork.ride import render_ride
from paperwork.sheet import FONT_FILES
from paperwork.statement import render_statement
from tests.support.brand import a_logo
from tests.support.builders import NOW, a_receipt, an_open_item
from tests.support.letters import (
    CLOSE,
    COMPANY,
    CUSTOMER,
    DEPOSIT,
    PROMISE,
    START,
    STROKES,
    VISIT,
    photo,
    picture,
)
from tests.support.pdfs import page_texts, picture_of
from tests.support.sri import document

NAME = "Importadora y Comercializadora Ñandú Hnos. Pérez-Łukasz S.A."
WORD = "Supercalifragilísticoespialidosoeternoinacabablementelargo"
PERSON: dict[str, Any] = {"name": NAME}
POINT = 25.4 / 72
NUMBERS = [f"001-001-0000{number:05d}" for number in range(10)]
LARGEST = {"CLP": 123_456_789, "PYG": 987_654_321, "USD": 9_876_543_21}
WITH_QR = {"a5", "80mm", "acta", "close", "deposit"}
MARGINS = {"a5": 9.0, "80mm": 4.0, "ride": 11.0}


def company(currency: str) -> dict[str, Any]:
    locale = {"CLP": "es_CL", "PYG": "es_PY"}.get(currency, "es_EC")
    return COMPANY | {"name": NAME, "address": f"Avenida {WORD} 1449", "currency": currency, "locale": locale}


CUSTOMER_LONG = CUSTOMER | {"name": NAME, "address": f"{WORD} N12-34, edificio Mirador, piso 14"}


def receipt(currency: str, paper: Paper) -> bytes:
    unit = LARGEST[currency]
    applied = {number: unit * (place + 1) for place, number in enumerate(NUMBERS)}
    cheque = {
        "method": "cheque", "amount": unit, "bank": WORD, "account": "2100123456789", "number": "000123",
        "drawer": NAME, "cheque_on": "2026-11-30",
    }  # fmt: skip
    cash = {"method": "cash", "amount": sum(applied.values()) - unit}
    return render_receipt(
        a_receipt(4, allocations=applied, payments=[cash, cheque]) | {"currency": currency},
        company=company(currency), customer=CUSTOMER_LONG, collector=PERSON, paper=paper, reprint=2,
        invoices={number: {"due_on": "2026-10-15", "balance_before": unit * 40} for number in NUMBERS},
        logo=a_logo(),
    )  # fmt: skip


def statement(currency: str) -> bytes:
    amount = LARGEST[currency] if currency != "USD" else 9_876_543
    items = [
        an_open_item(
            number, str(amount * (place + 1)), due_on=f"2026-{place % 9 + 1:02d}-15", currency=currency
        )
        for place, number in enumerate(NUMBERS)
    ]
    return render_statement(
        CUSTOMER_LONG, company=company(currency), items=items, on=date(2026, 11, 21), now=NOW,
        totals={item.invoice: item.open for item in items}, imprint=Imprint(a_logo(), 12),
    )  # fmt: skip


def acta() -> bytes:
    invoices = [{"number": each, "due_on": "2026-10-15", "balance": 9_999_999_999} for each in NUMBERS]
    debt = {"currency": "CLP", "as_of": "2026-11-21", "total": 99_999_999_990, "count": 10}
    shown = {"customer": {"name": NAME, "address": WORD}, "debt": debt | {"invoices": invoices}}
    visit = VISIT | {
        "attended_by": NAME, "comment": f"{WORD} " * 9, "shown": shown,
        "signature": {"name": NAME, "strokes": STROKES},
    }  # fmt: skip
    return render_acta(
        visit, start=START, company=company("CLP"), customer=CUSTOMER_LONG, collector=PERSON, outcome=WORD,
        promises=[PROMISE | {"amount": 99_999_999_990, "currency": "CLP"}],
        photos=[photo(number, NAME) for number in range(1, 4)], imprint=Imprint(a_logo(size=(300, 200)), 1),
    )  # fmt: skip


def upright() -> bytes:
    sizes = [(480, 854), (480, 640), (640, 480), (480, 480)]
    photos = [photo(number, NAME, picture("x", size=size)) for number, size in enumerate(sizes, start=1)]
    return render_acta(
        VISIT, start=START, company=company("USD"), customer=CUSTOMER_LONG, collector=PERSON, outcome=WORD,
        photos=photos, imprint=Imprint(a_logo()),
    )  # fmt: skip


def close() -> bytes:
    return render_cash_close(
        CLOSE | {"currency": "PYG"}, company=company("PYG"), collector=PERSON, imprint=Imprint(a_logo(), 1)
    )


def deposit() -> bytes:
    fact = DEPOSIT | {"currency": "CLP", "bank": NAME, "account": WORD, "number": WORD}
    return render_deposit(fact, company=company("CLP"), collector=PERSON, imprint=Imprint(a_logo(), 1))


PAPERS: dict[str, Callable[[], bytes]] = {
    **{
        f"{paper} {currency}": lambda currency=currency, paper=paper: receipt(currency, paper)
        for currency in LARGEST
        for paper in ("a5", "80mm")
    },
    **{f"statement {currency}": lambda currency=currency: statement(currency) for currency in LARGEST},
    "acta": acta,
    "acta upright": upright,
    "close": close,
    "deposit": deposit,
    "ride invoice": lambda: render_ride(document("factura-2.1.0"), logo=a_logo(), copies=3),
    "ride withholding": lambda: render_ride(document("retencion-2.0.0"), logo=a_logo(), copies=3),
}


@cache
def looked_at(name: str) -> tuple[bytes, list[Page]]:
    return watch(PAPERS[name])


@cache
def font(*, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_FILES["B" if bold else ""], 2048, layout_engine=ImageFont.Layout.BASIC)


def room_of(words: Words) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink, in mm."""
    size = words.size * POINT
    width = sum(font(bold=words.bold).getlength(letter) for letter in words.text.rstrip()) / 2048 * size
    return words.x, words.y - 0.72 * size, words.x + width, words.y + 0.16 * size


def words_of(page: Page) -> Iterator[Words]:
    return (mark for mark in page.marks if isinstance(mark, Words) and mark.text.strip())


def margin_of(name: str) -> float:
    return MARGINS.get(name.split()[0], MARGIN)


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_is_beyond_the_margins(name: str) -> None:
    margin, slack = margin_of(name), 0.3
    for page in looked_at(name)[1]:
        for words in words_of(page):
            left, top, right, bottom = room_of(words)
            assert left >= margin - slack, words
            assert right <= page.width - margin + slack, words
            assert top >= margin - 1, words
            assert bottom <= page.height - margin / 4, words


@pytest.mark.parametrize("name", PAPERS)
def test_no_word_is_written_on_another_or_on_the_logo(name: str) -> None:
    for page in looked_at(name)[1]:
        rooms = [(words.text, room_of(words)) for words in words_of(page)]
        pictures = [(mark.x, mark.y, mark.x + mark.width, mark.y + mark.height) for mark in page.marks
                    if isinstance(mark, Picture)]  # fmt: skip
        for (one, first), (other, second) in combinations(rooms, 2):
            assert not overlap(first, second), (one, other)
        for text, place in rooms:
            assert not any(overlap(place, picture) for picture in pictures), text


@pytest.mark.parametrize("name", PAPERS)
def test_no_word_runs_into_its_neighbour(name: str) -> None:
    """Of two texts on one line the white between them is wider than that between two words."""
    for page in looked_at(name)[1]:
        lines: dict[float, list[Words]] = {}
        for words in words_of(page):
            lines.setdefault(round(words.y, 1), []).append(words)
        for line in lines.values():
            line.sort(key=lambda words: words.x)
            for left, right in pairwise(line):
                assert right.x - room_of(left)[2] > 1, (left.text, right.text)


@pytest.mark.parametrize("name", [each for each in PAPERS if each.split()[0] in WITH_QR])
def test_the_modules_of_a_code_can_be_told_apart_on_a_photo(name: str) -> None:
    sides = [
        mark.height
        for page in looked_at(name)[1]
        for mark in page.marks
        if isinstance(mark, Box) and mark.filled and mark.color == (0, 0, 0)
    ]
    assert min(sides) > 0.4


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0.1 and down > 0.1


@pytest.mark.parametrize("name", PAPERS)
def test_amounts_below_each_other_end_at_the_same_place(name: str) -> None:
    """Figures of a column share their right edge: of one page, three or more that end within a millimetre end
    at the same tenth.
    """
    for page in looked_at(name)[1]:
        edges = [
            room_of(words)[2]
            for words in words_of(page)
            if words.text.replace(".", "").replace(",", "").isdigit() and len(words.text) > 6
        ]
        for edge in edges:
            near = [other for other in edges if abs(other - edge) < 1]
            if len(near) > 2:
                assert max(near) - min(near) < 0.15, near


@pytest.mark.parametrize("name", PAPERS)
def test_the_pages_of_a_paper_are_numbered_in_the_text_that_is_copied(name: str) -> None:
    texts = page_texts(looked_at(name)[0])
    if len(texts) > 1 or not name.startswith(("a5", "80mm")):
        for number, text in enumerate(texts, start=1):
            assert f"Página {number}/{len(texts)}" in text


@pytest.mark.parametrize("name", [each for each in PAPERS if not each.startswith("ride")])
def test_a_receipts_name_is_whole_and_each_paper_has_its_logo(name: str) -> None:
    pdf, pages = looked_at(name)
    assert "".join(NAME.split()) in "".join("".join(page_texts(pdf)).split())
    assert any(isinstance(mark, Picture) for mark in pages[0].marks)


@pytest.mark.parametrize("name", [each for each in PAPERS if each.split()[0] in WITH_QR])
def test_the_code_is_read_by_a_camera(name: str) -> None:
    pdf, pages = looked_at(name)
    seen = [
        code.text
        for number in range(len(pages))
        for code in zxingcpp.read_barcodes(picture_of(pdf, page=number, dots_per_inch=150))
    ]
    assert [each.partition(":")[0] for each in seen] == ["recaudo"]
