"""The import table of docs/architecture.md, executed: a layer imports only what it is allowed to."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALLOWED: dict[str, set[str]] = {
    "receivables": set(),
    "replica": {"httpx"},
    "replica/server": {"httpx", "flask", "werkzeug", "quickjs", "jwt", "cryptography"},
    "paperwork": {"receivables", "fpdf", "defusedxml", "segno", "barcode", "num2words", "PIL"},
    "backend": {
        "receivables", "paperwork", "ibmcloudant", "ibm_cloud_sdk_core", "requests", "flask", "werkzeug",
        "waitress", "jwt", "cryptography", "sqlalchemy", "psycopg", "shapely", "httpx", "pyvrp", "holidays",
        "openpyxl",
    },
    "backend/demo": {
        "receivables", "backend", "ibmcloudant", "sqlalchemy", "aiosmtpd", "honcho", "httpx", "shapely",
    },
    "schedulers": {"backend", "receivables", "apscheduler"},
    "flet_app": {
        "receivables", "replica", "paperwork", "flet", "flet_web", "flet_map", "flet_geolocator",
        "flet_camera", "flet_permission_handler", "httpx", "babel", "cryptography", "starlette", "uvicorn",
    },
}  # fmt: skip


def files_of(layer: str) -> Iterator[Path]:
    nested = [ROOT / other for other in ALLOWED if other.startswith(f"{layer}/")]
    for path in sorted((ROOT / layer).rglob("*.py")):
        if not any(path.is_relative_to(folder) for folder in nested):
            yield path


def imported_roots(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (top-level package, dotted name) of everything `path` imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            yield str(node.module).partition(".")[0], str(node.module)


@pytest.mark.parametrize("layer", ALLOWED)
def test_layer_imports_only_what_the_table_allows(layer: str) -> None:
    allowed = ALLOWED[layer] | {layer.partition("/")[0]}
    strays = {
        f"{path.relative_to(ROOT)} imports {dotted}"
        for path in files_of(layer)
        for root, dotted in imported_roots(path)
        if root not in allowed and root not in sys.stdlib_module_names
    }
    assert not strays


def test_the_store_on_the_phone_does_not_reach_into_the_server() -> None:
    strays = {
        f"{path.relative_to(ROOT)} imports {dotted}"
        for path in files_of("replica")
        for _root, dotted in imported_roots(path)
        if dotted.startswith("replica.server")
    }
    assert not strays


def test_the_backend_stands_without_its_demo() -> None:
    strays = {
        f"{path.relative_to(ROOT)} imports {dotted}"
        for path in files_of("backend")
        for _root, dotted in imported_roots(path)
        if dotted.startswith("backend.demo")
    }
    assert not strays
