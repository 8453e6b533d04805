"""Whatever stands in a path, every route answers in a sentence of its own and none of them breaks."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from backend.http.rules import RULES
from tests.support.office import Office

STRANGE = [
    "_design", "_all_docs", "..", "%", "\x00", "a\r\nb", '"', "x" * 5000, "😀", "R0001-00000001", "9" * 5000,
    "{company}", "photo:_design", "exception:", "2026-11", "\ufffe",
]  # fmt: skip
ROUTES = [name for name in RULES if "<company>/" in name and "<" in name.partition("<company>/")[2]]


@pytest.mark.parametrize("name", ROUTES)
def test_a_strange_path_breaks_no_route(office: Office, name: str) -> None:
    method, _, pattern = name.partition(" ")
    alba = office.as_("alba")
    for strange in STRANGE:
        path = re.sub(r"<\w+>", quote(strange, safe=""), pattern.removeprefix("/companies/<company>"))
        answer = alba.send(method, path, **({} if method in {"GET", "DELETE"} else {"json": {}}))
        assert answer.status_code < 500, (path[:80], answer.text)
        if answer.status_code >= 400:
            assert answer.get_json()["code"], path[:80]
