"""What goes onto a phone: exactly the packages it needs, importable with its own dependencies alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from flet_app.bundle import ROOT, bundle

NOT_NEEDED_HERE = frozenset({"tzdata"})  # data alone; a computer has its own time zones

IMPORT_ALL = """
import importlib, json, pkgutil, sys
folder, refused = json.loads(sys.argv[1])

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"{name} is not on the phone", name=name)

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, folder)
for package in ("flet_app", "paperwork", "receivables", "replica"):
    for module in pkgutil.walk_packages([f"{folder}/{package}"], f"{package}."):
        assert importlib.import_module(module.name).__file__.startswith(folder), module.name
"""


def _project() -> dict[str, object]:
    return tomllib.loads((ROOT / "flet_app" / "pyproject.toml").read_text(encoding="utf-8"))


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _carried_distributions() -> set[str]:
    """Return what the app's dependencies bring along, by the metadata of what is installed here."""
    todo = [Requirement(text) for text in _project()["project"]["dependencies"]]  # type: ignore[index]
    found: set[str] = set()
    while todo:
        wanted = todo.pop()
        if _name(wanted.name) in found | NOT_NEEDED_HERE:
            continue
        found.add(_name(wanted.name))
        for text in metadata.requires(wanted.name) or ():
            one = Requirement(text)
            phone = {"sys_platform": "android", "platform_system": "Android", "extra": ""}
            if one.marker is None or one.marker.evaluate(phone):
                todo.append(one)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bundle(tmp_path / "app")
    return tmp_path / "app"


def test_a_phone_carries_four_packages_and_nothing_of_the_centre(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "flet_app",
        "main.py",
        "paperwork",
        "pyproject.toml",
        "receivables",
        "replica",
    }
    assert not (folder / "replica" / "server").exists()
    assert not (folder / "flet_app" / "supervisor").exists()
    assert not list(folder.rglob("__pycache__"))


def test_a_phone_carries_its_languages_and_fonts(folder: Path) -> None:
    assert (folder / "flet_app/locales/es/LC_MESSAGES/collector.po").is_file()
    assert {path.name for path in (folder / "paperwork/fonts").iterdir()} == {
        "DejaVuSansCondensed.ttf",
        "DejaVuSansCondensed-Bold.ttf",
        "LICENSE",
    }


def test_everything_on_a_phone_imports_with_its_own_dependencies_alone(folder: Path) -> None:
    carried = _carried_distributions()
    refused = [
        module
        for module, owners in metadata.packages_distributions().items()
        if not carried & {_name(owner) for owner in owners}
    ]
    refused += ["backend", "schedulers", "tests", "bench"]
    assert {"flask", "shapely"} <= set(refused)
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT_ALL, json.dumps([str(folder), refused])],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_an_earlier_bundle_is_replaced_and_anything_else_is_left_alone(folder: Path) -> None:
    (folder / "stale.py").touch()
    bundle(folder)
    assert not (folder / "stale.py").exists()
    other = folder.parent / "other"
    other.mkdir()
    (other / "thesis.txt").touch()
    with pytest.raises(FileExistsError):
        bundle(other)
    assert (other / "thesis.txt").exists()
