"""Pictures of papers and mails for the documentation: what the phone saves and what the office sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser

from tests.e2e.browser import Screen
from tests.support.mails import LETTERHEAD, a_dunning_mail, a_notice, a_receipt_mail, page_of
from tests.support.pdfs import picture_of
from tests.support.stack import ROOT

DOTS_PER_INCH = 90
MAIL_WIDTH = 360


def saved_paper(phone: Screen, of: str, files: Sequence[Path]) -> None:
    """Save the paper of document `of` as a collector does, and its pages as pictures, one for each file."""
    phone.open(f"/papel/{quote(of, safe=':')}").by_id("paper-page-1").wait_for(state="attached")
    with phone.page.expect_download() as download:
        phone.tap("paper-share")
    draw_pages(Path(download.value.path()).read_bytes(), files)


def draw_pages(pdf: bytes, files: Sequence[Path]) -> None:
    for page, file in enumerate(files):
        shown: Image.Image = picture_of(pdf, page=page, dots_per_inch=DOTS_PER_INCH)
        shown.convert("RGB").quantize(128).save(file, optimize=True)


def mails(browser: Browser, folder: Path) -> None:
    """A claim and a receipt, by day and by night, as wide as a telephone."""
    logo = (ROOT / "backend" / "demo" / "andina.png").read_bytes()
    letterhead = replace(LETTERHEAD, logo=logo)
    for name, mail, scheme in (
        ("mail-dunning", a_dunning_mail(a_notice(3), letterhead, "Comercial El Rosal"), "light"),
        ("mail-receipt-dark", a_receipt_mail("receipt", letterhead), "dark"),
    ):
        context = browser.new_context(
            viewport={"width": MAIL_WIDTH, "height": 480},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.set_content(page_of(mail))
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        context.close()
