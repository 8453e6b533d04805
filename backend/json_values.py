"""JSON from outside, as far as a database can keep it and a browser read it again.

Python reads more than JSON is (RFC 8259): `NaN`, numbers beyond every float, half of a surrogate pair.
CouchDB takes none of them, and refuses with them whatever else stands in the request.
"""

from __future__ import annotations

import json
import math
from typing import Any


def read_json(text: str | bytes) -> Any:
    """The value that `text` spells; raise ValueError where it is no JSON, or nested beyond all sense."""
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def is_whole_text(value: Any) -> bool:
    """False where any text in the value has half of a surrogate pair, which JSON can spell."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond every float")
    return number
