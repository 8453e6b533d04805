"""The code by which a phone whose clock was put back records receipts again."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem, FieldError
from backend.http.guard import asking
from backend.http.inputs import Inputs
from backend.services.clock_codes import PhoneShutOut, give_clock_code
from receivables.clock_codes import BadChallenge

LONGEST_NUMBER = 40
"""Characters, blanks and dashes included."""


def clock_codes_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("clock_codes", __name__, url_prefix="/companies/<company>/devices/<device>")

    @routes.post("/clock-codes")
    def accept_clock(company: str, device: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        number = inputs.text("number", longest=LONGEST_NUMBER)
        inputs.check()
        key, by = services.recovery_key(company), asking().subject
        try:
            given = give_clock_code(
                services.couch, company, device, number, key=key, by=by, now=services.now()
            )
        except BadChallenge as misheard:
            fault = FieldError("number", "not_a_clock_number")
            raise ApiProblem("request_invalid", errors=[fault]) from misheard
        except PhoneShutOut as shut_out:
            raise ApiProblem("device_shut_out") from shut_out
        if given is None:
            raise ApiProblem("device_unknown")
        return given, 201

    return routes
