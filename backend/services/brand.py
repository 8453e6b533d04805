"""The company's look as the office sets it: its name and colour, and its logo."""

from __future__ import annotations

import base64
from collections.abc import Callable

from backend.companies import find_company
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from paperwork.logo import Logo, logo_in, read_logo
from receivables.brand import logo_id
from receivables.documents import SCHEMA
from receivables.validation import Problem

ATTEMPTS = 12


def find_logo(couch: Couch, company: str) -> bytes | None:
    """The picture that papers carry, or None."""
    return logo_in(couch.get(company, logo_id(company)))


def describe_brand(couch: Couch, company: str) -> Json:
    """`{name, seed_color, logo}`; the logo is a PNG in base64, or null. Raise NotFound."""
    known = find_company(couch, company) or {}
    picture = find_logo(couch, company)
    return {
        "name": known.get("name"),
        "seed_color": known.get("seed_color"),
        "logo": None if picture is None else base64.b64encode(picture).decode(),
    }


def save_brand(couch: Couch, company: str, *, name: str, seed_color: str) -> None:
    """Write the name and the colour over what stands. Raise NotFound, Conflict."""
    _write(
        couch, company, f"company:{company}", lambda body: {**body, "name": name, "seed_color": seed_color}
    )


def take_logo(couch: Couch, company: str, content: bytes) -> Problem | None:
    """Set the logo in a PNG or JPEG file, or return why it can't be one. Raise NotFound, Conflict."""
    logo = read_logo(content)
    if isinstance(logo, Problem):
        return logo
    save_logo(couch, company, logo)
    return None


def save_logo(couch: Couch, company: str, logo: Logo | None) -> None:
    """Set the logo, or with None take it away; the phones follow. Raise NotFound, Conflict."""
    picture = None if logo is None else base64.b64encode(logo.picture).decode()
    body: Json = {"schema": SCHEMA, "picture": picture}
    if logo is not None:
        body |= {"width": logo.width, "height": logo.height}
    _write(couch, company, logo_id(company), lambda _before: body)


def _write(couch: Couch, company: str, doc_id: str, change: Callable[[Json], Json]) -> None:
    """Let the document say what `change` makes of it; nothing is written where it says so already."""
    for _ in range(ATTEMPTS):
        standing = couch.get(company, doc_id) or {}
        body = {name: value for name, value in standing.items() if not name.startswith("_")}
        wanted = change(body)
        if wanted == body:
            return
        rev = {"_rev": standing["_rev"]} if standing else {}
        try:
            couch.put(company, {"_id": doc_id, **wanted, **rev})
        except Conflict:
            continue
        return
    raise Conflict(f"{company}/{doc_id}", "conflict", "another process keeps writing it")
