"""Where, when and by whom something was recorded: far from the customer, at an impossible time, or by a
collector who no longer serves there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.couch.client import Json
from backend.reconcile.detection.detector import Detector, Finding, Scene, flat
from backend.reconcile.detection.series import previous_id
from backend.reconcile.holdings import assignment_id
from receivables.anomalies import allowed_distance_m, clock_faults, distance_from
from receivables.documents import parse_instant, rfc3339
from receivables.fact_shapes import FACTS
from receivables.geometry import Point

_AT_A_CUSTOMER = frozenset({"visit_start", "visit", "receipt"})
_OF_A_CUSTOMER = _AT_A_CUSTOMER | {"promise", "note", "location_update"}


def _customer_id(fact: Json) -> str:
    return f"customer:{fact['customer']}"


def _visit_of(fact: Json) -> str:
    """What was recorded in one visit is one question: the id of its start, or of the fact alone."""
    field = {"visit": "start", "receipt": "visit"}.get(fact["_id"].partition(":")[0], "_id")
    return flat(str(fact.get(field) or fact["_id"]))


def _out_of_area(facts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Near the customer is in order wherever the customer lives. Elsewhere, or where nobody knows the
    customer's point, it matters whether the place is in the collector's zones, where there are any.
    """
    for fact in facts:
        place = fact.get("place")
        here = Point.of(place)
        if place is None or here is None:
            continue
        location = (scene.get(_customer_id(fact)) or {}).get("location")
        distance = distance_from(place, location)
        if distance is not None and not distance.is_far:
            continue
        zone_distance = scene.zones().distance_m(fact["collector"], here)
        outside = zone_distance is not None and zone_distance > allowed_distance_m(place)
        if distance is None and not outside:
            continue
        said = [f"{distance.metres} m from the customer"] if distance else []
        said += ["outside the zone"] if outside else []
        yield Finding(
            key=_visit_of(fact),
            fact=fact,
            detail=" · ".join(said),
            evidence={
                "fact": fact["_id"],
                "place": place,
                "customer_location": location,
                "distance_m": distance.metres if distance else None,
                "allowed_m": allowed_distance_m(place),
                "outside_zone_m": round(zone_distance) if zone_distance is not None and outside else None,
            },
        )


def _device_id(fact: Json) -> str:
    return f"device:{fact['device']}"


def _clock_reads(fact: Json) -> list[str]:
    before = previous_id(fact) if fact["_id"].startswith("receipt:") else None
    return [_device_id(fact), *([before] if before else [])]


def _clock_jump(facts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Once for a device and a day of its own: a wrong clock is wrong for everything it stamps."""
    batch = {fact["_id"]: fact for fact in facts}
    told = set()
    for fact in sorted(facts, key=lambda each: (each["created_at"], each["_id"])):
        before_id = previous_id(fact) if fact["_id"].startswith("receipt:") else None
        before = (batch.get(before_id) or scene.get(before_id)) if before_id else None
        device = scene.get(_device_id(fact))
        faults = clock_faults(
            fact,
            received_at=scene.now,
            before=before,
            enrolled_at=parse_instant(device["enrolled_at"]) if device else None,
        )
        key = f"{fact['device']}:{fact['local_on']}"
        if not faults or key in told:
            continue
        told.add(key)
        yield Finding(
            key=key,
            fact=fact,
            detail=" · ".join(faults),
            evidence={
                "fact": fact["_id"],
                "created_at": fact["created_at"],
                "local_on": fact["local_on"],
                "received_at": rfc3339(scene.now),
                "before": {"id": before["_id"], "created_at": before["created_at"]} if before else None,
                "enrolled_at": device["enrolled_at"] if device else None,
            },
        )


def _late_fact(facts: Sequence[Json], scene: Scene) -> Iterator[Finding]:
    """Of a collector to whom the customer isn't assigned any more; once for each time it changed hands."""
    for fact in facts:
        assignment = scene.get(assignment_id(fact["customer"]))
        if assignment is None or assignment.get("collector") == fact["collector"]:
            continue
        since = str(assignment.get("assigned_at") or "")
        yield Finding(
            key=f"{fact['collector']}:{fact['customer']}:{since}",
            fact=fact,
            detail=f"{fact['customer']} · {fact['collector']} → {assignment.get('collector') or '–'}",
            evidence={
                "fact": fact["_id"],
                "created_at": fact["created_at"],
                "assigned_to": assignment.get("collector"),
                "assigned_at": since or None,
                "recorded_before": bool(since) and fact["created_at"] < since,
            },
        )


OUT_OF_AREA = Detector(
    name="out_of_area",
    concerns=_AT_A_CUSTOMER,
    reads=lambda fact: (_customer_id(fact),),
    detect=_out_of_area,
)
CLOCK_JUMP = Detector(
    name="clock_jump",
    concerns=frozenset(FACTS) - {"refusal"},
    reads=_clock_reads,
    detect=_clock_jump,
)
LATE_FACT = Detector(
    name="late_fact",
    concerns=_OF_A_CUSTOMER,
    reads=lambda fact: (assignment_id(fact["customer"]),),
    detect=_late_fact,
)
