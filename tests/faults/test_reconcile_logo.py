"""A company's logo on its way to the phones: to all of them, to the ones that come later, and only once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.reconcile.reconciler import Reconciler
from backend.services.brand import find_logo, save_logo
from paperwork.logo import Logo, logo_in, read_logo
from tests.support.brand import a_logo
from tests.support.reconciling import NOW, a_company, a_server
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


def a_picture(color: str = "#0B6E4F") -> Logo:
    logo = read_logo(a_logo(color))
    assert isinstance(logo, Logo)
    return logo


def test_the_logo_reaches_every_phone_and_leaves_it_again(house: Stack) -> None:
    with a_company(house, "c1", "c2") as company:
        reconciler = Reconciler(company.couch, company.code)
        reconciler.sweep(NOW)
        save_logo(company.couch, company.code, a_picture())
        reconciler.follow((), NOW)
        company.hire("c3")
        reconciler.sweep(NOW)
        for code in ("c1", "c2", "c3"):
            assert logo_in(company.phone(code)[f"logo:{company.code}"]) == a_picture().picture
        save_logo(company.couch, company.code, None)
        reconciler.follow((), NOW)
        for code in ("c1", "c2", "c3"):
            assert logo_in(company.phone(code)[f"logo:{company.code}"]) is None


def test_an_unchanged_logo_is_not_sent_again(house: Stack) -> None:
    with a_company(house, "c1") as company:
        reconciler = Reconciler(company.couch, company.code)
        save_logo(company.couch, company.code, a_picture())
        reconciler.sweep(NOW)
        reconciler.follow((), NOW)
        asked: list[str] = []
        session = company.couch.service.get_http_client()

        def note(response: object, **_: object) -> None:
            asked.append(str(response.request.path_url))  # type: ignore[attr-defined]

        session.hooks["response"].append(note)
        try:
            save_logo(company.couch, company.code, a_picture())
            company.customer("K1", "c1", "F-1")
            reconciler.follow((), NOW)
        finally:
            session.hooks["response"].remove(note)
        logo_requests = [path for path in asked if "logo" in path]
        assert logo_requests == [f"/{company.code}/logo%3A{company.code}"]  # only the look before saving
        assert "invoice:F-1" in company.phone("c1")


def test_two_companies_do_not_see_each_others(house: Stack) -> None:
    with a_company(house, "c1") as one, a_company(house, "c1") as two:
        save_logo(one.couch, one.code, a_picture("#AA0000"))
        save_logo(two.couch, two.code, a_picture("#0000AA"))
        for company in (one, two):
            Reconciler(company.couch, company.code).sweep(NOW)
            held = [doc_id for doc_id in company.phone("c1") if doc_id.startswith("logo:")]
            assert held == [f"logo:{company.code}"]
        assert find_logo(one.couch, one.code) != find_logo(two.couch, two.code)
