"""The phone's planner of a day beside PyVRP with half a minute for each, on 30 seeded days of 60 stops."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from random import Random

from backend.routing import solve_day
from bench.figures import Figure
from receivables.routing import plan_route
from tests.support.days import Layout, a_day

DAYS_PER_LAYOUT = 10
STOPS = 60
PEER_SECONDS = float(os.environ.get("BENCH_ROUTING_SECONDS", "30"))


def figures() -> Iterable[Figure]:
    gaps: list[float] = []
    seconds: list[float] = []
    for layout in Layout:
        for seed in range(DAYS_PER_LAYOUT):
            day = a_day(seed, layout, stops=STOPS)
            began = time.process_time()
            ours = plan_route(day, random=Random(seed))
            seconds.append(time.process_time() - began)
            peer = solve_day(day, seed=seed, seconds=PEER_SECONDS)
            gaps.append(100 * (ours.schedule.cost / peer.schedule.cost - 1))
            print(f"  {layout} {seed}: {gaps[-1]:+.1f} %, {len(ours.schedule.order)} stops", flush=True)
    mean, worst, slowest = sum(gaps) / len(gaps), max(gaps), max(seconds)
    yield Figure(
        name=f"route of {STOPS} stops, cost above PyVRP's, mean",
        value=mean,
        unit="%",
        target="≤ 5",
        met=mean <= 5,
    )
    yield Figure(
        name=f"route of {STOPS} stops, cost above PyVRP's, worst",
        value=worst,
        unit="%",
        target="≤ 10",
        met=worst <= 10,
    )
    yield Figure(
        name=f"route of {STOPS} stops, slowest of {len(seconds)}",
        value=slowest,
        unit="s of CPU",
        beside={"PyVRP": PEER_SECONDS},
        target="< 1",
        met=slowest < 1,
    )
