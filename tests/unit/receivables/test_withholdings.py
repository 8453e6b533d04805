"""When a customer's withholding counts as payment, and every reason why it has to be validated first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from receivables.electronic_documents import ElectronicDocument
from receivables.messages import sentence
from receivables.money import Money
from receivables.sri_rates import WITHHOLDING_RATES, WithholdingRate, permitted_percentages
from receivables.withholdings import (
    WithholdingBase,
    WithholdingClaim,
    WithholdingJudgement,
    WithholdingState,
    claims_in,
    judge_withholding,
)
from tests.support.builders import usd
from tests.support.sri import COMPANY_RUC, CUSTOMER_RUC, document, invoice

RENTA = WithholdingClaim(tax="renta", amount=usd("2.25"))
IVA = WithholdingClaim(tax="iva", amount=usd("4.39"))
INVOICES = {"001-002-000000123": WithholdingBase(subtotal=usd("112.50"), vat=usd("14.63"))}
SEVERAL = {
    "001-002-000000130": WithholdingBase(subtotal=usd("200.00"), vat=usd("30.00")),
    "001-002-000000141": WithholdingBase(subtotal=usd("80.00"), vat=usd("12.00")),
}


def judge(
    read: ElectronicDocument | None,
    claim: WithholdingClaim = RENTA,
    *,
    customer: str = CUSTOMER_RUC,
    company: str = COMPANY_RUC,
    invoices: dict[str, WithholdingBase] = INVOICES,
    used: frozenset[str] = frozenset(),
    rates: tuple[WithholdingRate, ...] = WITHHOLDING_RATES,
) -> WithholdingJudgement:
    return judge_withholding(
        read,
        claim,
        customer_tax_id=customer,
        company_tax_id=company,
        invoices=invoices,
        used_access_keys=used,
        rates=rates,
    )


def reasons(judgement: WithholdingJudgement) -> list[str]:
    expected = WithholdingState.PENDING_VALIDATION if judgement.reasons else WithholdingState.ACCEPTED
    assert judgement.state is expected
    assert all(sentence(reason, locale=locale) for reason in judgement.reasons for locale in ("es", "en"))
    return [reason.code for reason in judgement.reasons]


@pytest.mark.parametrize("claim", [RENTA, IVA], ids=["renta", "iva"])
def test_an_authorised_withholding_on_our_invoice_is_accepted(claim: WithholdingClaim) -> None:
    judgement = judge(document("retencion-1.0.0"), claim)
    assert reasons(judgement) == []
    assert judgement.invoices == {"001-002-000000123": claim.amount}


def test_a_voucher_says_by_itself_what_the_receipts_lines_are() -> None:
    read = document("retencion-2.0.0")
    key = read.content.issuer.access_key
    renta, iva = claims_in(read, "USD")
    assert (renta.tax, renta.amount, iva.tax, iva.amount) == ("renta", usd("5.40"), "iva", usd("12.60"))
    assert (renta.number, renta.access_key) == ("001-001-000000091", key)
    assert reasons(judge(read, iva, invoices=SEVERAL)) == []
    assert claims_in(document("factura-1.1.0"), "USD") == []


def test_one_voucher_may_withhold_on_several_invoices() -> None:
    claim = WithholdingClaim(tax="renta", amount=usd("5.40"), number="001-001-000000091")
    judgement = judge(document("retencion-2.0.0"), claim, invoices=SEVERAL)
    assert reasons(judgement) == []
    assert judgement.invoices == {"001-002-000000130": usd("4.00"), "001-002-000000141": usd("1.40")}


def test_a_person_may_be_kept_under_the_cedula() -> None:
    assert reasons(judge(document("retencion-1.0.0"), customer=CUSTOMER_RUC.removesuffix("001"))) == []


def test_without_xml_the_office_validates() -> None:
    assert reasons(judge(None)) == ["withholding_without_xml"]


def test_an_invoice_is_no_withholding() -> None:
    assert reasons(judge(document("factura-1.1.0"))) == ["withholding_other_document"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<estado>AUTORIZADO", "<estado>DEVUELTA", ["withholding_not_authorised"]),
        ("<numeroAutorizacion>1", "<numeroAutorizacion>2", ["withholding_other_authorisation"]),
        ("<ambiente>2<", "<ambiente>1<", ["withholding_of_tests", "withholding_key_disagrees"]),
        ("000000088</secuencial>", "000000089</secuencial>", ["withholding_key_disagrees"]),
        ("18/10/2026</fechaEmision>", "19/10/2026</fechaEmision>", ["withholding_key_disagrees"]),
        ("18/10/2026</fechaEmision>", "99/99/2026</fechaEmision>", ["withholding_key_disagrees"]),
        ("001002000000123", "001002000000124", ["withholding_invoice_unknown"]),
        ("<baseImponible>112.50", "<baseImponible>112.60", ["withholding_base_too_large"]),
        (">2</porcentaje", ">2.75</porcentaje", ["withholding_wrong_sum", "withholding_rate_unknown"]),
        (">2.25</valor", ">2.35</valor", ["withholding_wrong_sum", "withholding_amount_differs"]),
    ],
)  # fmt: skip
def test_what_a_changed_voucher_is_kept_back_for(old: str, new: str, expected: list[str]) -> None:
    judgement = judge(document("retencion-1.0.0", (old, new)))
    assert reasons(judgement) == expected


def test_a_bare_document_is_not_authorised() -> None:
    assert reasons(judge(replace(document("retencion-1.0.0"), authorisation=None))) == [
        "withholding_not_authorised"
    ]


def test_a_wrong_check_digit_is_kept_back_even_when_the_sri_says_the_same() -> None:
    key = document("retencion-1.0.0").content.issuer.access_key
    wrong = key[:-1] + str((int(key[-1]) + 1) % 10)
    assert reasons(judge(document("retencion-1.0.0", (key, wrong)))) == ["withholding_key_wrong"]


def test_a_voucher_pays_once() -> None:
    read = document("retencion-1.0.0")
    used = frozenset({read.content.issuer.access_key})
    assert reasons(judge(read, used=used)) == ["withholding_key_used"]


def test_whose_the_voucher_is_and_for_whom() -> None:
    read = document("retencion-1.0.0")
    assert reasons(judge(read, customer="0999999999001")) == ["withholding_of_another"]
    assert reasons(judge(read, customer="")) == ["withholding_of_another"]
    assert reasons(judge(read, company="0999999999001")) == ["withholding_for_another"]


def test_the_line_must_say_what_the_voucher_says() -> None:
    read = document("retencion-1.0.0")
    key = read.content.issuer.access_key
    assert reasons(judge(read, replace(RENTA, number="001001000000088", access_key=key))) == []
    assert reasons(judge(read, replace(RENTA, amount=usd("2.26")))) == ["withholding_amount_differs"]
    assert reasons(judge(read, replace(RENTA, tax="iva"))) == ["withholding_amount_differs"]
    assert reasons(judge(read, replace(RENTA, tax="isd"))) == ["withholding_amount_differs"]
    assert reasons(judge(read, replace(RENTA, number="001-001-000000087"))) == ["withholding_number_differs"]
    assert reasons(judge(read, replace(RENTA, access_key="0" * 49))) == ["withholding_key_differs"]


def test_every_reason_is_told_at_once() -> None:
    read = document("retencion-1.0.0", ("<estado>AUTORIZADO", "<estado>NO AUTORIZADO"))
    judgement = judge(read, replace(RENTA, amount=usd("9.00")), customer="1", company="2", invoices={})
    assert reasons(judgement) == [
        "withholding_not_authorised", "withholding_of_another", "withholding_for_another",
        "withholding_invoice_unknown", "withholding_amount_differs",
    ]  # fmt: skip


def test_vat_is_withheld_on_no_more_than_the_invoices_vat() -> None:
    small = {"001-002-000000123": WithholdingBase(subtotal=usd("112.50"), vat=usd("14.62"))}
    judgement = judge(document("retencion-1.0.0"), IVA, invoices=small)
    assert reasons(judgement) == ["withholding_base_too_large"]
    assert "USD\u00a014,63" in sentence(judgement.reasons[0])


def test_bases_come_from_our_own_invoice_where_its_xml_is_known() -> None:
    bases = WithholdingBase.of_invoice(invoice("factura-1.1.0"), "USD")
    assert bases == INVOICES["001-002-000000123"]
    assert WithholdingBase.of_total(usd("127.13")).vat == usd("127.13")


def test_percentages_are_those_of_the_day() -> None:
    before, after = date(2026, 2, 28), date(2026, 3, 1)
    assert Decimal("2.75") in (permitted_percentages("1", "312", on=before) or ())
    assert Decimal("2.75") not in (permitted_percentages("1", "312", on=after) or ())
    assert permitted_percentages("2", "3", on=after) == {Decimal(100)}
    assert permitted_percentages("2", "99", on=after) is None
    assert permitted_percentages("1", "312", on=date(2020, 1, 1)) is None


def test_a_company_may_bring_rates_of_its_own() -> None:
    own = WithholdingRate(tax="1", code="312", since=date(2026, 10, 1), percentages=frozenset({Decimal(4)}))
    read = document("retencion-1.0.0")
    assert reasons(judge(read, rates=(*WITHHOLDING_RATES, own))) == ["withholding_rate_unknown"]
    later = replace(own, since=date(2026, 10, 16))
    assert reasons(judge(read, rates=(*WITHHOLDING_RATES, later))) == []


def test_amounts_follow_the_currency() -> None:
    claim = WithholdingClaim(tax="renta", amount=Money(225, "USD"))
    assert judge(document("retencion-1.0.0"), claim).invoices["001-002-000000123"].currency == "USD"
