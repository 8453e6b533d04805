"""`python -m flet_app.bundle FOLDER`: what a phone carries, ready for `flet build apk FOLDER`.

An allow-list: a new package stays at home until it is named here.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CARRIED = ("flet_app", "paperwork", "receivables", "replica")
AT_HOME = frozenset(
    {
        "flet_app/bundle.py",
        "flet_app/collector/__main__.py",  # this and web.py serve a browser from a computer
        "flet_app/supervisor",
        "flet_app/web.py",
        "replica/server",
    }
)
DATA = frozenset({".py", ".po", ".ttf"})
START = '''"""Where Flet starts the app on a phone."""

import flet as ft

from flet_app.main import main

ft.run(main)
'''


def carried_files(root: Path = ROOT) -> list[str]:
    """Return the paths that a phone carries, relative to `root`, sorted."""
    found = []
    for package in CARRIED:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root)
            at_home = AT_HOME & {name.as_posix(), *(parent.as_posix() for parent in name.parents)}
            if path.is_file() and not at_home and (path.suffix in DATA or path.name == "LICENSE"):
                found.append(name.as_posix())
    return sorted(found)


def bundle(folder: Path, root: Path = ROOT) -> list[str]:
    """Write the bundle into `folder`, which must be empty, absent or an earlier bundle; return its paths."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "flet_app" / "main.py").is_file():
        raise FileExistsError(f"{folder} holds something else than a bundle")
    shutil.rmtree(folder, ignore_errors=True)
    names = carried_files(root)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, folder / name)
    shutil.copyfile(root / "flet_app" / "pyproject.toml", folder / "pyproject.toml")
    (folder / "main.py").write_text(START, encoding="utf-8")
    return sorted([*names, "main.py", "pyproject.toml"])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m flet_app.bundle FOLDER")
    target = Path(sys.argv[1])
    try:
        written = bundle(target)
    except FileExistsError as error:
        sys.exit(str(error))
    size = sum((target / name).stat().st_size for name in written)
    sys.stdout.write(f"{target}: {len(written)} files, {size / 1e6:.1f} MB; next: flet build apk {target}\n")
