"""A receipt series that doesn't go on as it should: a number is missing, or another device counts on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.couch.client import Json
from backend.reconcile.detection.detector import Detector, Finding, Resolved, Scene, flat
from receivables.identifiers import parse_receipt_id, receipt_id

CONCERNS = frozenset({"receipt"})


def previous_id(receipt: Json) -> str | None:
    """The id of the receipt with the preceding counter; None for the first of a series."""
    series, counter = parse_receipt_id(receipt["_id"])
    return receipt_id(series, counter - 1) if counter > 1 else None


def series_id(receipt: Json) -> str:
    return f"series:{parse_receipt_id(receipt['_id']).series}"


def _exception_of_next(receipt: Json) -> str:
    series, counter = parse_receipt_id(receipt["_id"])
    return f"exception:{BROKEN_SERIES.name}:{series}-{counter + 1:08d}"


def _reads(receipt: Json) -> list[str]:
    before = previous_id(receipt)
    return [series_id(receipt), _exception_of_next(receipt), *([before] if before else [])]


def _detect(receipts: Sequence[Json], scene: Scene) -> Iterator[Finding | Resolved]:
    """A phone sends its receipts in the order of their numbers, so one that comes without the one before it
    tells of a gap. The missing one may still come, and then the question is answered.
    """
    arrived = {receipt["_id"] for receipt in receipts}
    for receipt in receipts:
        before = previous_id(receipt)
        if before and before not in arrived and scene.get(before) is None:
            yield Finding(
                key=flat(receipt["_id"]),
                fact=receipt,
                detail=f"{flat(before)} is missing",
                evidence={"missing": before, "created_at": receipt["created_at"]},
            )
        owner = (scene.get(series_id(receipt)) or {}).get("device")
        if owner and owner != receipt["device"]:
            yield Finding(
                key=f"{flat(receipt['_id'])}:device",
                fact=receipt,
                detail="another device continues the series",
                evidence={"issued_to": owner, "written_by": receipt["device"]},
            )
        waiting = scene.get(_exception_of_next(receipt))
        if waiting and waiting["state"] == "open":
            yield Resolved(
                key=waiting["_id"].partition(":")[2].partition(":")[2],
                comment=f"{flat(receipt['_id'])} arrived",
            )


BROKEN_SERIES = Detector(name="broken_series", concerns=CONCERNS, reads=_reads, detect=_detect)
