"""The paper on the screen is the paper: the same words at the same places, and codes that can be scanned."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from paperwork.acta import render_acta
from paperwork.cash_papers import render_cash_close, render_deposit
from paperwork.letter import Imprint
from paperwork.on_screen import DOTS_PER_INCH, draw, needed_dots_per_inch, png_of
from paperwork.recording import Bars, Page, watch
from paperwork.ride import render_ride
from tests.support.brand import a_logo
from tests.support.letters import (
    CLOSE,
    COLLECTOR,
    COMPANY,
    CUSTOMER,
    DEPOSIT,
    PROMISE,
    START,
    VISIT,
    photo,
    picture,
)
from tests.support.pdfs import page_texts, picture_of
from tests.support.sri import SAMPLES, document
from tests.unit.paperwork.test_receipt_paper import paper

VOID = {"reason": "Monto equivocado", "created_at": "2026-11-21T16:00:00Z", "collector": "ana"}


def an_acta() -> bytes:
    return render_acta(
        VISIT, start=START, company=COMPANY, customer=CUSTOMER, collector=COLLECTOR, outcome="Promesa",
        promises=[PROMISE], photos=[photo(1, "Fachada"), photo(2, "Referencia")],
        imprint=Imprint(logo=a_logo(), copies=2),
    )  # fmt: skip


PAPERS: dict[str, Callable[[], bytes]] = {
    "receipt": lambda: paper("a5", logo=a_logo()),
    "receipt, void": lambda: paper("a5", void=VOID),
    "roll": lambda: paper("80mm", logo=a_logo()),
    "acta": an_acta,
    "close": lambda: render_cash_close(CLOSE, company=COMPANY, collector=COLLECTOR),
    "deposit": lambda: render_deposit(DEPOSIT, company=COMPANY, collector=COLLECTOR, slip=picture("778")),
    **{name: lambda name=name: render_ride(document(name), logo=a_logo()) for name in SAMPLES},
}


def looked_at(name: str) -> tuple[bytes, list[Page]]:
    return watch(PAPERS[name])


@pytest.mark.parametrize("name", PAPERS)
def test_the_picture_is_what_a_viewer_shows(name: str) -> None:
    pdf, pages = looked_at(name)
    assert len(pages) == len(page_texts(pdf))
    for number, page in enumerate(pages):
        ours = draw(page, dots_per_inch=100)
        theirs = picture_of(pdf, page=number, dots_per_inch=100).convert("RGB").resize(ours.size)
        # two engines colour edges differently and thin bars get more weight there; nothing lies elsewhere
        blur = ImageFilter.GaussianBlur(4)
        difference = ImageChops.difference(ours.filter(blur), theirs.filter(blur)).convert("L")
        assert difference.getextrema()[1] < 100
        assert sum(difference.resize((20, 20), Image.Resampling.BOX).tobytes()) / 400 < 2.5


@pytest.mark.parametrize("name", PAPERS)
def test_its_words_are_the_papers(name: str) -> None:
    pdf, pages = looked_at(name)
    for page, text in zip(pages, page_texts(pdf), strict=True):
        ours, theirs = (sorted("".join(each.split())) for each in (page.text, text))
        stamp = [mark.text for mark in page.marks if type(mark).__name__ == "Stamp"]
        assert sorted([*ours, *"".join("".join(stamp).split())]) == theirs


def scanned(pages: list[Page]) -> list[tuple[str, str]]:
    """Kind and text of each code on the pictures that a phone shows."""
    shown = [Image.open(io.BytesIO(png_of(page))) for page in pages]
    return [(code.format.name, code.text) for each in shown for code in zxingcpp.read_barcodes(each)]


@pytest.mark.parametrize("name", [each for each in PAPERS if each not in SAMPLES])
def test_the_code_of_verification_can_be_scanned_from_the_screen(name: str) -> None:
    [(kind, text)] = scanned(looked_at(name)[1])
    assert (kind, text.partition(":")[0]) == ("QRCode", "recaudo")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_access_key_can_be_scanned_from_the_screen(name: str) -> None:
    key = document(name).content.issuer.access_key
    assert scanned(looked_at(name)[1]) == [("Code128", key)]


GLASS = 2165  # dots across a page that is shown larger on a phone of 1080
ASKEW, OUT_OF_FOCUS = 3, 1.2  # degrees, and dots of blur


@pytest.mark.parametrize("name", PAPERS)
def test_a_camera_that_is_held_askew_reads_the_code_from_the_glass(name: str) -> None:
    seen = []
    for page in looked_at(name)[1]:
        shown = Image.open(io.BytesIO(png_of(page))).convert("L")
        glass = shown.resize((GLASS, round(shown.height * GLASS / shown.width)), Image.Resampling.BILINEAR)
        photo_of_it = glass.rotate(ASKEW, Image.Resampling.BICUBIC, fillcolor=255)
        seen += zxingcpp.read_barcodes(photo_of_it.filter(ImageFilter.GaussianBlur(OUT_OF_FOCUS)))
    assert len(seen) == 1


def test_the_bars_of_a_code_are_whole_dots() -> None:
    page = looked_at("factura-1.1.0")[1][0]
    [bars] = [mark for mark in page.marks if isinstance(mark, Bars)]
    dots = needed_dots_per_inch(page)
    assert bars.module * dots / 25.4 == pytest.approx(2)
    shown = draw(page).convert("1")
    row = round((bars.y + bars.height / 2) / 25.4 * dots)
    left = round(bars.x / 25.4 * dots)
    line = [shown.getpixel((left + dot, row)) == 0 for dot in range(2 * len(bars.modules))]
    assert line == [module == "1" for module in bars.modules for _dot in range(2)]


def test_a_page_without_bars_has_no_more_dots_than_it_needs() -> None:
    assert [needed_dots_per_inch(page) for page in looked_at("receipt")[1]] == [DOTS_PER_INCH]


def test_a_page_weighs_little_and_is_the_same_each_time() -> None:
    (_pdf, [page]) = looked_at("receipt")
    assert png_of(page) == png_of(page)
    assert len(png_of(page)) < 200_000


def test_nothing_is_kept_where_nobody_looks() -> None:
    made, pages = watch(lambda: b"no paper")
    assert (made, pages) == (b"no paper", [])
