"""What the office decides about a receipt afterwards: again to the ERP, void, its cheque bounced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import CompanyClock, asking
from backend.http.inputs import Inputs
from backend.services.corrections import (
    NotPossible,
    bounce_cheque,
    receipt_with_bounces,
    send_again,
    void,
)
from receivables.payments import MAX_LINES


def corrections_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("corrections", __name__, url_prefix="/companies/<company>/receipts/<number>")
    couch = services.couch

    def done(company: str, number: str, correct: Callable[..., bool], **said: Any) -> ResponseReturnValue:
        try:
            there = correct(couch, company, number, by=asking().subject, now=services.now(), **said)
        except NotPossible as problem:
            raise ApiProblem(problem.code, data={"number": number}) from problem
        if not there:
            raise ApiProblem("receipt_unknown", data={"number": number})
        return receipt_with_bounces(couch, company, number) or {}

    def zone(company: str) -> ZoneInfo:
        return ZoneInfo(CompanyClock(services, company).document["timezone"])

    @routes.post("/send-again")
    def again(company: str, number: str) -> ResponseReturnValue:
        return done(company, number, send_again)

    @routes.post("/void")
    def void_receipt(company: str, number: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        reason = inputs.text("reason", longest=4000)
        inputs.check()
        return done(company, number, void, reason=reason, zone=zone(company))

    @routes.post("/bounced-cheques")
    def bounced_cheque(company: str, number: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        payment, reason = inputs.place("payment", most=MAX_LINES), inputs.text("reason", longest=4000)
        inputs.check()
        return done(company, number, bounce_cheque, payment=payment, reason=reason, zone=zone(company))

    return routes
