"""Customers, and exceptions."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import CompanyClock, asking
from backend.http.inputs import Inputs
from backend.services.customers import find_customer, list_customers
from backend.services.exceptions import STATES, close_exception, list_exceptions


def portfolio_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("portfolio", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/customers")
    def customers(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        query, collector = inputs.text("q", longest=100, required=False), inputs.collector()
        limit = inputs.limit()
        inputs.check()
        return list_customers(
            couch,
            company,
            on=clock.today,
            query=query,
            collector=collector,
            limit=limit,
            cursor=request.args.get("cursor"),
        )

    @routes.get("/customers/<code>")
    def customer(company: str, code: str) -> ResponseReturnValue:
        found = find_customer(couch, company, code, on=CompanyClock(services, company).today)
        if found is None:
            raise ApiProblem("customer_unknown", data={"code": code})
        return found

    @routes.get("/exceptions")
    def exceptions(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_query(request)
        state, limit = inputs.choice("state", STATES, "open") or "open", inputs.limit()
        inputs.check()
        return list_exceptions(couch, company, state=state, limit=limit, cursor=request.args.get("cursor"))

    @routes.post("/exceptions/<exception>/close")
    def close(company: str, exception: str) -> ResponseReturnValue:
        claims = asking()
        inputs = Inputs.of_body(request)
        comment = inputs.text("comment", longest=4000)
        inputs.check()
        closed = close_exception(
            couch, company, exception, comment=comment, by=claims.subject, now=services.now()
        )
        if closed is None:
            raise ApiProblem("exception_unknown")
        return closed

    return routes
