"""Where a collector went on a day, and the hours in which the company follows its collectors."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from receivables.documents import SCHEMA, rfc3339
from receivables.tracking import TrackingPolicy, fixes_of, stops_of, way_m

POLICY = "policy:tracking"


def read_track(couch: Couch, company: str, *, collector: str, on: date, zone: tzinfo) -> Json:
    """The way of the company's day `on`: positions, stops and metres, as far as it has arrived."""
    begins = datetime.combine(on, time(0), tzinfo=zone)
    rows = couch.view(
        company,
        DDOC,
        "facts_by_collector",
        start_key=[collector, "track", rfc3339(begins)],
        end_key=[collector, "track", rfc3339(begins + timedelta(days=1))],
        include_docs=True,
    )
    fixes = fixes_of(row["doc"] for row in rows if row["doc"].get("local_on") == on.isoformat())
    return {
        "collector": collector,
        "on": on.isoformat(),
        "metres": round(way_m(fixes)),
        "positions": [
            {
                "at": rfc3339(fix.at), "lat": fix.point.lat, "lon": fix.point.lon, "accuracy": fix.accuracy,
                "mock": fix.mock,
            }
            for fix in fixes
        ],
        "stops": [
            {
                "lat": stop.point.lat, "lon": stop.point.lon, "since": rfc3339(stop.since),
                "until": rfc3339(stop.until),
            }
            for stop in stops_of(fixes)
        ],
    }  # fmt: skip


def describe_tracking(couch: Couch, company: str) -> Json:
    """The policy with every field, also where the document lacks some."""
    policy = TrackingPolicy.from_json(couch.get(company, POLICY) or {"_id": POLICY})
    return {
        "active": policy.active,
        "days": sorted(policy.days),
        "from": f"{policy.opens:%H:%M}",
        "to": f"{policy.closes:%H:%M}",
        "metres": policy.metres,
        "seconds": policy.seconds,
        "accuracy": policy.accuracy_m,
        "send_minutes": policy.send_minutes,
        "retention_days": policy.retention_days,
    }


def save_tracking(couch: Couch, company: str, wish: dict[str, Any]) -> None:
    """Change the fields of `wish`; raise BadDocument where they can't be meant, `Conflict` in a race."""
    standing = couch.get(company, POLICY) or {"_id": POLICY, "schema": SCHEMA}
    document = {**standing, **wish}
    TrackingPolicy.from_json(document)
    couch.put(company, document)
