"""The route of any day: who put a stop there, what became of it, changes taken back, customers added."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector import figures
from flet_app.collector.figures import Phase
from flet_app.collector.phone import Phone
from flet_app.collector.route_plan import phase_of, question
from tests.support.collector_walk import NOW, begin_visit, walk, with_documents
from tests.support.flet_harness import Screen

TOMORROW = date(2026, 11, 21)


def codes(phone: Phone, on: date | None = None) -> list[str]:
    return [stop.customer for stop in phone.portfolio.route(on or phone.today())]


async def choose(screen: Screen, key: str) -> None:
    item: Any = next(each for each in screen.walk() if isinstance(each, ft.PopupMenuItem) and each.key == key)
    await screen.fire(item, "click")


def shown(screen: Screen) -> list[str]:
    names = [str(getattr(each, "identifier", "")) for each in screen.walk()]
    return [name.removeprefix("stop-") for name in names if name.startswith("stop-C")]


def test_a_stop_taken_off_comes_back_where_it_was_and_as_the_supervisors(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        before = phone.portfolio.route(phone.today())
        third = before[2].customer
        await screen.go("/ruta")
        assert screen.says("del supervisor")
        await choose(screen, f"stop-remove-{third}")
        await screen.until(lambda: screen.has("route-undo"), "it can be taken back")
        assert third not in codes(phone)
        await screen.tap("route-undo-action")
        await screen.until(lambda: not screen.has("route-undo"), "it was taken back")
        assert phone.portfolio.route(phone.today()) == before

    walk(tmp_path, story)


def test_a_move_is_taken_back_too(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        before = codes(phone)
        await screen.go("/ruta")
        await choose(screen, f"stop-first-{before[4]}")
        await screen.until(lambda: codes(phone)[0] == before[4], "it is the first")
        await screen.settle()
        await choose(screen, f"stop-last-{before[0]}")
        await screen.until(lambda: codes(phone)[-1] == before[0], "it is the last")
        await screen.tap("route-undo-action")
        await screen.until(lambda: codes(phone)[1] == before[0], "the last change alone is undone")

    walk(tmp_path, story)


def test_what_was_not_visited_says_so_when_the_day_is_over(tmp_path: Path) -> None:
    evening = NOW.replace(hour=23, minute=50)  # 18:50 in Quito
    clock = {"now": evening}

    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/ruta")
        assert screen.says("Visita en curso")
        assert not screen.says("No visitada")
        clock["now"] = evening + timedelta(minutes=15)
        phone.announce()
        await screen.until(lambda: screen.says("No visitada"), "the day is over")
        assert screen.says("Visita en curso"), "a visit that runs is not missed"
        first, *others = figures.day(phone.portfolio, on=phone.today(), phase=Phase.OVER).stops
        assert (first.state, {stop.state for stop in others}) == ("open", {"missed"})

    walk(tmp_path, story, clock=lambda: clock["now"])


def test_another_day_has_its_own_route_made_by_the_collector(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        today = codes(phone)
        await screen.go("/ruta")
        await screen.tap("day-after")
        assert screen.says("No hay ruta para este día.")
        await screen.tap("route-add-customers")
        assert screen.says("Primero los más cercanos")
        await screen.type("route-add-search", "rosal")
        await screen.tap("route-toggle-C0001")
        await screen.until(lambda: codes(phone, TOMORROW) == ["C0001"], "one is added")
        await screen.settle()
        await screen.tap("route-toggle-C0011")
        await screen.until(lambda: codes(phone, TOMORROW) == ["C0001", "C0011"], "two are added")
        await screen.settle()
        await screen.tap("route-toggle-C0001")
        await screen.until(lambda: codes(phone, TOMORROW) == ["C0011"], "one is taken off again")
        await screen.settle()
        await screen.tap("route-add-done")
        assert screen.has("stop-C0011")
        assert screen.says("agregada por usted")
        assert codes(phone) == today, "today's route is as it was"
        await screen.tap("route-plan")
        await screen.until(lambda: screen.has("route-accept"), "an order for tomorrow")
        assert not screen.has("day-before")

    walk(tmp_path, story)


def test_a_customer_is_put_on_another_days_route_from_their_screen(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        assert not screen.has("route-add"), "C0001 is on today's route"
        await screen.tap("route-add-other")
        picker = next(each for each in screen.walk() if isinstance(each, ft.DatePicker))
        noon = datetime(2026, 11, 21, 12, tzinfo=phone.zone)
        screen.session.apply_patch(picker._i, {"value": noon})
        await screen.fire(picker, "change", noon)
        await screen.until(lambda: codes(phone, TOMORROW) == ["C0001"], "it is on tomorrow's route")

    walk(tmp_path, story)


def test_a_past_day_is_looked_at_and_not_changed(tmp_path: Path) -> None:
    route = {
        "_id": "route:ana:2026-11-19", "collector": "ana", "route_on": "2026-11-19",
        "stops": [{"customer": "C0002", "origin": "plan"}],
    }  # fmt: skip

    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/ruta/2026-11-19")
        assert screen.says("No visitada · del plan")
        assert not any(isinstance(each, ft.PopupMenuButton) for each in screen.walk())
        assert not screen.has("route-add-customers")
        assert not screen.has("route-plan")
        assert screen.has("route-map")

    walk(tmp_path, with_documents(story, route))


def test_a_long_route_is_searched(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/ruta")
        assert len(shown(screen)) == len(codes(phone))
        await screen.type("route-search", "penon")
        assert shown(screen) == ["C0009"]
        await screen.type("route-search", "nobody")
        assert screen.says("Ninguna parada coincide con «nobody».")

    walk(tmp_path, story)


def test_the_route_is_sorted_in_every_way(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        lines = {line.code: line for line in phone.store.overviews.all(on=phone.today())}
        urgent = phone.store.overviews.priorities(on=phone.today())
        keys: dict[str, Any] = {
            "amount": lambda code: -lines[code].overdue.minor,
            "age": lambda code: -lines[code].days_past_due,
            "name": lambda code: lines[code].name.casefold(),
            "priority": lambda code: -urgent[code].score,
            "route": codes(phone).index,
        }
        await screen.go("/ruta")
        for kind, key in keys.items():
            await screen.tap(f"sort-{kind}")
            await screen.settle()
            values = [key(code) for code in shown(screen)]
            assert values == sorted(values), kind
        await screen.tap("sort-distance")
        await screen.settle()
        stops = {stop.customer: stop for stop in day_from_quito(phone).stops}
        far = [stops[code].metres for code in shown(screen)]
        assert None not in far
        assert far == sorted(far, key=lambda each: each or 0.0)

    walk(tmp_path, story)


def day_from_quito(phone: Phone) -> figures.Day:
    return figures.day(phone.portfolio, on=phone.today(), here=figures.Point(-0.18, -78.48))


def test_a_later_day_is_ordered_from_its_first_hour_and_has_no_visit_under_way(tmp_path: Path) -> None:
    route = {
        "_id": "route:ana:2026-11-23", "collector": "ana", "route_on": "2026-11-23",
        "stops": [{"customer": code, "origin": "plan"} for code in ("C0001", "C0002", "C0003")],
    }  # fmt: skip

    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen, "C0002")
        monday = date(2026, 11, 23)
        assert phase_of(phone.portfolio, monday, now=NOW, zone=phone.zone) is Phase.AHEAD
        asked = question(phone.portfolio, now=NOW, zone=phone.zone, here=None, on=monday)
        assert asked.day.start_s == 0, "without rules of contact the day begins at midnight"
        assert not asked.day.frozen
        assert sorted(asked.answer().order) == ["C0001", "C0002", "C0003"]
        await screen.go("/ruta/2026-11-23")
        assert not screen.says("Visita en curso · ")

    walk(tmp_path, with_documents(story, route))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2099-02-03", "2026-02-30", "ayer"])
@pytest.mark.parametrize("address", ["/ruta/{day}", "/ruta/{day}/agregar", "/mapa/{day}"])
def test_a_day_that_no_route_is_of_is_today(tmp_path: Path, address: str, day: str) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go(address.format(day=day))
        assert not screen.says(day)
        assert screen.says("20 nov")

    walk(tmp_path, story)
