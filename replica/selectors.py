from __future__ import annotations
from typing import Any
def compile_selector(selector: dict[str, Any]) -> Any:
    return lambda d: all(d.get(k) == v for k, v in selector.items())
