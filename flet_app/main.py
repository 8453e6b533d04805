"""Start-up of the collector app on a phone: `main(page)` is what Flet calls."""

from __future__ import annotations

import flet as ft

from flet_app.collector.bootstrap import real_world, settings
from flet_app.collector.phone import Phone
from flet_app.collector.window import open_window

_phones: list[Phone] = []


async def main(page: ft.Page) -> None:
    """Open the one phone of this process and a window on it."""
    if not _phones:
        _phones.append(Phone(settings(), real_world()))
    await _phones[0].start()
    open_window(page, _phones[0])


if __name__ == "__main__":
    ft.run(main)
