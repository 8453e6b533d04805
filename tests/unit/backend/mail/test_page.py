"""The page of a mail: the company's letterhead, and nothing in it but text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.mail.page import PLAIN, Letterhead, paragraphs
from tests.support.mails import LETTERHEAD, a_dunning_mail, a_notice, a_receipt_mail, page_of


def test_both_mails_stand_under_the_companys_letterhead() -> None:
    for mail in (a_dunning_mail(a_notice(2)), a_receipt_mail("receipt"), a_receipt_mail("void")):
        page = page_of(mail)
        for words in ("Distribuidora Andina Cía. Ltda.", *LETTERHEAD.lines, "#0B6E4F", 'lang="es"'):
            assert words in page
        assert page.count("<img") == 1


def test_the_logo_travels_in_the_mail_and_only_where_there_is_one() -> None:
    with_logo, without = a_receipt_mail("receipt"), a_receipt_mail("receipt", replace(LETTERHEAD, logo=None))
    pictures = [part for part in with_logo.walk() if part.get_content_type() == "image/png"]
    assert [part.get_content() for part in pictures] == [LETTERHEAD.logo]
    assert "<img" not in page_of(without)
    for mail in (with_logo, without):
        assert [each.get_filename() for each in mail.iter_attachments()] == ["R0001-00000004.pdf"]
        plain = mail.get_body(("plain",))
        assert plain is not None
        assert "R0001-00000004" in plain.get_content()


def test_what_a_company_calls_itself_is_text() -> None:
    page = page_of(a_receipt_mail("receipt", Letterhead(company="<b>A&B</b>", lines=("<i>calle</i>",))))
    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in page
    assert "<i>" not in page


@pytest.mark.parametrize("color", [None, "", "red", "#12345", "#123456; } body { display: none"])
def test_a_colour_that_is_none_is_ours(color: str | None) -> None:
    assert "border-top: 4px solid #006A60" in page_of(a_receipt_mail("void", replace(PLAIN, color=color)))


def test_amounts_are_written_in_the_companys_way_and_in_its_language() -> None:
    notice = a_notice(1, minor=123_456)
    peru = page_of(a_dunning_mail(notice, replace(LETTERHEAD, locale="es_PE")))
    assert "USD 1,234.56" in peru
    english = page_of(a_dunning_mail(notice, replace(LETTERHEAD, locale="en")))
    for words in ('lang="en"', "Voucher", "Balance", "Due on 20-11-2026,", "1 day ago", "USD 1,234.56"):
        assert words in english
    assert "hace 1 día<" in peru


def test_paragraphs_keep_their_lines_and_hold_dates_and_amounts_together() -> None:
    assert paragraphs("Uno\ndos\n\n \nAl 21-11-2026 debe USD 1.234,50 <pronto>") == [
        "<p>Uno<br>dos</p>",
        '<p>Al <span class="whole">21-11-2026</span> debe <span class="whole">USD 1.234,50</span> '
        "&lt;pronto&gt;</p>",
    ]
