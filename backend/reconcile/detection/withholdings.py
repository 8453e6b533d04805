"""Withholdings that the office has to look at: what a phone could not check, or a voucher that pays twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.couch.client import Json
from backend.reconcile.detection.detector import Detector, Finding, Scene
from backend.services.withholding_checks import (
    PENDING,
    exception_key,
    has_withholdings,
    judge,
    needed_for,
    used_before,
)
from receivables.withholdings import WithholdingState


def _pending(receipts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Each line on its own: a voucher's income tax may be in order while its VAT is not."""
    concerned = [receipt for receipt in receipts if has_withholdings(receipt)]
    used = used_before(concerned, scene.view)
    for receipt in concerned:
        for check in judge(receipt, scene.known, used.get(receipt["_id"], frozenset())):
            if check.state is WithholdingState.ACCEPTED:
                continue
            payment = receipt["payments"][check.position]
            yield Finding(
                key=exception_key(receipt["_id"], check.position),
                fact=receipt,
                detail=" · ".join(str(payment[name]) for name in ("number", "tax") if payment.get(name)),
                evidence=check.to_json()
                | {"amount": payment["amount"], "access_key": payment.get("access_key")},
            )


WITHHOLDING_PENDING = Detector(
    name=PENDING, concerns=frozenset({"receipt"}), reads=needed_for, detect=_pending
)
