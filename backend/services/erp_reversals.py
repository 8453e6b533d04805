"""What takes a posted receipt back: its void, or the bank that did not pay its cheque.

The facts are `receipt_void` and `cheque_bounce`. A void of a receipt that is not in the books keeps it out of
them. Anything else becomes a document `reversal:<series>:<counter>:<void | cheque-n>`, at most one for each
void and cheque, whose id is its key in the ERP; what it takes back is decided in turn with the claims.
"""

from __future__ import annotations

from datetime import datetime

from backend import killpoints
from backend.couch.client import Couch, Json
from backend.erp.outgoing import OutgoingReversal, ReversalKind
from backend.services.posting_claims import claim_void, decide_in_turn
from backend.services.withholding_checks import as_posted, validated_lines
from receivables.documents import SCHEMA, parse_instant, rfc3339
from receivables.identifiers import posting_id, reversal_id
from receivables.receipts import Receipt
from receivables.reversals import TakenBack, standing_payments, take_back, what_is_left

FACTS = ("receipt_void:", "cheque_bounce:")


class NotYet(Exception):
    """The receipt is on its way to the ERP; what takes it back waits for the end of that."""


def is_reversal(posting: Json) -> bool:
    return str(posting["_id"]).startswith("reversal:")


def claim_reversal(couch: Couch, company: str, fact: Json, *, now: datetime) -> Json | None:
    """The reversal of a void or a bounced cheque, decided now or by whoever came first.

    None where there is nothing to take back. Raise NotYet.
    """
    document = couch.get(company, fact["receipt"])
    if document is None:
        return None  # a void that came first is found when its receipt comes
    receipt = Receipt.from_json(document)
    if fact["_id"].startswith("receipt_void:"):
        posting: Json | None = claim_void(couch, company, receipt, now=now)
        name = "void"
    else:
        posting = couch.get(company, posting_id(receipt.id))
        name = f"cheque-{int(fact['payment'])}"
    if posting is not None and posting["state"] == "voided":
        return None
    if posting is None or posting["state"] != "posted":
        raise NotYet(receipt.id)
    own, posted = reversal_id(receipt.id, name), posting

    def first(standing: Json | None) -> Json | None:
        if standing is not None:
            return None
        return decide_reversal(own, fact, receipt, posted, reversals_of(couch, company, receipt.id), now=now)

    reversal = decide_in_turn(couch, company, own, first)
    killpoints.reach("reversal.claimed")
    return reversal


def decide_reversal(
    own: str, fact: Json, receipt: Receipt, posting: Json, earlier: list[Json], *, now: datetime
) -> Json:
    """What `fact` takes back, beside earlier reversals of the same receipt."""
    bounced = [int(each["payment"]) for each in earlier if each["payment"] is not None]
    validated = posting.get("validated", validated_lines(posting))
    payments = as_posted(receipt.source["payments"], posting, validated)
    there = dict(standing_payments({"payments": payments}, bounced))
    taken: TakenBack
    if fact["_id"].startswith("receipt_void:"):
        kind, place, lines = ReversalKind.VOID, None, list(there.values())
        taken = what_is_left(posting, earlier)
    else:
        kind, place = ReversalKind.BOUNCED_CHEQUE, int(fact["payment"])
        lines = [there[place]] if place in there else []
        taken = take_back(posting, sum(line["amount"] for line in lines), earlier=earlier)
    return {
        "_id": own,
        "schema": SCHEMA,
        "receipt": receipt.id,
        "fact": fact["_id"],
        "kind": kind.value,
        "payment": place,
        "cause": fact["reason"],
        "customer": receipt.customer,
        "collector": receipt.collector,
        "created_at": fact["created_at"],
        "local_on": fact["local_on"],
        "state": "sending" if taken.total else "voided",
        "payments": lines,
        "allocations": [{"invoice": invoice, "amount": amount} for invoice, amount in taken.allocations],
        "on_account": taken.on_account,
        **(
            {"write_offs": [{"invoice": invoice, "amount": amount} for invoice, amount in taken.write_offs]}
            if taken.write_offs
            else {}
        ),
        "total": taken.total,
        "currency": receipt.total.currency,
        "attempts": 1,
        "claimed_at": rfc3339(now),
        "posted_at": None,
        "erp_number": None,
        "reason": None,
    }


def reversals_of(couch: Couch, company: str, receipt: str) -> list[Json]:
    prefix = reversal_id(receipt, "")
    rows = couch.all_docs(company, start_key=prefix, end_key=prefix + "\ufff0", include_docs=True)
    return [row["doc"] for row in rows]


def outgoing_reversal(receipt: Receipt, reversal: Json, posting: Json) -> OutgoingReversal:
    """The reversal as the ERP is given it."""
    return OutgoingReversal(
        reversal_id=reversal["_id"],
        receipt_id=receipt.id,
        receipt_number=receipt.number,
        receipt_erp_number=posting["erp_number"],
        kind=ReversalKind(reversal["kind"]),
        reason=reversal["cause"],
        customer=receipt.customer,
        collector=receipt.collector,
        created_at=parse_instant(reversal["created_at"]),
        local_on=datetime.fromisoformat(reversal["local_on"]).date(),
        currency=reversal["currency"],
        total=reversal["total"],
        payments=reversal["payments"],
        allocations=[(line["invoice"], line["amount"]) for line in reversal["allocations"]],
        on_account=reversal["on_account"],
        write_offs=[(line["invoice"], line["amount"]) for line in reversal.get("write_offs") or ()],
    )
