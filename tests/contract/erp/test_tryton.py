"""What only Tryton has: how it excludes the second posting without a key of ours, and its own books."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from backend.erp.port import ErpError, ErpMisconfigured, Posted, Rejected
from backend.erp.registry import open_connector
from backend.erp.tryton.rpc import BrokeDown, Collided, Refused
from tests.support.erps import decided, outgoing, reversal
from tests.support.tryton_erp import ENVIRONMENT, TrytonErp

RECEIPT = "receipt:R0001:00000001"


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[TrytonErp]:
    made = TrytonErp(tmp_path)
    made.add_customer("C0001")
    made.add_invoice("A", "C0001", 1000)
    yield made
    made.close()


def draft(erp: TrytonErp, counter: int, amount: int) -> int:
    """The move of a receipt, as a job leaves it that dies after its first call."""
    cash, receivable = (erp.one("account.account", ("code", "=", code)) for code in ("1.1.1", "1.2.1"))
    total = Decimal(amount) / 100
    lines = [
        {"account": cash, "debit": total, "credit": Decimal(0), "description": f"R0001-{counter:08d}"},
        {
            "account": receivable, "debit": Decimal(0), "credit": total, "description": "A",
            "party": erp.one("party.party", ("code", "=", "C0001")),
        },
    ]  # fmt: skip
    receipt = outgoing(counter, "C0001", {"A": amount})
    return erp.create(
        "account.move", company=1, date=receipt.local_on, description=f"Recaudo {receipt.receipt_id}",
        journal=erp.one("account.journal", ("type", "=", "cash")), lines=[["create", lines]],
        period=erp.one("account.period", ("start_date", "=", receipt.local_on.replace(day=1))),
    )  # fmt: skip


def stamps(erp: TrytonErp, move: int) -> tuple[dict[str, str], dict[str, str]]:
    """Those of a draft, and of the sequence that will number it."""
    [row] = erp.rows("account.move", [("id", "=", move)], ["_timestamp", "period.move_sequence"])
    sequence = row["period."]["move_sequence"]
    [numbering] = erp.rows("ir.sequence.strict", [("id", "=", sequence)], ["_timestamp"])
    return (
        {f"account.move,{move}": row["_timestamp"]},
        {f"ir.sequence.strict,{sequence}": numbering["_timestamp"]},
    )


def post(erp: TrytonErp, move: int, unchanged: dict[str, str]) -> None:
    erp.admin.call("model.account.move", "post", [move], unchanged=unchanged)


def balance_of(erp: TrytonErp, name: str) -> Decimal:
    """Of an account, in Tryton's own reckoning."""
    found = erp.rows("account.account", [("name", "=", name)], ["balance"])
    return Decimal(found[0]["balance"])


def test_tryton_posts_nothing_while_any_move_was_posted_since_we_looked(erp: TrytonErp) -> None:
    ours, other = draft(erp, 1, 400), draft(erp, 2, 100)
    _, numbering = stamps(erp, ours)
    post(erp, other, {})
    with pytest.raises(Collided):
        post(erp, ours, numbering)
    assert erp.postings() == [("receipt:R0001:00000002", 100)]
    post(erp, ours, stamps(erp, ours)[1])
    assert len(erp.postings()) == 2


def test_tryton_posts_nothing_when_the_draft_has_changed(erp: TrytonErp) -> None:
    ours = draft(erp, 1, 400)
    mine, _ = stamps(erp, ours)
    erp.admin.call("model.account.move", "write", [ours], {"origin": None})
    with pytest.raises(Collided):
        post(erp, ours, mine)
    post(erp, ours, stamps(erp, ours)[0])
    with pytest.raises(Refused):
        post(erp, ours, {})


def test_of_two_drafts_of_one_receipt_the_oldest_is_posted_and_the_other_deleted(erp: TrytonErp) -> None:
    oldest, _late = draft(erp, 1, 400), draft(erp, 1, 400)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 400})), Posted)
    [posted] = erp.rows("account.move", [("description", "=", f"Recaudo {RECEIPT}")], ["state"])
    assert (posted["id"], posted["state"]) == (oldest, "posted")
    assert (erp.balance("A"), erp.drafts()) == (600, 0)


