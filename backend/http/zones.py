"""The zones of a company: areas on the map, each perhaps with the collector who serves it."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import asking
from backend.http.inputs import Inputs
from backend.services.assignments import UnknownCollector
from backend.services.zones import list_zones, remove_zone, save_zone
from backend.zones import BadZone
from receivables.identifiers import is_code


def zones_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("zones", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/zones")
    def zones(company: str) -> ResponseReturnValue:
        return {"items": list_zones(couch, company)}

    @routes.put("/zones/<code>")
    def zone(company: str, code: str) -> ResponseReturnValue:
        claims = asking()
        inputs = Inputs.of_body(request)
        name, collector = inputs.text("name", longest=200), inputs.collector()
        boundary = inputs.record("boundary")
        if not is_code(code):
            inputs.fault("code", "not_a_code")
        inputs.check()
        try:
            return save_zone(
                couch,
                company,
                code,
                name=name,
                collector=collector,
                boundary=boundary,
                by=claims.subject,
                now=services.now(),
            )
        except UnknownCollector as unknown:
            raise ApiProblem("collector_unknown", data={"code": collector}) from unknown
        except BadZone as bad:
            inputs.fault("boundary", "not_an_area")
            inputs.check()
            raise AssertionError("a fault was noted") from bad

    @routes.delete("/zones/<code>")
    def zone_removed(company: str, code: str) -> ResponseReturnValue:
        if not is_code(code) or not remove_zone(couch, company, code):
            raise ApiProblem("zone_unknown", data={"code": code})
        return "", 204

    return routes
