"""`python -m replica.server`: start the server and say where it listens.

    COUCHDB_USER=admin COUCHDB_PASSWORD=… python -m replica.server --host 127.0.0.1 --port 5984 --data DIR
    [--config FILE]

There is no admin party: without an administrator, from the environment or from [admins], it refuses to start.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from pathlib import Path

from replica.server.assembly import assemble
from replica.server.configuration import Configuration
from replica.server.gateway import Gateway
from replica.server.serving import Server, stop_on_signals
from replica.server.wire import MOST_BODY

CLOSE_SECONDS = 0.3


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=options.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    options.data.mkdir(parents=True, exist_ok=True)
    configuration = Configuration(options.data, options.config)
    admin = _admin()
    if admin is None and not configuration.section("admins"):
        print(
            "replica.server needs an administrator: set COUCHDB_USER and COUCHDB_PASSWORD, "
            "or [admins] in the file of --config.",
            file=sys.stderr,
        )
        return 2
    stopping = threading.Event()
    node, application = assemble(options.data, configuration, admin=admin, closing=stopping)
    server = Server(
        Gateway(
            application, most_body=lambda: configuration.number("chttpd", "max_http_request_size", MOST_BODY)
        ),
        host=options.host,
        port=options.port,
        threads=configuration.number("chttpd", "server_threads", 1024),
    )

    def stop() -> None:
        stopping.set()
        server.stop()
        threading.Thread(target=node.registry.wake_feeds, daemon=True).start()

    stop_on_signals(stop)
    print(f"replica.server listens on {server.url}/", flush=True)
    server.run()
    node.close(deadline=time.monotonic() + CLOSE_SECONDS)
    logging.shutdown()
    # Not through the interpreter's own end, which would close file after file however many there are.
    os._exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m replica.server", description="A CouchDB that pip installs."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=5984, help="port to listen on; 0 picks a free one (default 5984)"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder for databases and local.ini")
    parser.add_argument("--config", type=Path, help="an ini file as CouchDB has them, read and never written")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    return parser


def _admin() -> tuple[str, str] | None:
    name, password = os.environ.get("COUCHDB_USER", ""), os.environ.get("COUCHDB_PASSWORD", "")
    return (name, password) if name and password else None


if __name__ == "__main__":
    sys.exit(main())
