"""Everything that is looked for when facts arrive, in the order in which it is told."""

from __future__ import annotations

from backend.reconcile.detection.chain import BAD_SIGNATURE, BROKEN_CHAIN
from backend.reconcile.detection.detector import Detector
from backend.reconcile.detection.field import CLOCK_JUMP, LATE_FACT, OUT_OF_AREA
from backend.reconcile.detection.money import DUPLICATE_CHEQUE, OVER_ALLOCATION, REUSED_TRANSFER
from backend.reconcile.detection.series import BROKEN_SERIES
from backend.reconcile.detection.withholdings import WITHHOLDING_PENDING

DETECTORS: tuple[Detector, ...] = (
    OVER_ALLOCATION,
    DUPLICATE_CHEQUE,
    REUSED_TRANSFER,
    WITHHOLDING_PENDING,
    BROKEN_SERIES,
    BROKEN_CHAIN,
    BAD_SIGNATURE,
    CLOCK_JUMP,
    OUT_OF_AREA,
    LATE_FACT,
)
