"""Opens a window on the phone: dresses the page, gives it services, and shows the root of the screens."""

from __future__ import annotations

import flet as ft

from flet_app.collector.by_hand import notice_hands
from flet_app.collector.phone import Phone
from flet_app.collector.state import Window
from flet_app.collector.views.root import Root
from flet_app.components.failures import go_on_after_failures


def open_window(page: ft.Page, phone: Phone) -> Window:
    """Show the app on `page`; what it subscribes to ends when the page closes."""
    page.title = "Recaudo"
    page.padding = 0
    page.locale_configuration = ft.LocaleConfiguration(
        [ft.Locale("es", "EC"), ft.Locale("en", "US")], ft.Locale("es", "EC")
    )
    window = Window(page, phone)
    window.dress()
    notice_hands(page, window.on_touch)
    go_on_after_failures(page, window.tell_failure)
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
