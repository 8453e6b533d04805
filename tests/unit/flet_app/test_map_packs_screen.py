"""Map packs taken from a file of the phone: kept, told of, used by the map, and removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet_map as fm
import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_tile_packs import make_pack, picture


def picked(path: Path, *, with_path: bool) -> list[dict[str, Any]]:
    """What the client answers: a native one has a path, a browser sends the bytes."""
    content = path.read_bytes()
    file: dict[str, Any] = {"id": 1, "name": path.name, "size": len(content)}
    return [{**file, "path": str(path)} if with_path else {**file, "bytes": content}]


@pytest.mark.parametrize("with_path", [True, False], ids=["android", "browser"])
def test_a_pack_is_taken_used_and_let_go(tmp_path: Path, *, with_path: bool) -> None:
    source = make_pack(tmp_path / "quito.mbtiles", picture("red"))
    folder = tmp_path / "phone"

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas")
        await screen.tap("open-packs")
        assert screen.says("Este teléfono no tiene ningún paquete de mapa.")
        await screen.tap("pack-add")
        await screen.until(lambda: screen.has("pack-remove-quito"), "the pack is kept")
        assert screen.says("Quito")
        assert screen.says("© OpenStreetMap")
        await screen.go("/mapa")
        layers = next(each for each in screen.walk() if isinstance(each, fm.Map)).layers
        assert isinstance(layers[0], fm.TileLayer)
        await screen.go("/mas/mapas")
        await screen.tap("pack-remove-quito")
        await screen.until(lambda: not phone.maps.packs, "it is let go")
        assert source.exists(), "the file that it was taken from stays"
        assert not list((folder / "maps").glob("*.mbtiles"))

    walk(folder, story, answers={"pick_files": picked(source, with_path=with_path)})


def test_a_file_that_is_no_pack_is_refused_in_words(tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_text("hola")

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas/mapas")
        await screen.tap("pack-add")
        await screen.until(lambda: screen.says("no es un paquete de mapa"), "it says so")
        assert phone.maps.packs == ()

    walk(tmp_path / "phone", story, answers={"pick_files": picked(source, with_path=True)})
