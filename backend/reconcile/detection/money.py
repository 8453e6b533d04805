"""Money that is claimed twice: more than an invoice owes, one cheque or one transfer in two receipts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from backend.couch.client import Json
from backend.reconcile.detection.detector import Detector, Finding, Scene, flat
from receivables.anomalies import Claim, instruments, over_allocated
from receivables.money import Money, minor_from_json

SHOWN = 20
"""Other receipts named in the evidence: a person looks at a few."""

_RECEIPT = frozenset({"receipt"})


def _invoices_of(receipt: Json) -> Iterator[str]:
    return (f"invoice:{line['invoice']}" for line in receipt["allocations"])


def _over_allocation(receipts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """The same exception that posting raises for the receipt, before the ERP is asked or where there is
    none.
    """
    numbers = sorted({line["invoice"] for receipt in receipts for line in receipt["allocations"]})
    invoices = {number: invoice for number in numbers if (invoice := scene.get(f"invoice:{number}"))}
    claims: dict[str, list[Json]] = defaultdict(list)
    for row in scene.view("receipts_by_invoice", list(invoices)):
        if row["id"] not in invoices[row["key"]]["reflects"]:
            claims[row["key"]].append({"receipt": row["id"], **row["value"]})
    suspect = {
        number: lines
        for number, lines in claims.items()
        if sum(minor_from_json(line["amount"]) for line in lines) > _balance(invoices[number])
    }
    ids = sorted({line["receipt"] for lines in suspect.values() for line in lines})
    voided = _voided(scene, ids)
    decided = {row["value"]["receipt"] for row in scene.view("postings_by_invoice", sorted(suspect))}
    short: dict[str, dict[str, int]] = defaultdict(dict)
    about: dict[str, Json] = {}
    for number, lines in suspect.items():
        valid = [line for line in lines if line["receipt"] not in voided]
        about |= {line["receipt"]: line for line in valid}
        asked = [
            Claim(
                line["receipt"],
                minor_from_json(line["amount"]),
                line["created_at"],
                line["receipt"] in decided,
            )
            for line in valid
        ]
        for receipt, excess in over_allocated(_balance(invoices[number]), asked).items():
            short[receipt][number] = excess
    for receipt, by_invoice in sorted(short.items()):
        fact, excess = about[receipt], sum(by_invoice.values())
        yield Finding(
            key=flat(receipt),
            fact={**fact, "_id": receipt},
            detail=f"{Money(excess, fact['currency']).to_decimal()} {fact['currency']}",
            evidence={
                "excess": excess,
                "currency": fact["currency"],
                "invoices": {
                    number: {
                        "balance": _balance(invoices[number]),
                        "excess": part,
                        "receipts": sorted(line["receipt"] for line in suspect[number])[:SHOWN],
                    }
                    for number, part in by_invoice.items()
                },
            },
        )


def _balance(invoice: Json) -> int:
    return minor_from_json(invoice["balance"])


def _voided(scene: Scene, receipts: Sequence[str]) -> set[str]:
    return {row["key"] for row in scene.view("voids_by_receipt", receipts)}


def _used_twice(method: str, receipts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Every use of a cheque or a transfer but the earliest; what was voided is no use."""
    keys = sorted({key for receipt in receipts for key in instruments(receipt) if key[0] == method})
    uses: dict[tuple[str, ...], list[Json]] = defaultdict(list)
    for row in scene.view("instruments", [list(key) for key in keys]):
        uses[tuple(row["key"])].append({"receipt": row["id"], **row["value"]})
    several = {key: rows for key, rows in uses.items() if len(rows) > 1}
    voided = _voided(scene, sorted({use["receipt"] for rows in several.values() for use in rows}))
    for key, rows in several.items():
        valid = sorted(
            (use for use in rows if use["receipt"] not in voided),
            key=lambda use: (use["created_at"], use["receipt"]),
        )
        digest = hashlib.sha256("\n".join(key).encode()).hexdigest()[:12]
        for use in valid[1:]:
            yield Finding(
                key=f"{flat(use['receipt'])}:{digest}",
                fact={"_id": use["receipt"], **use},
                detail=" · ".join(part for part in key[1:] if part),
                evidence={"uses": valid[:SHOWN]},
            )


OVER_ALLOCATION = Detector(
    name="over_allocation", concerns=_RECEIPT, reads=_invoices_of, detect=_over_allocation
)
DUPLICATE_CHEQUE = Detector(name="duplicate_cheque", concerns=_RECEIPT, detect=partial(_used_twice, "cheque"))
REUSED_TRANSFER = Detector(name="reused_transfer", concerns=_RECEIPT, detect=partial(_used_twice, "transfer"))
