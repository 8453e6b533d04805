"""What the contract and the fault tests need of an ERP, whichever it is.

Small and empty at first, and real, with the hands of the ERP's own users: they sell, are paid, block
customers, delete what they should not. An ERP joins the contract by one `ErpUnderTest` and one line in
tests/contract/erp/conftest.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal, ReversalKind
from backend.erp.port import Answer, Connector, Pending

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ErpUnderTest(Protocol):
    """What is done and seen inside an ERP, behind Recaudo's back. Money in minor units of USD.

    Pages of its connector hold fewer than seven records, its overlap is at least a minute, and a collector
    `ana` exists. Hands for a kind that the ERP does not provide need not work.
    """

    connector: Connector

    def add_customer(self, code: str, *, changed: datetime = NOON, name: str = "Tienda El Sol") -> None: ...
    def add_address(self, key: str, customer: str) -> None:
        """`Sucursal Norte`, `Av. Amazonas 100`, Quito, without a location."""
        ...

    def add_contact(self, key: str, customer: str) -> None:
        """`Rosa Vera`, `Pagos`, +593999000111, rosa@clientes.example."""
        ...

    def set_credit_limit(self, customer: str, amount: int, *, changed: datetime = NOON) -> None: ...
    def add_invoice(
        self, number: str, customer: str, total: int, *, changed: datetime = NOON, due_on: str = "2026-10-01"
    ) -> None:
        """Issued on 2026-09-01."""
        ...

    def add_instalments(self, invoice: str, parts: Sequence[tuple[str, int]]) -> None:
        """(due date, amount), unpaid; together the invoice's total."""
        ...

    def add_withholding(self, number: str, customer: str, invoice: str, amount: int) -> None: ...
    def add_credit_note(self, number: str, customer: str, total: int) -> None: ...
    def add_electronic(self, of: str, number: str, xml: str) -> None:
        """The SRI's authorised XML of an `invoice` or a `withholding`."""
        ...

    def add_sales(self, customer: str, month: str, amount: int) -> None: ...
    def add_goal(self, collector: str, month: str, amount: int, *, effective: int | None = None) -> None:
        """`effective` visits a day, where the ERP has such goals."""
        ...

    def add_performance(
        self, collector: str, month: str, *, sales: tuple[int, int] | None, orders: tuple[int, int] | None
    ) -> None:
        """(amount, count) sold and ordered; None where the ERP does not count it."""
        ...

    def pay_at_the_office(self, invoice: str, amount: int, *, changed: datetime) -> None: ...
    def cancel_invoice(self, number: str, *, changed: datetime) -> None: ...
    def delete_invoice(self, number: str) -> None: ...
    def block(self, customer: str, reason: str) -> None:
        """From now on the ERP refuses what concerns this customer, and says `reason`."""
        ...

    def unblock(self, customer: str) -> None: ...
    def spoil_invoice(self, number: str) -> None:
        """Leave the invoice with a due date that is none."""
        ...

    def work(self) -> None:
        """Let the ERP work through what it was handed, where it does not do so at once."""
        ...

    def balance(self, invoice: str) -> int: ...
    def postings(self) -> list[tuple[str, int]]:
        """(our id, total) of every entry in the ledger, by id; a reversal's total is negative."""
        ...

    def on_account(self, customer: str) -> int: ...
    def go_away(self) -> None:
        """Stop answering, for good."""
        ...

    def close(self) -> None: ...


ErpFactory = Callable[[Path], ErpUnderTest]
"""Makes an ERP in an empty folder, or skips the test with one clear line."""


def decided(erp: ErpUnderTest, entry: OutgoingReceipt | OutgoingReversal) -> Answer:
    """Post, and wait for the decision of an ERP that takes its time."""
    if isinstance(entry, OutgoingReversal):
        answer, key = erp.connector.post_reversal(entry), entry.reversal_id
    else:
        answer, key = erp.connector.post_receipt(entry), entry.receipt_id
    if isinstance(answer, Pending):
        erp.work()
        answer = erp.connector.find(key) or answer
    return answer


def outgoing(
    counter: int,
    customer: str,
    allocations: dict[str, int],
    *,
    on_account: int = 0,
    write_offs: dict[str, int] | None = None,
) -> OutgoingReceipt:
    """A cash receipt on its way to an ERP."""
    total = sum(allocations.values()) + on_account
    return OutgoingReceipt(
        receipt_id=f"receipt:R0001:{counter:08d}",
        number=f"R0001-{counter:08d}",
        customer=customer,
        collector="ana",
        created_at=NOON,
        local_on=date(2026, 11, 20),
        currency="USD",
        total=total,
        payments=[{"method": "cash", "amount": total}],
        allocations=list(allocations.items()),
        on_account=on_account,
        write_offs=list((write_offs or {}).items()),
    )


def reversal(
    of: OutgoingReceipt,
    erp_number: str,
    *,
    kind: ReversalKind = ReversalKind.VOID,
    name: str = "01K00000000000000000000000",
    allocations: dict[str, int] | None = None,
    on_account: int | None = None,
    write_offs: dict[str, int] | None = None,
) -> OutgoingReversal:
    """What takes back a receipt, by default wholly."""
    lines = list(of.allocations if allocations is None else allocations.items())
    surplus = of.on_account if on_account is None else on_account
    total = sum(amount for _, amount in lines) + surplus
    fact = "receipt_void:ana" if kind is ReversalKind.VOID else "cheque_bounce:office"
    return OutgoingReversal(
        reversal_id=f"{fact}:{name}",
        receipt_id=of.receipt_id,
        receipt_number=of.number,
        receipt_erp_number=erp_number,
        kind=kind,
        reason="monto equivocado",
        customer=of.customer,
        collector=of.collector,
        created_at=NOON,
        local_on=date(2026, 11, 20),
        currency=of.currency,
        total=total,
        payments=[{"method": "cash", "amount": total}],
        allocations=lines,
        on_account=surplus,
        write_offs=list(of.write_offs if write_offs is None else write_offs.items()),
    )
