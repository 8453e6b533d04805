"""The API's own description, OpenAPI 3.1, served at /api/v1/openapi.json and compared with the routes by a
test.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from backend.problems import FIELD_PROBLEMS, PROBLEMS
from backend.services.receipts import STATES

FILE = Path(__file__).with_name("openapi.json")


@cache
def openapi_document() -> dict[str, Any]:
    """The file beside this module, with the codes of problems and states that the program itself knows."""
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    schemas["Problem"]["properties"]["code"]["enum"] = sorted(PROBLEMS)
    schemas["FieldProblem"]["properties"]["code"]["enum"] = sorted(FIELD_PROBLEMS)
    schemas["ReceiptState"]["enum"] = list(STATES)
    return document
