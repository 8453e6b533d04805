"""Map tiles without a network: MBTiles files in the phone's folder, handed to the map over loopback.

A pack is one SQLite file (MBTiles 1.3, raster) that anybody can make of a region. The map control only knows
addresses, so a small server in this process answers it; nobody outside the phone can reach it.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SUFFIX = ".mbtiles"
KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
"""First bytes of the pictures that a pack may hold."""

TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"

DEEPEST_ZOOM = 30
"""A tile of that zoom is four centimetres wide: no map has a deeper one."""

NOTHING = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b49444154"
    "78da636000020000050001e9fadcd80000000049454e44ae426082"
)
"""A transparent PNG of one pixel: what a place outside of every pack looks like."""


class BadPack(Exception):
    """The file is no MBTiles pack of pictures."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as its own metadata describe it; `size` in bytes."""

    path: Path
    name: str
    attribution: str
    lowest_zoom: int
    highest_zoom: int
    size: int

    @classmethod
    def read(cls, path: Path) -> Pack:
        """Raise BadPack where it is none, or one of vectors, which the map can't draw."""
        try:
            with contextlib.closing(_open(path)) as database:
                told = dict(database.execute("SELECT name, value FROM metadata"))
                row = database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
                first = database.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise BadPack(str(error)) from error
        if not first or kind_of(first[0]) is None or not all(isinstance(zoom, int) for zoom in row):
            raise BadPack("no pictures inside")
        return cls(
            path=path,
            name=str(told.get("name") or path.stem),
            attribution=str(told.get("attribution") or ""),
            lowest_zoom=row[0],
            highest_zoom=row[1],
            size=path.stat().st_size,
        )


class TilePacks:
    """The packs of a folder. Every method may wait for the disk: call them in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packs: tuple[Pack, ...] = ()
        self._server: ThreadingHTTPServer | None = None
        self._databases: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The template of the addresses of tiles; empty without any pack."""
        if self._server is None or not self.packs:
            return ""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{{z}}/{{x}}/{{y}}"

    def open(self) -> None:
        """Look for packs and serve them; a file that is none is passed over."""
        found = []
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            with contextlib.suppress(BadPack):
                found.append(Pack.read(path))
        with self._lock:
            self._close_databases()
            self._databases = [_open(pack.path) for pack in found]
            self.packs = tuple(found)
        if found and self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
            self._server.daemon_threads = True
            threading.Thread(target=self._server.serve_forever, name="map-tiles", daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        with self._lock:
            self._close_databases()

    def add(self, source: Path, name: str) -> Pack:
        """Take a copy of the pack `source`; raise BadPack where it is none, and then keep nothing."""
        Pack.read(source)
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{Path(name).stem}{SUFFIX}"
        half = target.with_suffix(".part")
        shutil.copyfile(source, half)
        half.replace(target)
        self.open()
        return Pack.read(target)

    def remove(self, pack: Pack) -> None:
        pack.path.unlink(missing_ok=True)
        self.open()

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """The picture at the column `x` and the row `y` from the north, of the first pack that has it."""
        row = (1 << zoom) - 1 - y  # MBTiles counts rows from the south
        with self._lock:
            for database in self._databases:
                try:
                    found = database.execute(TILE, (zoom, x, row)).fetchone()
                except sqlite3.Error:
                    continue  # a pack that broke since it was opened; another may cover the place
                if found and kind_of(found[0]):
                    return bytes(found[0])
        return None

    def _close_databases(self) -> None:
        for database in self._databases:
            database.close()
        self._databases = []


def kind_of(picture: object) -> str | None:
    """The kind of picture that a cell of a pack is; None for anything else that may stand in one."""
    if not isinstance(picture, bytes):
        return None
    return next((kind for start, kind in KINDS.items() if picture.startswith(start)), None)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )


def handler_of(packs: TilePacks) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = self.path.strip("/").split("/")
            if len(parts) != 3 or not all(part.isdecimal() and len(part) < 9 for part in parts):
                self.send_error(404)
                return
            zoom, x, y = map(int, parts)
            if zoom > DEEPEST_ZOOM:
                self.send_error(404)
                return
            picture = packs.tile(zoom, x, y) or NOTHING
            self.send_response(200)
            self.send_header("Content-Type", kind_of(picture) or "application/octet-stream")
            self.send_header("Content-Length", str(len(picture)))
            # A browser draws the app from another port of this computer.
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, *_: object) -> None:
            """A map asks for hundreds of tiles; none of them is worth a line."""

    return Handler
