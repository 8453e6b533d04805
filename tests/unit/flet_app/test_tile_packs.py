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


@pytest.mark.parametrize(
    "column", ["tile_data = 1000000000000", "tile_data = 'a picture'", "zoom_level = 'near'"]
)
def test_a_pack_that_holds_something_else_where_a_picture_belongs_is_refused(
    tmp_path: Path, column: str
) -> None:
    path = make_pack(tmp_path / "strange.mbtiles", picture("green"))
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE tiles SET {column}")
    database.close()
    with pytest.raises(BadPack):
        Pack.read(path)


def test_a_pack_that_breaks_while_it_is_open_leaves_the_others_to_the_map(
    tmp_path: Path, packs: TilePacks
) -> None:
    bad = make_pack(tmp_path / "a.mbtiles", picture("red"), (12, 1, 1))
    zoom, x, y = PLACE
    with sqlite3.connect(bad) as database:
        filling = [(1, row, row, b"\x89PNG" + bytes(5000)) for row in range(200)]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", filling)
        database.execute(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)", (zoom, x, 2**zoom - 1 - y, 1_000_000_000_000)
        )
    database.close()
    packs.add(bad, "a.mbtiles")
    packs.add(make_pack(tmp_path / "b.mbtiles", picture("blue")), "b.mbtiles")
    assert get(packs, *PLACE).content == picture("blue"), "a number is no picture"
    held = packs.folder / "a.mbtiles"
    with held.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(bytes(range(256)) * 16 * 200)
    answer = get(packs, *PLACE)
    assert (answer.status_code, answer.content) == (200, picture("blue"))


def test_a_zoom_that_no_map_has_is_not_found(tmp_path: Path, packs: TilePacks) -> None:
    packs.add(make_pack(tmp_path / "good.mbtiles", picture("blue")), "good.mbtiles")
    assert get(packs, 99_999_999, 0, 0).status_code == 404
    assert get(packs, 12, 99_999_999, 99_999_999).status_code == 200