def test_a_draft_of_what_was_corrected_since_is_not_posted(erp: TrytonErp) -> None:
    draft(erp, 1, 400)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 300}, on_account=100)), Posted)
    assert (erp.balance("A"), erp.on_account("C0001"), erp.drafts()) == (700, 100, 0)
    assert erp.postings() == [(RECEIPT, 400)]


def test_what_a_dead_job_brings_after_the_posting_is_cleared_away_by_the_next(erp: TrytonErp) -> None:
    decided(erp, outgoing(1, "C0001", {"A": 400}))
    draft(erp, 1, 400)
    later = open_connector(erp.config, "andina", environment=ENVIRONMENT)
    assert isinstance(later.find(RECEIPT), Posted)
    later.close()
    assert (erp.drafts(), erp.balance("A"), erp.postings()) == (0, 600, [(RECEIPT, 400)])


def test_each_payment_is_on_the_account_of_its_method_and_the_books_balance(erp: TrytonErp) -> None:
    mixed: list[dict[str, Any]] = [
        {"method": "cash", "amount": 300},
        {"method": "cheque", "amount": 500, "bank": "Pichincha", "number": "0042"},
        {"method": "transfer", "amount": 150, "reference": "TR-9"},
        {"method": "withholding", "amount": 50, "validated": True},
    ]
    receipt = dataclasses.replace(outgoing(1, "C0001", {"A": 900}, on_account=100), payments=mixed)
    assert isinstance(decided(erp, receipt), Posted)
    assert balance_of(erp, "Cheques en mano") == Decimal("5.00")
    assert balance_of(erp, "Banco") == Decimal("1.50")
    assert balance_of(erp, "Retenciones") == Decimal("0.50")
    [party] = erp.rows("party.party", [("code", "=", "C0001")], ["receivable"])
    assert party["receivable"] == Decimal("0.00"), "owes one, and has one on account"
    lines = erp.rows("account.move.line", [], ["debit", "credit"])
    assert sum(line["debit"] for line in lines) == sum(line["credit"] for line in lines)


def test_a_paid_invoice_is_paid_in_tryton_and_open_again_after_the_void(erp: TrytonErp) -> None:
    receipt = outgoing(1, "C0001", {"A": 1000})
    answer = decided(erp, receipt)
    assert isinstance(answer, Posted)
    assert erp.rows("account.invoice", [("number", "=", "A")], ["state"])[0]["state"] == "paid"
    assert isinstance(decided(erp, reversal(receipt, answer.number)), Posted)
    assert erp.rows("account.invoice", [("number", "=", "A")], ["state"])[0]["state"] == "posted"
    [party] = erp.rows("party.party", [("code", "=", "C0001")], ["receivable"])
    assert party["receivable"] == Decimal("10.00")


def test_a_day_that_is_in_no_period_is_refused(erp: TrytonErp) -> None:
    receipt = outgoing(1, "C0001", {"A": 400})
    early = dataclasses.replace(receipt, local_on=receipt.local_on.replace(year=2019))
    answer = decided(erp, early)
    assert isinstance(answer, Rejected)
    assert "2019-11-20" in answer.reason
    assert (erp.balance("A"), erp.drafts(), erp.postings()) == (1000, 0, [])


def test_a_period_without_a_sequence_of_its_own_uses_the_years(erp: TrytonErp) -> None:
    erp.ask("UPDATE account_period SET move_sequence = NULL")
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 400})), Posted)
    assert erp.postings() == [(RECEIPT, 400)]


def test_a_call_on_which_tryton_breaks_down_is_no_erp_that_is_away(erp: TrytonErp) -> None:
    """Else one receipt that Tryton cannot digest would hold up all the others for good."""
    with pytest.raises(BrokeDown) as caught:
        erp.create("account.move", company=1, lines=[["create", [{"account": "none"}]]])
    assert not isinstance(caught.value, ErpError)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('card = "Banco"', 'card = "Tarjetas"', "out.methods.card: Tryton has no payment method 'Tarjetas'"),
        ('user = "recaudo"', 'user = "stranger"', "does not let stranger in"),
    ],
)
def test_what_the_mapping_names_and_tryton_has_not_is_told(
    erp: TrytonErp, was: str, becomes: str, told: str
) -> None:
    file = erp.config / "andina.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    wrong = open_connector(erp.config, "andina", environment=ENVIRONMENT)
    with pytest.raises(ErpMisconfigured, match=told):
        wrong.find(RECEIPT)
    wrong.close()
