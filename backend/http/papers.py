"""Papers: PDFs of what the company has on record."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import CompanyClock
from backend.http.inputs import Inputs
from backend.problems import LANGUAGES
from backend.services.papers import PaperShop
from backend.services.ride import Paper, ride_pdf
from receivables.documents import BadDocument


def papers_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("papers", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/invoices/<number>/ride")
    def invoice_ride(company: str, number: str) -> ResponseReturnValue:
        return ride(company, "invoice", number)

    @routes.get("/withholdings/<number>/ride")
    def withholding_ride(company: str, number: str) -> ResponseReturnValue:
        return ride(company, "withholding", number)

    @routes.get("/visits/<visit>/acta")
    def acta(company: str, visit: str) -> ResponseReturnValue:
        return printed(visit, shop(CompanyClock(services, company)).acta)

    @routes.get("/cash-closes/<close>/pdf")
    def cash_close(company: str, close: str) -> ResponseReturnValue:
        return printed(close, shop(CompanyClock(services, company)).cash_close)

    @routes.get("/deposits/<deposit>/pdf")
    def deposit(company: str, deposit: str) -> ResponseReturnValue:
        return printed(deposit, shop(CompanyClock(services, company)).deposit)

    @routes.get("/customers/<code>/statement")
    def statement(company: str, code: str) -> ResponseReturnValue:
        clock = CompanyClock(services, company)
        papers = shop(clock)
        return printed(code, lambda code: papers.statement(code, on=clock.today, now=clock.now))

    def shop(clock: CompanyClock) -> PaperShop:
        inputs = Inputs.of_query(request)
        language = inputs.choice("language", LANGUAGES, "es") or "es"
        inputs.check()
        company = str(clock.document["_id"]).partition(":")[2]
        return PaperShop(couch=couch, company=company, profile=clock.document, language=language)

    def ride(company: str, paper: Paper, number: str) -> ResponseReturnValue:
        made = ride_pdf(couch, company, paper, number)
        if made is None:
            raise ApiProblem("ride_unknown", data={"number": number})
        return as_pdf(made, f"RIDE-{number}")

    return routes


def printed(key: str, make: Callable[[str], bytes | None]) -> ResponseReturnValue:
    """The paper of the document `key`; raise `paper_unknown` or `paper_impossible`."""
    try:
        made = make(key)
    except BadDocument as broken:
        raise ApiProblem("paper_impossible", data={"key": key}) from broken
    if made is None:
        raise ApiProblem("paper_unknown", data={"key": key})
    return as_pdf(made, key)


def as_pdf(content: bytes, name: str) -> ResponseReturnValue:
    """Shown in the browser; saved under `name`, of which only what any file system takes is kept."""
    safe = "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "-" for each in name)
    disposition = f'inline; filename="{safe}.pdf"'
    return content, {"Content-Type": "application/pdf", "Content-Disposition": disposition}
