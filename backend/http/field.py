"""What happened in the field: the day's figures, collectors, visits and receipts."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import CompanyClock
from backend.http.inputs import Inputs
from backend.http.papers import as_pdf
from backend.services.corrections import receipt_with_bounces
from backend.services.figures import list_collectors, summarise_day
from backend.services.photos import picture_of
from backend.services.receipt_paper import receipt_pdf
from backend.services.receipts import STATES, list_receipts
from backend.services.visits import list_visits


def field_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("field", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/summary")
    def summary(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        on = inputs.day("on", clock.today)
        inputs.check()
        return summarise_day(couch, company, on=on, currency=clock.currency)

    @routes.get("/collectors")
    def collectors(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        on = inputs.day("on", clock.today)
        inputs.check()
        return {"items": list_collectors(couch, company, on=on, currency=clock.currency, today=clock.today)}

    @routes.get("/visits")
    def visits(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        on, collector = inputs.day("on", clock.today), inputs.collector()
        limit, cursor = inputs.limit(), request.args.get("cursor")
        inputs.check()
        return list_visits(couch, company, on=on, collector=collector, limit=limit, cursor=cursor)

    @routes.get("/photos/<photo>")
    def picture(company: str, photo: str) -> ResponseReturnValue:
        found = picture_of(couch, company, photo)
        if found is None:
            raise ApiProblem("photo_unknown", data={"photo": photo})
        # whatever its document calls it: a browser takes it for a picture and for nothing else
        return found, {"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=86400"}

    @routes.get("/receipts")
    def receipts(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        on, collector = inputs.day("on", clock.today), inputs.collector()
        state, limit = inputs.choice("state", STATES), inputs.limit()
        inputs.check()
        return list_receipts(
            couch,
            company,
            on=on,
            currency=clock.currency,
            collector=collector,
            state=state,
            limit=limit,
            cursor=request.args.get("cursor"),
        )

    @routes.get("/receipts/<number>")
    def receipt(company: str, number: str) -> ResponseReturnValue:
        found = receipt_with_bounces(couch, company, number)
        if found is None:
            raise ApiProblem("receipt_unknown", data={"number": number})
        return found

    @routes.get("/receipts/<number>/pdf")
    def pdf(company: str, number: str) -> ResponseReturnValue:
        clock = CompanyClock(services, company)
        paper = receipt_pdf(couch, company, number, profile=clock.document)
        if paper is None:
            raise ApiProblem("receipt_unknown", data={"number": number})
        return as_pdf(paper, number)

    return routes
