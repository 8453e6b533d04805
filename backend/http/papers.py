"""Papers: PDFs of what the company has on record."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.services.ride import Paper, ride_pdf


def papers_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("papers", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/invoices/<number>/ride")
    def invoice_ride(company: str, number: str) -> ResponseReturnValue:
        return _ride(company, "invoice", number)

    @routes.get("/withholdings/<number>/ride")
    def withholding_ride(company: str, number: str) -> ResponseReturnValue:
        return _ride(company, "withholding", number)

    def _ride(company: str, paper: Paper, number: str) -> ResponseReturnValue:
        made = ride_pdf(couch, company, paper, number)
        if made is None:
            raise ApiProblem("ride_unknown", data={"number": number})
        return as_pdf(made, f"RIDE-{number}")

    return routes


def as_pdf(content: bytes, name: str) -> ResponseReturnValue:
    """Shown in the browser; saved under `name`, of which only what any file system takes is kept."""
    safe = "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "-" for each in name)
    disposition = f'inline; filename="{safe}.pdf"'
    return content, {"Content-Type": "application/pdf", "Content-Disposition": disposition}
