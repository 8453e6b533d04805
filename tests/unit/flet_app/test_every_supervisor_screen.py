"""Every page of the supervisor, read from the map of the app, in both languages: names and words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from flet_app.supervisor import main
from flet_app.supervisor.session import Session
from flet_app.supervisor.views.settings.sections import SECTIONS
from tests.support import screen_audit
from tests.support.flet_harness import Screen
from tests.support.languages import foreign, listened_to
from tests.unit.flet_app.test_supervisor_screens import a_day, look

PARAMETERS = {":number": "R0001-00000001"}
SETTINGS = main.SETTINGS_ROOT.strip("/")


def paths() -> list[str]:
    """The paths that `main.py` names, and those of the sections of the settings."""
    named = [
        keyword.value.value
        for node in ast.walk(ast.parse(Path(main.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Route"
        for keyword in node.keywords
        if keyword.arg == "path" and isinstance(keyword.value, ast.Constant)
    ]
    named.append(SETTINGS)
    inside = [f"{SETTINGS}/{each.path}" for each in SECTIONS]
    filled = ["/".join(PARAMETERS.get(part, part) for part in path.split("/")) for path in named + inside]
    return sorted({f"/{path.strip('/')}" for path in filled})


@pytest.mark.parametrize("locale", ["es_EC", "en_US"])
def test_every_page_is_named_and_in_one_language(monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    untranslated = listened_to(monkeypatch)
    findings: set[str] = set()
    names = ("Comercial El Rosal", "Distribuidora Andina", "Ana Quishpe", "Bruno Cevallos")

    async def story(screen: Screen, _session: Session) -> None:
        for path in paths():
            await screen.go(path)
            await screen.settle()
            found = screen_audit.tree(screen)
            assert found, path
            wrong = [*screen_audit.unnamed(found), *foreign(found, locale[:2], names=names, own=str(state))]
            findings.update(f"{path}: {each}" for each in wrong)

    state = a_day()
    state.locale = locale
    look(state, story, route="/")
    assert not findings, "\n".join(sorted(findings))
    assert not untranslated


def test_the_map_of_the_app_is_read() -> None:
    assert {"/", "/mapa", "/cobros/R0001-00000001", f"/{SETTINGS}"} <= set(paths())
