"""A receipt that is not what its phone wrote: the chain of hashes is broken, or the signature is not its
device's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from backend.couch.client import Json
from backend.reconcile.detection.detector import Detector, Finding, Scene, flat
from backend.reconcile.detection.series import CONCERNS, previous_id
from backend.signatures import is_signed_by
from receivables.identifiers import MAX_COUNTER, parse_receipt_id, receipt_id
from receivables.receipts import receipt_hash, verify_chain
from receivables.signatures import signature_problem


def _neighbours(receipt: Json) -> list[str]:
    series, counter = parse_receipt_id(receipt["_id"])
    before = previous_id(receipt)
    after = receipt_id(series, counter + 1) if counter < MAX_COUNTER else None
    return [each for each in (before, after) if each]


def _broken_chain(receipts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Each with the one before and the one after, which may have come earlier or not yet."""
    beside = {
        doc_id: known for each in receipts for doc_id in _neighbours(each) if (known := scene.get(doc_id))
    }
    together = beside | {receipt["_id"]: receipt for receipt in receipts}
    for problem in verify_chain(together.values()):
        receipt = together[problem.field]
        before = together.get(previous_id(receipt) or "")
        yield Finding(
            key=f"{flat(receipt['_id'])}:{problem.code}",
            fact=receipt,
            detail=problem.code,
            evidence={
                "rev": receipt.get("_rev"),
                "hash": receipt["hash"],
                "hash_of_the_content": receipt_hash(receipt["previous_hash"], receipt),
                "previous_hash": receipt["previous_hash"],
                "hash_of_the_one_before": before["hash"] if before else None,
            },
        )


def _device_id(receipt: Json) -> str:
    return f"device:{receipt['device']}"


def _bad_signature(receipts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Not of a device that nobody knows: `broken_series` and the series' owner tell of that."""
    for receipt in receipts:
        device = scene.get(_device_id(receipt))
        if device is None:
            continue
        key = str(device["public_key"])
        problem = signature_problem(receipt, partial(is_signed_by, key), signs=bool(device.get("signs")))
        if problem:
            yield Finding(
                key=flat(receipt["_id"]),
                fact=receipt,
                detail=problem.code,
                evidence={
                    "rev": receipt.get("_rev"),
                    "hash": receipt["hash"],
                    "signature": receipt.get("signature"),
                    "device": receipt["device"],
                    "public_key": key,
                },
            )


BROKEN_CHAIN = Detector(name="broken_chain", concerns=CONCERNS, reads=_neighbours, detect=_broken_chain)
BAD_SIGNATURE = Detector(
    name="bad_signature",
    concerns=CONCERNS,
    reads=lambda receipt: (_device_id(receipt),),
    detect=_bad_signature,
)
