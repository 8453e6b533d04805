"""`python -m backend.demo.smtp_sink PORT FOLDER`.

Takes every mail and writes it as a file that a mail program opens.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class FolderHandler:
    """One `.eml` per mail, named by instant and recipient; complete the moment its name appears."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        subject = str(message_from_bytes(content, policy=modern).get("Subject", ""))
        self._count += 1
        to = re.sub(r"[^A-Za-z0-9.@-]", "_", ",".join(envelope.rcpt_tos))[:80]
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{self._count:04d}-{to}.eml"
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / name)
        print(f"{name}: {subject}", flush=True)
        return "250 OK"


async def serve(port: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    handler = FolderHandler(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="recaudo.demo", enable_SMTPUTF8=True), "127.0.0.1", port
    )
    async with server:
        print(f"correo en {folder}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
