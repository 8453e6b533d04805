"""A phone as a process that dies at the n-th thing it does to its files or the network, as `kill -9` would.

    python -m tests.support.erasing_process FOLDER API_URL N

N is 0 for a process that lives until the office knows that the phone is erased.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from backend.killpoints import KILL_STATUS
from flet_app.collector.wipe_journal import Stage
from tests.support.erased_phone import a_phone, stage
from tests.support.field import until

DEEDS = frozenset({"os.rename", "os.remove", "socket.connect"})


def dying_at(number: int) -> None:
    """End the process before the deed of that number is done; Python tells of each."""
    done = 0

    def hear(event: str, _arguments: tuple[Any, ...]) -> None:
        nonlocal done
        if event in DEEDS:
            done += 1
            if done == number:
                os._exit(KILL_STATUS)

    sys.addaudithook(hear)


async def erase(folder: Path, api_url: str, number: int) -> None:
    phone = a_phone(folder, api_url)
    if number:
        dying_at(number)
    await phone.start()
    await until(lambda: stage(phone) is Stage.TOLD, seconds=60, what="it is erased")
    await phone.stop()


if __name__ == "__main__":
    asyncio.run(erase(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
