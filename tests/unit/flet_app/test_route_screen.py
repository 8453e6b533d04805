"""The route of the day on the phone: sorted, changed by hand, ordered, each without a network."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft

from backend.compliance.shipped import shipped_pack
from flet_app.collector.actions.route import change_stop
from flet_app.collector.phone import Phone
from flet_app.collector.route_plan import question
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen


def route_of(phone: Phone) -> list[str]:
    return [stop.customer for stop in phone.portfolio.route(phone.today())]


def menu_item(screen: Screen, key: str) -> Any:
    return next(
        control for control in screen.walk() if isinstance(control, ft.PopupMenuItem) and control.key == key
    )


def shown(screen: Screen) -> list[str]:
    """The stops in the order in which they stand on the screen."""
    names = [
        control.identifier
        for control in screen.walk()
        if isinstance(control, ft.Semantics) and (control.identifier or "").startswith("stop-")
    ]
    return [str(name).removeprefix("stop-") for name in names]


def test_the_phone_orders_the_route_and_the_collector_decides(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        before = route_of(phone)
        assert len(before) > 3
        await screen.tap("open-route")
        await screen.until(lambda: screen.has("route-plan"), "the route is shown")
        await screen.tap("route-plan")
        await screen.until(lambda: screen.has("route-accept"), "an order is proposed")
        assert route_of(phone) == before, "nothing changes before it is accepted"
        assert screen.says("minutos de camino")
        await screen.tap("route-accept")
        await screen.until(lambda: screen.has("route-plan"), "the route is shown again")
        after = route_of(phone)
        assert sorted(after) == sorted(before)
        assert len(phone.portfolio.planned_stops) < len(before)
        await screen.tap("route-plan")
        await screen.until(lambda: screen.has("route-accept"), "an order is proposed again")
        await screen.tap("route-accept")
        await screen.until(lambda: screen.has("route-plan"), "the route is shown again")
        assert route_of(phone) == after, "what is in order stays so"

    walk(tmp_path, story)


def test_a_visit_under_way_stays_first_and_what_is_done_stays_before_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        last = route_of(phone)[-1]
        await begin_visit(screen, last)
        await screen.go("/ruta")
        await screen.tap("route-plan")
        await screen.until(lambda: screen.has("route-accept"), "an order is proposed")
        await screen.tap("route-accept")
        await screen.until(lambda: screen.has("route-plan"), "the route is shown again")
        assert route_of(phone)[0] == last

    walk(tmp_path, story)


def test_stops_are_moved_taken_off_and_added(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first, second, *others = route_of(phone)
        await screen.go("/ruta")
        await screen.fire(menu_item(screen, f"stop-later-{first}"), "click")
        await screen.until(lambda: route_of(phone)[0] == second, "the first is visited later")
        assert route_of(phone) == [second, first, *others]
        await screen.settle()
        await screen.fire(menu_item(screen, f"stop-remove-{second}"), "click")
        await screen.until(lambda: route_of(phone) == [first, *others], "a stop is gone")
        await screen.go(f"/cliente/{second}")
        await screen.tap("route-add")
        await screen.until(lambda: route_of(phone) == [first, *others, second], "it is back, at the end")
        await screen.settle()
        assert not screen.has("route-add")
        refused = await change_stop(phone, second, change="add", on=phone.today())
        assert isinstance(refused, list)
        assert [problem.code for problem in refused] == ["stop_planned_already"]

    walk(tmp_path, story)


def test_the_way_of_sorting_is_remembered(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/ruta")
        await screen.tap("sort-name")
        await screen.settle()
        names = [phone.portfolio.customer_name(code).casefold() for code in shown(screen)]
        assert names == sorted(names)
        await screen.tap("sort-amount")
        await screen.settle()
        assert phone.store is not None
        assert phone.store.chosen["route_sorted_by"] == "amount"
        assert shown(screen) != route_of(phone)

    walk(tmp_path, story)


def test_who_works_later_than_the_hours_still_gets_an_order(tmp_path: Path) -> None:
    async def story(_screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        pack = shipped_pack("EC")
        await phone.store.write(lambda transaction: transaction.put(pack))
        for hour in (15, 19):  # 10:00 and 14:00 in Quito
            now = phone.now().replace(hour=hour, minute=0)
            found = question(phone.portfolio, now=now, zone=phone.zone, here=None).answer()
            assert len(found.legs) == len(route_of(phone))
        late = phone.now().replace(hour=23, minute=59) + timedelta(hours=1, minutes=30)
        found = question(phone.portfolio, now=late, zone=phone.zone, here=None).answer()
        assert found.legs, "20:29 in Quito: later than the law's hours"

    walk(tmp_path, story)
