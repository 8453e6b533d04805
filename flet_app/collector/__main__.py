"""`python -m flet_app.collector`: one simulated phone, looked at through a browser.

The process is the phone: its folder is FLET_APP_STORAGE_DATA, and every browser tab is a window on it.
"""

from __future__ import annotations

import asyncio
import logging

import flet as ft

from flet_app.collector.bootstrap import real_world, settings
from flet_app.collector.folder import FolderInUse
from flet_app.collector.phone import Phone
from flet_app.collector.window import open_window
from flet_app.web import application, serve_until_stopped

PICKED_BYTES = 128 * 1024 * 1024
"""Six photos of a good camera, picked at once, and a file that is refused in words for its size."""


async def run() -> None:
    chosen = settings()
    phone = Phone(chosen, real_world())
    try:
        await phone.start()
    except FolderInUse:
        raise SystemExit(f"{chosen.data} is in use: another process is this phone.") from None

    def main(page: ft.Page) -> None:
        open_window(page, phone)

    print(f"Recaudo: http://{chosen.host}:{chosen.port} (data in {chosen.data})", flush=True)
    await serve_until_stopped(
        application(main), host=chosen.host, port=chosen.port, stop=phone.stop, message_bytes=PICKED_BYTES
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(run())
