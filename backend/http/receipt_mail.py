"""Whether customers get their receipts by e-mail."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.http.guard import CompanyClock
from backend.http.inputs import Inputs
from backend.mail.addresses import BadAddress, addresses_in
from backend.services.receipt_mail_policy import describe_receipt_mail, save_receipt_mail

LONGEST_REPLY_TO = 256


def receipt_mail_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("receipt_mail", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    def described(company: str) -> ResponseReturnValue:
        clock = CompanyClock(services, company)
        return describe_receipt_mail(couch, company, profile=clock.document, on=clock.today)

    @routes.get("/receipt-mail")
    def receipt_mail(company: str) -> ResponseReturnValue:
        return described(company)

    @routes.put("/receipt-mail")
    def receipt_mail_saved(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        given = inputs.given({"active", "from_on"})
        active = given.get("active")
        if not isinstance(active, bool):
            inputs.fault("active", "missing" if active is None else "not_a_choice", choices="true, false")
        from_on = inputs.day("from_on", None)
        if active is True and not given.get("from_on"):
            inputs.fault("from_on", "missing")
        reply_to = inputs.text("reply_to", longest=LONGEST_REPLY_TO, required=False) or None
        try:
            addresses_in(reply_to)
        except BadAddress:
            inputs.fault("reply_to", "not_an_email")
        inputs.check()
        save_receipt_mail(couch, company, active=bool(active), from_on=from_on, reply_to=reply_to)
        return described(company)

    return routes
