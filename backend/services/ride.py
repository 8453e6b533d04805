"""The RIDE of an invoice or a withholding, from the XML that the ERP gave with it."""

from __future__ import annotations

from typing import Literal

from backend.couch.client import Couch
from backend.services.brand import find_logo
from paperwork.packed_xml import read_packed
from paperwork.ride import render_ride
from receivables.validation import Problem

Paper = Literal["invoice", "withholding"]


def ride_pdf(couch: Couch, company: str, paper: Paper, number: str) -> bytes | None:
    """The PDF, or None where there is no such paper or the ERP gave no XML of it."""
    document = couch.get(company, f"{paper}:{number}") or {}
    packed = document.get("electronic")
    read = read_packed(packed) if isinstance(packed, str) else None
    if read is None or isinstance(read, Problem):
        return None
    return render_ride(read, logo=find_logo(couch, company))
