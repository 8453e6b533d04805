"""Taking in what a phone could not send, from the file that it sealed for the office."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.services.recovery import take_in
from receivables.recovery import BadRecovery

LARGEST_RECOVERY = 32 * 1024 * 1024
"""Bytes of a sealed file: some days of a collector, with photographs."""


def recovery_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("recovery", __name__, url_prefix="/companies/<company>")

    @routes.post("/recoveries")
    def recover(company: str) -> ResponseReturnValue:
        request.max_content_length = LARGEST_RECOVERY
        try:
            report = take_in(services.couch, company, request.get_data(), services.recovery_key(company))
        except BadRecovery as bad:
            raise ApiProblem(str(bad)) from bad
        return report.to_json()

    return routes
