"""The route at work: nothing before it was agreed, nothing outside of the hours, and plain to see."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flet_geolocator as geo
import pytest
from flet.controls.base_control import BaseControl

from flet_app.collector import state
from flet_app.collector.actions.tracking import write_trail
from flet_app.collector.phone import Phone
from flet_app.collector.positions import Notice
from flet_app.collector.window import open_window
from receivables.fact_shapes import COMMON, FACTS, first_fault
from tests.support.collector_walk import NOW, begin_visit, walk
from tests.support.flet_harness import Screen

Json = dict[str, Any]

ASKED = {"active": True, "from": "08:00", "to": "18:00"}  # NOW is a Friday, 10:30 in Quito


class Clock:
    """The phone's clock, which a test moves on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def _impatient_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """They look at the clock often."""
    monkeypatch.setattr(state, "TICK", 0.05)


def set_up(phone: Phone, **policy: Any) -> Clock:
    """Give the phone a clock that can be moved, and the company's wish."""
    clock = Clock()
    phone.world = dataclasses.replace(phone.world, now=clock)
    assert phone.store
    phone.store.database.put({"_id": "policy:tracking", **ASKED, **policy})
    return clock


async def ready(screen: Screen, phone: Phone) -> None:
    assert phone.store
    await phone.store.refresh()
    phone.announce()
    await screen.settle()


async def agreed(screen: Screen, phone: Phone) -> None:
    """The company's wish has arrived, and the collector agreed on the screen."""
    await ready(screen, phone)
    await screen.go("/mas/recorrido")
    await screen.tap("tracking-agree")


def streams(screen: Screen) -> list[geo.Geolocator]:
    """Who listens to positions one after the other."""
    services: list[BaseControl] = screen.page._services._services  # type: ignore[assignment]
    return [each for each in services if isinstance(each, geo.Geolocator) and each.on_position_change]


async def walk_on(screen: Screen, clock: Clock, *places: tuple[float, float], **more: Any) -> None:
    """Let the phone measure a position each two minutes; `places` are degrees."""
    for lat, lon in places:
        clock.now += timedelta(minutes=2)
        for stream in streams(screen):
            position = {"latitude": lat, "longitude": lon, "accuracy": 8.0, "mocked": False, **more}
            await screen.fire(stream, "position_change", {"position": position})


def tracks(phone: Phone) -> list[Json]:
    assert phone.store
    found = phone.store.database.all_docs(start_key="track:", end_key="track:\ufff0", include_docs=True)
    return [row["doc"] for row in found["rows"]]


