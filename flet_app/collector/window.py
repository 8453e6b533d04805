"""Opens a window on the phone: dresses the page, gives it services, and shows the root of the screens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft
import flet_geolocator as geo

from flet_app.collector.by_hand import notice_hands
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.root import Root

log = logging.getLogger(__name__)

GPS_SECONDS = 20.0  # after which a service that never answers is taken for none
DENIED = {geo.GeolocatorPermissionStatus.DENIED, geo.GeolocatorPermissionStatus.DENIED_FOREVER}


def open_window(page: ft.Page, phone: Phone) -> Window:
    """Show the app on `page`; what it subscribes to ends when the page closes."""
    page.title = "Recaudo"
    page.padding = 0
    page.locale_configuration = ft.LocaleConfiguration(
        [ft.Locale("es", "EC"), ft.Locale("en", "US")], ft.Locale("es", "EC")
    )
    window = Window(page, phone, position_reader(page))
    window.dress()
    notice_hands(page, window.on_touch)
    page.on_close = lambda _event: window.close()
    page.on_disconnect = window.on_disconnect
    page.on_connect = window.on_connect
    page.on_resize = window.on_resize
    page.on_app_lifecycle_state_change = window.on_lifecycle
    page.on_platform_brightness_change = lambda _event: window.dress()
    # Whatever the link is now, the office is asked at once; a link that just came back needs no waiting.
    window.services.append(ft.Connectivity(on_change=lambda _event: phone.nudge()))
    page.render_views(Root, window)
    page.run_task(window.keep_time)
    return window


def position_reader(page: ft.Page) -> Callable[[], Awaitable[Json | None]]:
    """A function that answers with a place of docs/data-model.md, or None where there is none to be had."""
    locator = geo.Geolocator(
        configuration=geo.GeolocatorConfiguration(accuracy=geo.GeolocatorPositionAccuracy.HIGH)
    )

    async def read() -> Any:
        if not page.web:
            status = await locator.request_permission()
            if status in DENIED or not await locator.is_location_service_enabled():
                return None
        return await locator.get_current_position()

    async def position() -> Json | None:
        try:
            found = await asyncio.wait_for(read(), GPS_SECONDS)
        except Exception as error:
            log.info("no position: %s", type(error).__name__)
            return None
        return place_of(found)

    return position


def place_of(found: Any) -> Json | None:
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return {
        "lat": round(float(found.latitude), 6),
        "lon": round(float(found.longitude), 6),
        "accuracy": round(float(found.accuracy or 0.0), 1),
        "mock": bool(found.mocked),
    }
