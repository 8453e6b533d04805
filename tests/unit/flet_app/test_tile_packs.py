"""Map packs: read as their standard says, served to the map, kept and removed; anything else is refused."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from flet_app.collector.tile_packs import BadPack, Pack, TilePacks

PLACE = (12, 1155, 2050)
"""Zoom, column, and row from the north, of Quito."""


def picture(color: str, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), color).save(out, kind)
    return out.getvalue()


def make_pack(path: Path, tile: bytes, place: tuple[int, int, int] = PLACE) -> Path:
    """As `mbutil` and others write it: rows are counted from the south."""
    zoom, x, y = place
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        told = [("name", "Quito"), ("format", "png"), ("attribution", "© OpenStreetMap")]
        database.executemany("INSERT INTO metadata VALUES (?, ?)", told)
        database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (zoom, x, 2**zoom - 1 - y, tile))
    database.close()
    return path


@pytest.fixture
def packs(tmp_path: Path) -> Iterator[TilePacks]:
    found = TilePacks(tmp_path / "maps")
    yield found
    found.close()


def get(packs: TilePacks, zoom: int, x: int, y: int) -> httpx.Response:
    return httpx.get(packs.url.format(z=zoom, x=x, y=y))


def test_a_pack_is_served_by_the_rows_that_maps_ask_for(packs: TilePacks, tmp_path: Path) -> None:
    packs.open()
    assert packs.url == ""
    pack = packs.add(make_pack(tmp_path / "quito.mbtiles", picture("red")), "quito.mbtiles")
    assert (pack.name, pack.attribution, pack.lowest_zoom, pack.highest_zoom) == (
        "Quito", "© OpenStreetMap", 12, 12,
    )  # fmt: skip
    answer = get(packs, *PLACE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.content == picture("red")


def test_a_place_outside_of_every_pack_is_transparent_and_no_error(packs: TilePacks, tmp_path: Path) -> None:
    packs.add(make_pack(tmp_path / "quito.mbtiles", picture("red")), "quito.mbtiles")
    answer = get(packs, 12, 0, 0)
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).convert("RGBA").getpixel((0, 0))[3] == 0
    assert httpx.get(packs.url.split("/{")[0] + "/etc/passwd").status_code == 404


def test_the_first_pack_that_has_a_tile_gives_it(packs: TilePacks, tmp_path: Path) -> None:
    packs.add(make_pack(tmp_path / "b.mbtiles", picture("blue", "JPEG")), "b.mbtiles")
    packs.add(make_pack(tmp_path / "a.mbtiles", picture("red"), (12, 1, 1)), "a.mbtiles")
    assert get(packs, 12, 1, 1).content == picture("red")
    assert get(packs, *PLACE).headers["content-type"] == "image/jpeg"


def test_a_pack_is_there_after_a_restart_until_it_is_removed(packs: TilePacks, tmp_path: Path) -> None:
    packs.add(make_pack(tmp_path / "quito.mbtiles", picture("red")), "quito.mbtiles")
    again = TilePacks(packs.folder)
    again.open()
    try:
        assert [pack.name for pack in again.packs] == ["Quito"]
        again.remove(again.packs[0])
        assert (again.packs, again.url) == ((), "")
    finally:
        again.close()


def test_what_is_no_pack_of_pictures_is_refused_and_not_kept(packs: TilePacks, tmp_path: Path) -> None:
    text = tmp_path / "words.mbtiles"
    text.write_text("hola")
    vectors = make_pack(tmp_path / "vectors.mbtiles", b"\x1f\x8b vector tiles")
    for path in (text, vectors):
        with pytest.raises(BadPack):
            packs.add(path, path.name)
    assert not list(packs.folder.glob("*"))
    packs.folder.mkdir(exist_ok=True)
    (packs.folder / "broken.mbtiles").write_bytes(b"SQLite format 3\x00" + bytes(100))
    packs.open()
    assert packs.packs == ()


def test_a_name_cannot_leave_the_folder(packs: TilePacks, tmp_path: Path) -> None:
    pack = packs.add(make_pack(tmp_path / "x.mbtiles", picture("red")), "../../evil.mbtiles")
    assert pack.path.parent == packs.folder
    assert Pack.read(pack.path) == pack
