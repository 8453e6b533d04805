"""What a person picks in a browser reaches the app in one message, however large the files are."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest
import websockets

from flet_app.collector.__main__ import PICKED_BYTES
from flet_app.web import serve_until_stopped
from tests.support.stack import free_port

SIX_PHOTOS = 6 * 12_000_000


async def counting(scope: Any, receive: Any, send: Any) -> None:
    """Answers each message of a websocket with its length."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": str(len(message["bytes"]))})


async def told(port: int, size: int) -> str:
    for _ in range(100):
        try:
            async with websockets.connect(f"ws://127.0.0.1:{port}", max_size=None) as socket:
                await socket.send(bytes(size))
                return str(await socket.recv())
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
    raise AssertionError("the server never listened")


@pytest.mark.parametrize("size", [1_000, SIX_PHOTOS])
def test_six_large_photos_picked_at_once_arrive(size: int) -> None:
    async def story() -> None:
        port = free_port()
        serving = asyncio.create_task(
            serve_until_stopped(counting, host="127.0.0.1", port=port, message_bytes=PICKED_BYTES)
        )
        try:
            assert await told(port, size) == str(size)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await serving

    asyncio.run(story())
