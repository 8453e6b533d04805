"""A phone that lies untouched with its screen on asks for its PIN, in every window; a begun receipt waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.collector import state
from flet_app.collector.phone import Phone
from flet_app.collector.pin import DEFAULT_IDLE_MINUTES, PinLock
from flet_app.collector.window import open_window
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_collector_screens import begin_visit, walk
from tests.unit.flet_app.test_pin import PIN, Clock, lock_in

FIVE = DEFAULT_IDLE_MINUTES * 60


def guarded(folder: Path) -> tuple[PinLock, Clock]:
    clock = Clock()
    lock = lock_in(folder, clock)
    lock.choose(PIN)
    return lock, clock


def test_only_an_untouched_phone_with_a_pin_closes(tmp_path: Path) -> None:
    lock, clock = guarded(tmp_path)
    clock.seconds += FIVE - 1
    assert not lock.close_if_idle()
    lock.touched()
    clock.seconds += FIVE - 1
    assert not lock.close_if_idle()
    clock.seconds += 1
    assert lock.close_if_idle()
    assert lock.closed
    assert not lock.close_if_idle(), "it is told once"
    lock.remove()
    clock.seconds += FIVE
    assert not lock.close_if_idle()


def test_typing_the_pin_counts_as_a_touch(tmp_path: Path) -> None:
    lock, clock = guarded(tmp_path)
    clock.seconds += FIVE
    assert lock.close_if_idle()
    clock.seconds += FIVE
    lock.touched()
    lock.check(PIN)
    assert not lock.close_if_idle()


def test_the_chosen_minutes_outlive_a_restart_and_a_new_pin(tmp_path: Path) -> None:
    lock, _ = guarded(tmp_path)
    lock.allow_idle(15)
    lock.choose("90210")
    again, clock = lock_in(tmp_path, seconds := Clock()), seconds
    assert again.idle_minutes == 15
    again.check("90210")
    clock.seconds += FIVE
    assert not again.close_if_idle()
    with pytest.raises(ValueError, match="1440"):
        again.allow_idle(1440)


def test_a_file_from_before_this_setting_keeps_its_pin(tmp_path: Path) -> None:
    guarded(tmp_path)
    file = tmp_path / "pin.json"
    file.write_text(file.read_text().replace(', "idle_minutes": 5', ""))
    again = lock_in(tmp_path, Clock())
    again.check(PIN)
    assert again.idle_minutes == DEFAULT_IDLE_MINUTES


def test_every_window_locks_and_a_started_receipt_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "TICK", 0.05)

    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.type("receipt-amount", "12,34")
        await screen.settle(1.0)  # the draft is written once the typing pauses
        phone.pin, clock = guarded(tmp_path)
        async with Screen(lambda page: open_window(page, phone), route="/clientes") as other:
            clock.seconds += FIVE - 10
            await other.type("customer-search", "rosal")  # a touch of any window is one of the phone
            clock.seconds += 20
            await screen.settle(0.3)
            assert not phone.pin.closed
            clock.seconds += FIVE
            await other.until(lambda: other.has("unlock"), "the other window is locked")
            await screen.until(lambda: screen.has("unlock"), "this window is locked")
            assert not screen.says("Comercial El Rosal")
        await screen.type("unlock-pin", PIN)
        await screen.tap("unlock")
        await screen.until(lambda: screen.has("receipt-amount"), "the receipt is still open")
        assert screen.field("receipt-amount").value == "12,34"

    walk(tmp_path, story)


def test_the_time_is_chosen_on_the_screen_of_the_pin(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas/pin")
        assert not screen.has("pin-idle-10"), "without a PIN there is nothing to lock"
        phone.pin.choose(PIN)
        phone.announce()
        await screen.until(lambda: screen.has("pin-idle-10"), "the times are offered")
        assert screen.by_id("pin-idle-5").selected
        await screen.tap("pin-idle-10")
        await screen.until(lambda: screen.by_id("pin-idle-10").selected, "it is chosen")
        assert phone.pin.idle_minutes == 10

    walk(tmp_path, story)


def test_what_the_page_says_by_itself_is_nobodys_hand(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        phone.pin, clock = guarded(tmp_path)
        clock.seconds += FIVE
        await screen.fire(screen.page, "resize", {"width": 400, "height": 800})
        await screen.fire(screen.page, "app_lifecycle_state_change", {"state": "inactive"})
        for service in screen.page._services._services:
            await screen.fire(service, "change", {"connectivity": ["wifi"]})
        assert phone.pin.close_if_idle()

    walk(tmp_path, story)
