"""Withholdings taken as payment, judged at the centre, and what the office decides over the pending ones.

The centre sees what a phone cannot: that a voucher was used in another collector's receipt. A judgement is
made when the facts arrive, to tell the office, and when the receipt is claimed for posting, to tell the ERP.
A person's decision stands above both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.companies import DDOC, put_if_absent
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.exceptions import close_exception
from backend.services.receipts import find_receipt_document, find_voids
from paperwork.vouchers import LineCheck, check_withholdings, invoices_named
from receivables.anomalies import instruments, plain_reference
from receivables.documents import SCHEMA, rfc3339
from receivables.identifiers import posting_id
from receivables.messages import sentence
from receivables.money import Money, minor_from_json
from receivables.payments import VOUCHER, Method
from receivables.validation import Problem
from receivables.withholdings import WithholdingState

DECISIONS = ("accepted", "rejected")
PENDING = "withholding_pending"
REJECTED = "withholding_rejected"
"""The kinds of the exceptions that ask the office to decide, and what becomes of what it rejected."""

View = Callable[[str, Sequence[Any]], list[Json]]


class AlreadyDecided(Exception):
    """Somebody decided otherwise before; the decision stands."""


def has_withholdings(receipt: Mapping[str, Any]) -> bool:
    return any(payment.get("method") == Method.WITHHOLDING for payment in receipt["payments"])


def needed_for(receipt: Mapping[str, Any]) -> list[str]:
    """Ids of the central documents that `judge` wants to see."""
    if not has_withholdings(receipt):
        return []
    invoices = (f"invoice:{number}" for number in invoices_named(receipt))
    return [f"customer:{receipt['customer']}", f"company:{receipt['company']}", *invoices]


def used_before(receipts: Iterable[Mapping[str, Any]], view: View) -> dict[str, frozenset[str]]:
    """Per receipt the access keys that an earlier receipt, not voided, has used.

    Two requests, whatever the number of receipts; none where they have no voucher.
    """
    own = {each["_id"]: {key[1] for key in instruments(each) if key[0] == "withholding"} for each in receipts}
    keys = sorted({key for used in own.values() for key in used})
    if not keys:
        return {}
    rows = view("instruments", [["withholding", key] for key in keys])
    voided = {row["key"] for row in view("voids_by_receipt", sorted({row["id"] for row in rows}))}
    standing = [row for row in rows if row["id"] not in voided]
    order = {row["id"]: (row["value"]["created_at"], row["id"]) for row in rows}
    return {
        receipt: frozenset(
            row["key"][1]
            for row in standing
            if row["key"][1] in used
            and row["id"] != receipt
            and order[row["id"]] < order.get(receipt, ("~",))
        )
        for receipt, used in own.items()
    }


def judge(
    receipt: Mapping[str, Any], known: Mapping[str, Json], used: frozenset[str] = frozenset()
) -> list[LineCheck]:
    """Every withholding line of a receipt. `used` are access keys as `used_before` spells them."""
    named = {number: known.get(f"invoice:{number}") for number in invoices_named(receipt)}
    return check_withholdings(
        receipt,
        customer_tax_id=str(known.get(f"customer:{receipt['customer']}", {}).get("tax_id") or ""),
        company_tax_id=str(known.get(f"company:{receipt['company']}", {}).get("tax_id") or ""),
        invoices={number: invoice for number, invoice in named.items() if invoice},
        used_access_keys={
            str(payment["access_key"])
            for payment in receipt["payments"]
            if payment.get("access_key") and plain_reference(payment["access_key"]) in used
        },
    )


def checks_of(couch: Couch, company: str, receipt: Mapping[str, Any]) -> list[Json]:
    """`[{line, state, reasons}]` of a receipt as things stand, with the office's decisions above all.

    Where the office decided there is its `comment` too.
    """
    if not has_withholdings(receipt):
        return []
    known = couch.get_many(company, needed_for(receipt))
    used = used_before([receipt], lambda view, keys: couch.view(company, DDOC, view, keys=list(keys)))
    checks = [check.to_json() for check in judge(receipt, known, used.get(receipt["_id"], frozenset()))]
    decided = couch.get_many(company, [decision_id(receipt["_id"], check["line"]) for check in checks])
    for check in checks:
        if decision := decided.get(decision_id(receipt["_id"], check["line"])):
            check.update(_as_decided(decision))
    return checks


def as_posted(payments: Sequence[Json], posting: Json, validated: Collection[int]) -> list[Json]:
    """The lines as an ERP is given them: a withholding says whether it was validated; its XML stays here.

    Amounts are integers, however the phone spelt them.
    """
    withheld = {check["line"] for check in posting.get("withholdings") or ()}
    return [
        {name: value for name, value in payment.items() if name != VOUCHER}
        | {"amount": minor_from_json(payment["amount"])}
        | ({"validated": position in validated} if position in withheld else {})
        for position, payment in enumerate(payments)
    ]


def validated_lines(posting: Json) -> list[int]:
    """The places, from 0, of the withholdings that stand as accepted now."""
    checks = posting.get("withholdings") or ()
    return [check["line"] for check in checks if check["state"] == WithholdingState.ACCEPTED]


def list_withholdings(couch: Couch, company: str, number: str, locale: str) -> list[Json] | None:
    """The withholding lines of a receipt with their state, reasons in words; None for no such receipt."""
    receipt = find_receipt_document(couch, company, number)
    if receipt is None:
        return None
    lines = []
    for check in checks_of(couch, company, receipt):
        payment = receipt["payments"][check["line"]]
        reasons = [
            {"code": each["code"], "text": sentence(Problem(each["code"], "", each["data"]), locale=locale)}
            for each in check["reasons"]
        ]
        kept = {name: payment.get(name) for name in ("number", "tax", "access_key", "amount")}
        lines.append({**kept, **check, "reasons": reasons, "has_xml": bool(payment.get(VOUCHER))})
    return lines


def decide(
    couch: Couch,
    company: str,
    number: str,
    line: int,
    *,
    decision: str,
    comment: str,
    by: str,
    now: datetime,
) -> Json | None:
    """Record what the office decides over a withholding; None where there is no such line.

    The same decision again changes nothing; raise AlreadyDecided for another one.
    """
    receipt = find_receipt_document(couch, company, number)
    payments = receipt["payments"] if receipt else []
    if receipt is None or not 0 <= line < len(payments) or payments[line].get("method") != Method.WITHHOLDING:
        return None
    document: Json = {
        "_id": decision_id(receipt["_id"], line), "schema": SCHEMA, "receipt": receipt["_id"], "line": line,
        "collector": receipt["collector"], "customer": receipt["customer"], "decision": decision,
        "comment": comment, "by": by, "decided_at": rfc3339(now),
    }  # fmt: skip
    try:
        couch.put(company, document)
    except Conflict:
        document = couch.get(company, document["_id"]) or document
        if document["decision"] != decision:
            raise AlreadyDecided(document["decision"]) from None
    _tell_posting(couch, company, receipt["_id"], line, _as_decided(document))
    if document["decision"] == "rejected" and not find_voids(couch, company, [receipt["_id"]]):
        put_if_absent(couch, company, _rejected(receipt, document, now))
    close_exception(
        couch, company, exception_id(receipt["_id"], line), comment=f"{decision}: {comment}", by=by, now=now
    )
    return {name: value for name, value in document.items() if not name.startswith("_")}


def _rejected(receipt: Json, decision: Json, now: datetime) -> Json:
    """What asks the office about a rejected withholding: the invoices of the receipt still count it."""
    line, payment = decision["line"], receipt["payments"][decision["line"]]
    amount = Money.from_json(payment["amount"], receipt["currency"])
    words = (
        str(payment.get("number") or ""),
        f"{amount.to_decimal()} {amount.currency}",
        decision["comment"],
    )
    return {
        "_id": exception_id(receipt["_id"], line, kind=REJECTED),
        "schema": SCHEMA,
        "kind": REJECTED,
        "collector": receipt["collector"],
        "customer": receipt["customer"],
        "receipt": receipt["_id"],
        "detail": " · ".join(part for part in words if part),
        "evidence": {"line": line, "amount": amount.minor, "currency": amount.currency},
        "raised_at": rfc3339(now),
        "state": "open",
    }


def open_questions(receipt: Mapping[str, Any]) -> list[str]:
    """Ids of the exceptions that the withholdings of a receipt may have raised; a void answers them all."""
    return [
        exception_id(receipt["_id"], line, kind=kind)
        for line, payment in enumerate(receipt["payments"])
        if payment.get("method") == Method.WITHHOLDING
        for kind in (PENDING, REJECTED)
    ]


def decision_id(receipt: str, line: int) -> str:
    return f"withholding_decision:{receipt.removeprefix('receipt:')}:{line}"


def exception_key(receipt: str, line: int) -> str:
    return f"{receipt.removeprefix('receipt:').replace(':', '-')}:{line}"


def exception_id(receipt: str, line: int, *, kind: str = PENDING) -> str:
    return f"exception:{kind}:{exception_key(receipt, line)}"


def _as_decided(decision: Json) -> Json:
    """What a decision says over the judgement of a line, for the posting and so for the phone."""
    return {"state": decision["decision"], "comment": str(decision.get("comment") or "")}


def _tell_posting(couch: Couch, company: str, receipt: str, line: int, decided: Json) -> None:
    """The posting travels to the collector's phone; one that is claimed later asks for the decision."""
    while True:
        posting = couch.get(company, posting_id(receipt))
        checks = (posting or {}).get("withholdings") or []
        told = [check | decided if check["line"] == line else check for check in checks]
        if posting is None or told == checks:
            return
        posting["withholdings"] = told
        try:
            couch.put(company, posting)
        except Conflict:
            continue
        return
