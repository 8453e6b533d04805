"""Positions from the phone: one when it is asked for, or one after the other while somebody is followed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import flet as ft
import flet_geolocator as geo

from flet_app.collector.portfolio import Json
from receivables.geometry import Point
from receivables.tracking import Fix, TrackingPolicy

log = logging.getLogger(__name__)

GPS_SECONDS = 20.0  # after which a service that never answers is taken for none
LATE = timedelta(minutes=15)
"""Positions that a sleeping phone hands over together keep their own time up to this age."""

DENIED = {geo.GeolocatorPermissionStatus.DENIED, geo.GeolocatorPermissionStatus.DENIED_FOREVER}


@ft.value
class Notice(geo.GeolocatorAndroidConfiguration):  # type: ignore[misc]  # the package has no types
    """What keeps positions coming while the screen is dark: a service with a notice that Android shows.

    The client of Flet 1.0.5 reads these flat names, while its Python side sends the same inside of
    `foreground_notification_config`; both are sent.
    """

    foreground_notification_title: str = ""
    foreground_notification_text: str = ""
    foreground_notification_channel_name: str = ""
    foreground_notification_set_ongoing: bool = True


class PositionReader:
    """Answers with a place of docs/data-model.md, or None where there is none to be had.

    Before Android asks for its permission, `explain` tells why; a no holds until the app starts again.
    """

    def __init__(self, page: ft.Page, explain: Callable[[], Awaitable[bool]]) -> None:
        self._page, self._explain = page, explain
        self._declined = False
        self._locator = geo.Geolocator(
            configuration=geo.GeolocatorConfiguration(accuracy=geo.GeolocatorPositionAccuracy.HIGH)
        )

    async def __call__(self) -> Json | None:
        try:
            if not await self.allowed():
                return None
            found = await asyncio.wait_for(self._locator.get_current_position(), GPS_SECONDS)
        except Exception as error:
            log.info("no position: %s", type(error).__name__)
            return None
        return place_of(found)

    async def allowed(self) -> bool:
        """As `permitted`, once the collector was told why and Android has asked; takes as long as they do."""
        return await self.permitted() or await self._ask()

    async def permitted(self) -> bool:
        """May this app read positions? A browser asks by itself, when it is read."""
        return self._page.web or await self._locator.get_permission_status() not in DENIED

    async def request(self) -> bool:
        """Let Android ask, for whoever was told why; say whether positions can be read now."""
        if self._page.web:
            return True
        status = await self._locator.request_permission()
        return status not in DENIED and await self._locator.is_location_service_enabled()

    async def open_settings(self) -> None:
        """Android's own page of this app, where a permission that was refused can be given."""
        if not self._page.web:
            await self._locator.open_app_settings()

    async def _ask(self) -> bool:
        status = await self._locator.get_permission_status()
        if status is geo.GeolocatorPermissionStatus.DENIED_FOREVER or self._declined:
            return False
        self._declined = not (await self._explain() and await self.request())
        return not self._declined


class PositionStream:
    """Positions one after the other, from `start` to `stop`; `take` gets each."""

    def __init__(self, take: Callable[[Fix], Awaitable[None]], now: Callable[[], datetime]) -> None:
        self._take, self._now = take, now
        self._locator: geo.Geolocator | None = None

    @property
    def is_running(self) -> bool:
        return self._locator is not None

    def start(self, policy: TrackingPolicy, *, title: str, text: str) -> None:
        """Listen as sparingly as `policy` allows; the notice says `title` and `text`."""
        self._locator = geo.Geolocator(
            configuration=Notice(
                accuracy=geo.GeolocatorPositionAccuracy.HIGH,
                distance_filter=int(policy.metres),
                interval_duration=ft.Duration(seconds=int(policy.seconds)),
                foreground_notification_config=geo.ForegroundNotificationConfiguration(
                    notification_title=title, notification_text=text, notification_channel_name="Recaudo",
                    notification_set_ongoing=True,
                ),
                foreground_notification_title=title,
                foreground_notification_text=text,
                foreground_notification_channel_name="Recaudo",
            ),
            on_position_change=self._on_position,
            on_error=lambda event: log.info("no positions: %s", event.data),
        )  # fmt: skip

    def stop(self) -> None:
        """Stop listening; Android takes its notice away."""
        locator, self._locator = self._locator, None
        if locator:
            locator.on_position_change = locator.on_error = None
            locator.update()

    async def _on_position(self, event: geo.GeolocatorPositionChangeEvent) -> None:
        fix = fix_of(event.position, self._now())
        if fix and self.is_running:
            await self._take(fix)


def place_of(found: Any) -> Json | None:
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return {
        "lat": round(float(found.latitude), 6),
        "lon": round(float(found.longitude), 6),
        "accuracy": round(float(found.accuracy or 0.0), 1),
        "mock": bool(found.mocked),
    }


def fix_of(found: Any, now: datetime) -> Fix | None:
    """A position as it was measured; one that says no time, or an unlikely one, is from `now`."""
    place = place_of(found)
    if place is None:
        return None
    stamp = found.timestamp
    is_likely = isinstance(stamp, datetime) and stamp.tzinfo and timedelta(0) <= now - stamp <= LATE
    accuracy = place["accuracy"] or None  # 0 is Android's word for unknown
    return Fix(stamp if is_likely else now, Point(place["lat"], place["lon"]), accuracy, place["mock"])
