"""Who serves whom in the demo, and whom to visit today: those who owe most, in an order that saves petrol."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from backend.couch.client import Couch, Json
from backend.demo.erp_data import BLOCKED
from backend.demo.quito import ZONES
from backend.routing import solve_day
from backend.services.assignments import assign_by_zone, assign_many
from backend.zones import Zone
from receivables.documents import SCHEMA
from receivables.geometry import Point
from receivables.routing import Day, Stop

STOPS = 20
# After the first, stops are chosen among this many of those who owe most, by what the way costs.
CANDIDATES = 32
DEPARTURE_S = 8 * 3600
DAY_ENDS_S = 18 * 3600


def assign_unassigned(couch: Couch, company: str, *, now: datetime) -> None:
    """Give each customer without a collector to the one of its zone; what people assigned stays."""
    customers = _documents(couch, company, "customer")
    taken = {row["id"].partition(":")[2] for row in _rows(couch, company, "assignment")}
    zones = [Zone(name=zone.name, collector=zone.collector, boundary=zone.polygon()) for zone in ZONES]
    proposed = assign_by_zone([customer for customer in customers if customer["code"] not in taken], zones)
    assign_many(couch, company, proposed.collectors, by="office", now=now)


def route_of_the_day(couch: Couch, company: str, collector: str, *, on: date, in_cash: int) -> Json:
    """The largest debts near each other. It begins with one that may be paid in cash, at most `in_cash` cents
    of it, to a customer whom the ERP has not blocked: whoever tries the demo collects that one first.
    """
    rows = couch.view(
        company, "recaudo", "assignments_by_collector", start_key=[collector], end_key=[collector, {}]
    )
    codes = [row["key"][1] for row in rows]
    overdue = _overdue(couch, company, codes, on=on)
    owing = sorted((code for code in codes if overdue[code]), key=lambda code: (-overdue[code], code))[
        :CANDIDATES
    ]
    payable = [code for code in owing if overdue[code] <= in_cash and code not in BLOCKED]
    owing.sort(key=lambda code: code not in payable[:1])
    customers = couch.get_many(company, [f"customer:{code}" for code in owing])
    places = [(code, Point.of(customers[f"customer:{code}"].get("location"))) for code in owing]
    stops = tuple(Stop(key=code, point=point) for code, point in places if point)
    ordered: list[str] = []
    if stops:
        day = Day(start=stops[0].point, start_s=DEPARTURE_S, end_s=DAY_ENDS_S, stops=stops, frozen=True)
        ordered = [stops[index].key for index in solve_day(day, seed=on.toordinal()).schedule.order]
    return {
        "_id": f"route:{collector}:{on}",
        "schema": SCHEMA,
        "collector": collector,
        "route_on": on.isoformat(),
        "stops": [{"customer": code, "origin": "supervisor"} for code in ordered[:STOPS]],
    }


def _overdue(couch: Couch, company: str, customers: list[str], *, on: date) -> dict[str, int]:
    totals: defaultdict[str, int] = defaultdict(int)
    if customers:
        for row in couch.view(company, "recaudo", "open_invoices", keys=customers):
            if row["value"]["due_on"] < on.isoformat():
                totals[row["key"]] += row["value"]["balance"]
    return totals


def _documents(couch: Couch, company: str, kind: str) -> list[Json]:
    return [row["doc"] for row in _rows(couch, company, kind, include_docs=True)]


def _rows(couch: Couch, company: str, kind: str, *, include_docs: bool = False) -> list[Json]:
    return couch.all_docs(company, start_key=f"{kind}:", end_key=f"{kind}:\ufff0", include_docs=include_docs)
