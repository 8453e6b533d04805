"""A company's look: the name and the colour in `company:<code>`, the picture in `logo:<code>`.

They are two documents because everybody reads the first with each request, and the second weighs fifty times
as much. Both go to every phone.
"""

from __future__ import annotations

import re

LONGEST_NAME = 120

_SEED = re.compile(r"#[0-9A-Fa-f]{6}")


def logo_id(company: str) -> str:
    return f"logo:{company}"


def is_seed_color(text: str) -> bool:
    """`#0B6E4F`: the one colour that both apps' schemes are derived from."""
    return _SEED.fullmatch(text) is not None
