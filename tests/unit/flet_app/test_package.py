"""What Flet's own build tool thinks of the bundle, and whether a phone can install what the app needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from flet_app.bundle import ROOT, bundle

DATA = ROOT / "tests" / "data"
MANIFEST = DATA / "python_build_manifest.json"
WHEELS: dict[str, dict[str, str | None]] = {
    version: wheels
    for version, wheels in json.loads((DATA / "android_wheels.json").read_text(encoding="utf-8")).items()
    if version != "_"
}
PROJECT = tomllib.loads((ROOT / "flet_app" / "pyproject.toml").read_text(encoding="utf-8"))
RESOLVE = ("--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check", "--no-input")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def dry_build(app: Path) -> subprocess.CompletedProcess[str]:
    return run("-m", "tests.support.dry_package", str(app), FLET_PYTHON_BUILD_MANIFEST=str(MANIFEST))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    bundle(tmp_path / "app")
    return tmp_path / "app"


def test_flets_own_tool_takes_the_bundle(app: Path) -> None:
    done = dry_build(app)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["python"] in WHEELS, "the Python of the bundle has the native wheels"
    assert (found["entry"], found["product"]) == ("main.py", "Recaudo")
    asked = [found["arguments"][at + 1] for at, each in enumerate(found["arguments"]) if each == "-r"]
    assert len(asked) == len(PROJECT["project"]["dependencies"])
    assert found["environment"]["SERIOUS_PYTHON_ALLOW_SOURCE_DISTRIBUTIONS"] == "docopt"


def test_the_app_asks_android_for_what_it_uses_and_nothing_else(app: Path) -> None:
    permissions = json.loads(dry_build(app).stdout.splitlines()[-1])["permissions"]
    asked = {name.removeprefix("android.permission.") for name, wanted in permissions.items() if wanted}
    assert asked == {
        "INTERNET", "ACCESS_NETWORK_STATE", "ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION", "CAMERA",
        "FOREGROUND_SERVICE", "FOREGROUND_SERVICE_LOCATION", "POST_NOTIFICATIONS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('module = "main"', 'module = "start"', "start.py not found"),
        ('NETWORK_STATE" = true', 'NETWORK_STATE" = "maybe"', "Invalid Android permission value"),
    ],
)
def test_flets_own_tool_stops_at_a_bundle_that_is_wrong(
    app: Path, before: str, after: str, words: str
) -> None:
    file = app / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    done = dry_build(app)
    assert done.returncode != 0
    assert words in done.stderr


def wheel_of_source(name: str, folder: Path) -> None:
    """A wheel in the place of one that a phone's build makes from source; only its metadata is looked at."""
    version = metadata.version(name)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        inside = f"{name}-{version}.dist-info"
        wheel.writestr(f"{inside}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{inside}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{inside}/RECORD", "")


def resolve(folder: Path, python: str, *wanted: str, pure: bool = False) -> list[tuple[str, str, str]] | str:
    """Name, version and file of all that pip would take for `python`, or what it says against it."""
    report = folder / "report.json"
    platform = ["--platform", "any"] if pure else []
    done = run(
        "-m", "pip", "install", *RESOLVE, "--only-binary", ":all:", "--python-version", python, *platform,
        "--target", str(folder / "nowhere"), "--find-links", str(folder), "--report", str(report), *wanted,
    )  # fmt: skip
    if done.returncode:
        return done.stderr
    return [
        (
            each["metadata"]["name"].lower().replace("_", "-"),
            each["metadata"]["version"],
            each["download_info"]["url"].rpartition("/")[2],
        )
        for each in json.loads(report.read_text(encoding="utf-8"))["install"]
    ]


@pytest.mark.parametrize("python", sorted(WHEELS))
def test_a_phone_can_install_what_the_app_needs(tmp_path: Path, python: str) -> None:
    for name in PROJECT["tool"]["flet"]["source_packages"]:
        wheel_of_source(name, tmp_path)
    built = [f"{name}=={version}" for name, version in WHEELS[python].items() if version]
    found = resolve(tmp_path, python, *PROJECT["project"]["dependencies"], *built)
    if isinstance(found, str) and "requirement flet==1.0.5 (from versions: none)" in found:
        pytest.skip("no package index can be reached")
    assert not isinstance(found, str), found
    names = {name for name, _, _ in found}
    assert names >= {"flet", "cryptography", "pillow"}
    for name, version, file in found:
        if not file.endswith("-none-any.whl") and name not in WHEELS[python]:
            also = resolve(tmp_path, python, "--no-deps", f"{name}=={version}", pure=True)
            assert not isinstance(also, str), f"{file} is native and Flet builds none of it for Android"
