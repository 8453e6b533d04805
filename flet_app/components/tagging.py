"""Names that tests and screen readers find a control by.

`identifier` never reaches a person and is never translated; `label` is spoken.
"""

from __future__ import annotations

import flet as ft


def tag(
    identifier: str, content: ft.Control, *, label: str | None = None, expand: bool | int | None = None
) -> ft.Semantics:
    """Wrap `content` so that a browser test finds it as `[flt-semantics-identifier="<identifier>"]`."""
    grow = expand if expand is not None else getattr(content, "expand", None)
    return ft.Semantics(identifier=identifier, label=label, content=content, expand=grow)
