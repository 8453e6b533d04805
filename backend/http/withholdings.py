"""Withholdings taken as payment: what is to be thought of them, and the office's decision."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import asking
from backend.http.inputs import Inputs
from backend.problems import LANGUAGES
from backend.services.withholding_checks import DECISIONS, AlreadyDecided, decide, list_withholdings
from receivables.payments import MAX_LINES

LONGEST_COMMENT = 4000
LONGEST_LINE = len(str(MAX_LINES))


def withholdings_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("withholdings", __name__, url_prefix="/companies/<company>/receipts/<number>")

    @routes.get("/withholdings")
    def withholdings(company: str, number: str) -> ResponseReturnValue:
        inputs = Inputs.of_query(request)
        language = inputs.choice("language", LANGUAGES, "es") or "es"
        inputs.check()
        items = list_withholdings(services.couch, company, number, language)
        if items is None:
            raise ApiProblem("receipt_unknown", data={"number": number})
        return {"items": items}

    @routes.post("/withholdings/<line>/decision")
    def decision(company: str, number: str, line: str) -> ResponseReturnValue:
        claims, inputs = asking(), Inputs.of_body(request)
        chosen = inputs.choice("decision", DECISIONS)
        comment = inputs.text("comment", longest=LONGEST_COMMENT)
        if not inputs.has("decision"):
            inputs.fault("decision", "missing")
        inputs.check()
        try:
            made = decide(
                services.couch,
                company,
                number,
                int(line) if line.isascii() and line.isdigit() and len(line) <= LONGEST_LINE else -1,
                decision=str(chosen),
                comment=comment,
                by=claims.subject,
                now=services.now(),
            )
        except AlreadyDecided as other:
            raise ApiProblem("withholding_decided", data={"decision": str(other)}) from other
        if made is None:
            raise ApiProblem("withholding_unknown", data={"number": number, "line": line})
        return made

    return routes
