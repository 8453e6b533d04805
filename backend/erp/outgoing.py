"""What goes out to an ERP: a receipt, and the reversal of one.

Each carries our id, under which the ERP takes it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class ReversalKind(StrEnum):
    """Why money that was received is taken back."""

    VOID = "void"  # the receipt was written by mistake
    BOUNCED_CHEQUE = "bounced_cheque"  # the bank did not pay a cheque (cheque protestado)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingReceipt:
    """A receipt as it is to be posted: the fact, with the allocation that was decided when it was claimed.

    Minor units of `currency`; Σ `payments` = `total` = Σ `allocations` + `on_account`. A withholding among
    the payments says in `validated` whether its voucher was checked; one that was not is pending in the ERP.
    `write_offs` are small differences that settle their invoices beside the money: each is booked against the
    company's account for them.
    """

    receipt_id: str
    number: str
    customer: str
    collector: str
    created_at: datetime
    local_on: date
    currency: str
    total: int
    payments: Sequence[Mapping[str, Any]]
    allocations: Sequence[tuple[str, int]]
    on_account: int
    write_offs: Sequence[tuple[str, int]] = ()

    @property
    def key(self) -> str:
        """Our id for it, under which the ERP takes it once."""
        return self.receipt_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingReversal:
    """What is to be taken back of a posted receipt.

    `reversal_id` is our key for it, `receipt_id` and `receipt_erp_number` name what is reversed. `payments`
    are the lines whose money is not there: all of them for a void, the cheque for a bounced one. The invoices
    of `allocations` and of `write_offs` are open again by those amounts, and `on_account` is no longer the
    customer's. Σ `allocations` + `on_account` = `total`; what an earlier reversal took back is not in it.
    """

    reversal_id: str
    receipt_id: str
    receipt_number: str
    receipt_erp_number: str
    kind: ReversalKind
    reason: str
    customer: str
    collector: str
    created_at: datetime
    local_on: date
    currency: str
    total: int
    payments: Sequence[Mapping[str, Any]]
    allocations: Sequence[tuple[str, int]]
    on_account: int
    write_offs: Sequence[tuple[str, int]] = ()

    @property
    def key(self) -> str:
        """Our id for it, under which the ERP takes it once."""
        return self.reversal_id


Entry = OutgoingReceipt | OutgoingReversal
