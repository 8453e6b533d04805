"""The PIN of the phone: opens without a network, closes after a while away, gives no guess for nothing."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from types import SimpleNamespace

import flet as ft
import pytest

from flet_app.collector.bootstrap import Settings, real_world
from flet_app.collector.phone import Phone
from flet_app.collector.pin import (
    AWAY_SECONDS,
    FREE_FAILURES,
    PinFlaw,
    PinLock,
    PinRefused,
    flaw_of,
    wait_after,
)
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen

PIN = "4711"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def lock_in(folder: Path, clock: Clock) -> PinLock:
    counter = itertools.count(1)
    return PinLock(folder, uptime=clock, random_bytes=lambda size: next(counter).to_bytes(size, "big"))


def guess_wrong(lock: PinLock, times: int) -> None:
    for _ in range(times):
        with pytest.raises(PinRefused):
            lock.check("0000")


@pytest.mark.parametrize(
    ("pin", "flaw"),
    [
        ("4711", None),
        ("90210583", None),
        ("471", PinFlaw.DIGITS),
        ("902105831", PinFlaw.DIGITS),
        ("47a1", PinFlaw.DIGITS),
        ("٤٧١١", PinFlaw.DIGITS),
        ("", PinFlaw.DIGITS),
        ("1111", PinFlaw.EASY),
        ("1234", PinFlaw.EASY),
        ("87654", PinFlaw.EASY),
    ],
)
def test_a_pin_has_digits_that_nobody_tries_first(pin: str, flaw: PinFlaw | None) -> None:
    assert flaw_of(pin) is flaw


def test_the_wait_is_none_at_first_then_doubles_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(failures) for failures in range(FREE_FAILURES + 8)]
    assert waits[: FREE_FAILURES + 1] == [0.0] * (FREE_FAILURES + 1)
    assert waits[FREE_FAILURES + 1 :] == [30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 900.0]
    assert wait_after(10**6) == 900.0


def test_a_new_process_asks_for_the_pin_and_only_the_right_one_opens(tmp_path: Path) -> None:
    assert not lock_in(tmp_path, Clock()).closed
    lock_in(tmp_path, Clock()).choose(PIN)
    again = lock_in(tmp_path, Clock())
    assert again.closed
    guess_wrong(again, 1)
    assert again.closed
    again.check(PIN)
    assert not again.closed


def test_the_file_is_private_and_does_not_hold_the_pin(tmp_path: Path) -> None:
    lock_in(tmp_path, Clock()).choose(PIN)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert PIN not in file.read_text()


def test_even_the_right_pin_waits_after_too_many_wrong_ones(tmp_path: Path) -> None:
    clock = Clock()
    lock_in(tmp_path, clock).choose(PIN)
    lock = lock_in(tmp_path, clock)
    guess_wrong(lock, FREE_FAILURES + 1)
    clock.seconds += 29
    with pytest.raises(PinRefused) as early:
        lock.check(PIN)
    assert early.value.wait == pytest.approx(1)
    clock.seconds += 1
    lock.check(PIN)
    guess_wrong(lock, FREE_FAILURES)  # the right one forgave the earlier ones


def test_killing_the_app_neither_forgives_wrong_pins_nor_shortens_the_wait(tmp_path: Path) -> None:
    lock_in(tmp_path, Clock()).choose(PIN)
    for _ in range(FREE_FAILURES + 1):
        guess_wrong(lock_in(tmp_path, Clock()), 1)
    with pytest.raises(PinRefused) as early:
        lock_in(tmp_path, Clock()).check(PIN)
    assert early.value.wait == pytest.approx(30)


def test_a_damaged_file_keeps_the_phone_closed(tmp_path: Path) -> None:
    (tmp_path / "pin.json").write_text("{}")
    lock = lock_in(tmp_path, Clock())
    assert lock.closed
    guess_wrong(lock, 1)
    lock.remove()
    assert not lock_in(tmp_path, Clock()).closed


@pytest.mark.parametrize(("away", "closed"), [(AWAY_SECONDS - 1, False), (AWAY_SECONDS, True)])
def test_a_while_out_of_sight_closes(tmp_path: Path, away: float, closed: bool) -> None:
    clock = Clock()
    lock = lock_in(tmp_path, clock)
    lock.choose(PIN)
    lock.hidden()
    clock.seconds += away
    lock.hidden()  # Android tells of it twice
    lock.shown()
    assert lock.closed is closed


def test_a_pin_is_set_asked_for_and_removed_on_the_screens(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas")
        await screen.tap("open-pin")
        for typed, again, words in (
            ("12", "12", "El PIN tiene de 4 a 8 dígitos."),
            ("1234", "1234", "Es el primero que cualquiera probaría."),
            (PIN, "4712", "Los dos PIN son distintos."),
        ):
            await screen.type("pin-new", typed)
            await screen.type("pin-again", again)
            await screen.tap("pin-save")
            assert screen.says(words)
            assert not phone.pin.is_set
        await screen.type("pin-again", PIN)
        await screen.tap("pin-save")
        await screen.until(lambda: screen.has("lock-now"), "the PIN is set")

        await screen.tap("lock-now")
        await screen.until(lambda: screen.has("unlock"), "the phone is locked")
        await screen.go("/cliente/C0001")
        assert not screen.says("Comercial El Rosal")
        await screen.type("unlock-pin", "0000")
        await screen.tap("unlock")
        await screen.until(lambda: screen.says("El PIN no es correcto."), "it is refused")
        assert phone.pin.closed
        await screen.type("unlock-pin", PIN)
        await screen.tap("unlock")
        await screen.until(lambda: screen.has("start-visit"), "it goes on where it was")

        await screen.go("/mas/pin")
        await screen.tap("pin-remove")
        await screen.until(lambda: screen.says("El PIN no es correcto."), "removing needs the current one")
        assert phone.pin.is_set
        await screen.type("pin-current", PIN)
        await screen.tap("pin-remove")
        await screen.until(lambda: not phone.pin.is_set, "the PIN is gone")

    walk(tmp_path, story)


@pytest.mark.parametrize("by", ["pin", "office"])
@pytest.mark.parametrize("address", ["/", "/mas", "/clientes/cliente/C0001/cobro"])
def test_a_closed_phone_shows_one_whole_view_at_every_address(tmp_path: Path, address: str, by: str) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(address)
        if by == "pin":
            phone.pin.choose(PIN)
            phone.pin.close()
        elif phone.enrolment:
            phone.enrolment = dataclasses.replace(phone.enrolment, revoked=True)
        phone.announce()
        name = "unlock" if by == "pin" else "locked"
        await screen.until(lambda: screen.has(name), "the phone is closed")
        # A client draws nothing of a view that lies inside another.
        assert sum(isinstance(control, ft.View) for control in screen.walk()) == 1
        await screen.go("/entrar")
        await screen.until(lambda: screen.has("sign-in-submit"), "the way in is open")

    walk(tmp_path, story)


def test_a_wrong_pin_too_often_tells_how_long_to_wait(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        phone.pin.choose(PIN)
        guess_wrong(phone.pin, FREE_FAILURES)
        phone.pin.close()
        phone.announce()
        await screen.until(lambda: screen.has("unlock"), "the phone is locked")
        await screen.type("unlock-pin", "0000")
        await screen.tap("unlock")
        await screen.until(lambda: screen.says("Espere 30 segundos"), "it says how long")

    walk(tmp_path, story)


def test_the_app_out_of_sight_for_long_is_locked_when_it_returns(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        seconds = Clock()
        phone.pin = lock_in(tmp_path, seconds)
        phone.pin.choose(PIN)
        handler = screen.page.on_app_lifecycle_state_change
        handler(SimpleNamespace(state=ft.AppLifecycleState.PAUSE))
        seconds.seconds += AWAY_SECONDS
        handler(SimpleNamespace(state=ft.AppLifecycleState.RESUME))
        await screen.until(lambda: screen.has("unlock"), "the phone is locked")

    walk(tmp_path, story)


def test_signing_out_takes_the_pin_along(tmp_path: Path) -> None:
    async def story(_screen: Screen, phone: Phone) -> None:
        phone.pin.choose(PIN)
        await phone.sign_out()
        assert not phone.pin.is_set
        assert not (tmp_path / "pin.json").exists()

    walk(tmp_path, story)


def test_a_phone_that_slept_away_from_sight_asks_for_the_pin(tmp_path: Path) -> None:
    """What counts seconds of a running phone only stands still while Android sleeps."""
    clock = Clock()
    world = dataclasses.replace(real_world(), uptime=clock)
    settings = Settings(api_url="http://127.0.0.1:9", data=tmp_path, host="", port=0, device_name="test")
    phone = Phone(settings, world)
    phone.pin.choose(PIN)
    phone.pin.hidden()
    clock.seconds += AWAY_SECONDS
    phone.pin.shown()
    assert phone.pin.closed