def test_where_the_company_does_not_ask_nothing_is_shown_or_measured(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        set_up(phone, active=False)
        await ready(screen, phone)
        assert not screen.has("tracking-question")
        await screen.go("/mas")
        assert not screen.has("open-tracking")
        await screen.go("/mas/recorrido")
        assert screen.says("Su empresa no registra su recorrido.")
        assert not streams(screen)

    walk(tmp_path, story)


def test_it_is_explained_first_and_not_now_leaves_the_app_as_it_was(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        set_up(phone)
        await ready(screen, phone)
        assert screen.has("tracking-question")
        assert not streams(screen), "nothing is measured before it is answered"
        await screen.tap("tracking-question")
        assert screen.says("No se registra nada hasta que usted acepte")
        assert screen.says("Solo de lunes a viernes, desde las 08:00 hasta las 18:00, nunca en feriados.")
        assert screen.says("La oficina lo borra después de 90 días.")
        await screen.tap("tracking-later")
        await screen.until(lambda: screen.says("Sin registrar"), "it is said that nothing is recorded")
        await screen.go("/")
        assert not screen.has("tracking-question"), "asked once"
        await begin_visit(screen)
        assert not streams(screen)
        assert not tracks(phone)

    walk(tmp_path, story)


def test_who_agreed_is_followed_in_sight_and_the_way_becomes_one_fact(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: screen.says("Registrando desde las 10:30, hasta las 18:00"), "it is on")
        assert screen.by_id("tracking-sign").label == "Su recorrido se registra hasta las 18:00"
        await walk_on(screen, clock, (-0.18, -78.48), (-0.181, -78.48), (-0.181, -78.48), (-0.182, -78.48))
        assert not tracks(phone), "positions travel together"
        await walk_on(screen, clock, (-0.183, -78.48))
        clock.now += timedelta(minutes=2)
        await screen.until(lambda: tracks(phone), "the batch is written after ten minutes")
        (track,) = tracks(phone)
        assert first_fault(track, (*COMMON, *FACTS["track"])) is None
        assert [position[1] for position in track["positions"]] == [-0.18, -0.181, -0.182, -0.183]
        assert track["positions"][0][0] == "2026-11-20T15:32:00Z"
        await screen.until(lambda: phone.status.unsent_count == 1, "it travels like every fact")

    walk(tmp_path, story)


def test_it_stops_by_itself_when_the_hours_end_and_begins_again_the_next_worked_day(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: streams(screen), "it is on")
        (stream,) = streams(screen)
        clock.now = datetime(2026, 11, 20, 22, 58, tzinfo=UTC)
        await walk_on(screen, clock, (-0.18, -78.48))  # measured at 18:00 sharp
        await screen.until(lambda: not streams(screen), "the hours are over")
        assert not tracks(phone), "not even the last position is kept"
        await screen.until(lambda: screen.says("fuera de las horas de trabajo"), "it says so")
        assert not screen.has("tracking-sign")
        late = {"position": {"latitude": -0.2, "longitude": -78.5, "accuracy": 8.0}}
        await screen.fire(stream, "position_change", late)
        clock.now = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # Saturday
        await screen.settle(0.3)
        assert not streams(screen)
        clock.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday
        await screen.until(lambda: streams(screen), "the next worked day")
        assert not tracks(phone)

    walk(tmp_path, story)


@pytest.mark.parametrize("by", ["end", "close"])
def test_the_day_ends_when_the_collector_says_so_or_closes_the_cash(tmp_path: Path, by: str) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: streams(screen), "it is on")
        await walk_on(screen, clock, (-0.18, -78.48))
        if by == "end":
            await screen.tap("tracking-end")
        else:
            close = {"_id": "cash_close:ana:01K", "closes_on": "2026-11-20", "device": "d", "created_at": "x"}
            phone.portfolio.closes[close["_id"]] = close
        await screen.until(lambda: not streams(screen), "it stopped")
        assert len(tracks(phone)) == 1, "what was measured until then is kept"
        await screen.until(lambda: screen.has("tracking-resume"), "it can be taken up again")
        await screen.tap("tracking-resume")
        await screen.until(lambda: streams(screen), "it goes on")
        await screen.tap("tracking-later")
        await screen.until(lambda: not streams(screen), "agreeing can be taken back")

    walk(tmp_path, story)


def test_out_of_sight_nothing_starts_but_what_runs_goes_on(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        clock.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # 07:00
        await agreed(screen, phone)
        await screen.fire(screen.page, "app_lifecycle_state_change", {"state": "hide"})
        clock.now = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
        await screen.settle(0.3)
        assert not streams(screen), "Android lets nobody start in the background"
        await screen.fire(screen.page, "app_lifecycle_state_change", {"state": "resume"})
        await screen.until(lambda: streams(screen), "in sight it starts")
        screen.page.on_connect(None)  # type: ignore[misc]  # a page that is loaded anew says nothing of it
        await screen.fire(screen.page, "app_lifecycle_state_change", {"state": "hide"})
        await walk_on(screen, clock, (-0.18, -78.48))
        assert len(phone.trail.kept) == 1
        assert streams(screen)

    walk(tmp_path, story)


def test_nobody_is_followed_on_a_holiday_nor_where_the_list_can_not_be_read(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: streams(screen), "it is on")
        for days in ([{"on": "2026-11-20", "name": "Feriado"}], [{"on": "mañana"}]):
            phone.portfolio.holidays["local"] = {"_id": "holidays:local", "days": days}
            phone.announce()
            await screen.until(lambda: not streams(screen), "it stopped")
            del phone.portfolio.holidays["local"]
            phone.announce()
            await screen.until(lambda: streams(screen), "it goes on")

    walk(tmp_path, story)


def test_what_can_not_be_written_now_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: streams(screen), "it is on")
        await walk_on(screen, clock, (-0.18, -78.48))
        assert phone.store
        write = phone.store.write

        async def full(_action: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(phone.store, "write", full)
        clock.now += timedelta(minutes=11)
        await screen.settle(0.3)
        await walk_on(screen, clock, (-0.19, -78.48))
        assert not tracks(phone)
        monkeypatch.setattr(phone.store, "write", write)
        await screen.until(lambda: tracks(phone), "there is room again")
        assert [position[1] for position in tracks(phone)[0]["positions"]] == [-0.18, -0.19]

    walk(tmp_path, story)


def test_two_windows_of_one_phone_write_one_way(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        async with Screen(lambda page: open_window(page, phone)) as other:
            await other.until(lambda: streams(other), "both listen")
            clock.now += timedelta(minutes=2)
            for window in (screen, other):
                position = {"latitude": -0.18, "longitude": -78.48, "accuracy": 8.0}
                await window.fire(streams(window)[0], "position_change", {"position": position})
        await write_trail(phone, whole=True)
        (track,) = tracks(phone)
        assert len(track["positions"]) == 1

    walk(tmp_path, story)


def test_made_up_positions_are_marked(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: streams(screen), "it is on")
        await walk_on(screen, clock, (-0.18, -78.48))
        await walk_on(screen, clock, (-0.19, -78.48), mocked=True)
        await write_trail(phone, whole=True)
        assert tracks(phone)[0]["mocked"] == [1]

    walk(tmp_path, story)


def test_shutting_the_phone_out_ends_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        clock = set_up(phone)
        await agreed(screen, phone)
        await screen.until(lambda: streams(screen), "it is on")
        await walk_on(screen, clock, (-0.18, -78.48))
        assert phone.enrolment
        phone.enrolment = dataclasses.replace(phone.enrolment, revoked=True)
        phone.announce()
        await screen.until(lambda: not streams(screen), "it stopped")
        assert not tracks(phone), "a phone that is shut out records nothing"

    walk(tmp_path, story)


# -- Android's own questions --------------------------------------------------------------------
ANDROID = {"web": False}
REFUSED: Json = {"get_permission_status": "denied", "request_permission": "denied"}
GIVEN: Json = {"request_permission": "whileInUse", "is_location_service_enabled": True}


def calls_of(screen: Screen) -> list[str]:
    return [name for name, _ in screen.connection.calls]


def test_android_asks_after_the_collector_agreed_and_a_no_is_told(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        set_up(phone)
        await ready(screen, phone)
        assert "request_permission" not in calls_of(screen)
        await screen.go("/mas/recorrido")
        await screen.tap("tracking-agree")
        await screen.until(lambda: screen.has("tracking-denied"), "the refusal is told")
        assert {"request_permission", "request"} <= set(calls_of(screen)), "for positions and notices"
        assert not streams(screen)
        assert not screen.has("tracking-sign")
        screen.connection.answers["get_permission_status"] = "whileInUse"
        await screen.until(lambda: streams(screen), "it begins once it is allowed in the settings")
        await screen.until(lambda: not screen.has("tracking-denied"), "and the word is gone")

    walk(tmp_path, story, answers=dict(REFUSED), **ANDROID)


def test_before_android_asks_for_the_position_of_a_visit_it_is_told_why(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        starting = asyncio.ensure_future(screen.tap("start-visit"))  # which waits for the answer
        await screen.until(lambda: screen.has("permission-position"), "it is explained")
        assert "request_permission" not in calls_of(screen)
        assert screen.says("como prueba de que usted estuvo ahí")
        screen.connection.answers["get_permission_status"] = "whileInUse"
        await screen.tap("permission-position-yes")
        await starting
        await screen.until(lambda: screen.has("new-receipt"), "the visit is open")
        assert "request_permission" in calls_of(screen)
        (start,) = phone.portfolio.visit_starts.values()
        assert start["place"]["lat"] == -0.18

    walk(tmp_path, story, answers={"get_permission_status": "denied", **GIVEN}, **ANDROID)


@pytest.mark.parametrize("status", ["denied", "deniedForever"])
def test_without_the_permission_the_visit_goes_on_without_a_position(tmp_path: Path, status: str) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        starting = asyncio.ensure_future(screen.tap("start-visit"))
        if status == "denied":
            await screen.until(lambda: screen.has("permission-position"), "it is explained")
            await screen.tap("permission-position-no")
        await starting
        await screen.until(lambda: screen.has("new-receipt"), "the visit is open")
        assert not screen.has("permission-position"), "the question is gone"
        assert "request_permission" not in calls_of(screen)
        (start,) = phone.portfolio.visit_starts.values()
        assert start["place"] is None

    walk(tmp_path, story, answers={"get_permission_status": status, **GIVEN}, **ANDROID)


def test_the_notice_says_what_the_client_of_flet_reads() -> None:
    client = Path(geo.__file__).parents[1] / "flutter/flet_geolocator/lib/src/utils/geolocator.dart"
    read = client.read_text(encoding="utf-8")
    for name in (each.name for each in dataclasses.fields(Notice) if each.name not in _inherited()):
        assert f'value["{name}"]' in read, name
    assert 'value["foreground_notification_title"]' in read


def _inherited() -> set[str]:
    return {each.name for each in dataclasses.fields(geo.GeolocatorAndroidConfiguration)}
