"""An office on loopback that answers each address from a script, for screens that must have one."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any]]


class Office:
    """`answers` by the end of the address; the last of several is given again. `asked` keeps what came."""

    def __init__(self, answers: Mapping[str, list[Answer]]) -> None:
        self.answers = {path: list(each) for path, each in answers.items()}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.url = ""

    def answer(self, path: str, body: dict[str, Any]) -> Answer:
        self.asked.append((path, body))
        for end, waiting in self.answers.items():
            if path.endswith(end):
                return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return 404, {"code": "not_found", "detail": path}


@contextlib.contextmanager
def scripted_office(answers: Mapping[str, list[Answer]]) -> Iterator[Office]:
    office = Office(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            self._say(*office.answer(self.path, body))

        def do_GET(self) -> None:
            self._say(*office.answer(self.path, {}))

        def _say(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    office.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()
