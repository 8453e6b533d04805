"""Where collectors go in worked hours, and which hours those are."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.http.guard import CompanyClock
from backend.http.inputs import Inputs
from backend.services.tracking import describe_tracking, read_track, save_tracking
from receivables.documents import BadDocument

FIELDS = frozenset(
    {"active", "days", "from", "to", "metres", "seconds", "accuracy", "send_minutes", "retention_days"}
)


def tracking_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("tracking", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/collectors/<collector>/track")
    def track(company: str, collector: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        on = inputs.day("on", clock.today)
        inputs.check()
        return read_track(couch, company, collector=collector, on=on, zone=clock.zone)

    @routes.get("/tracking")
    def tracking(company: str) -> ResponseReturnValue:
        return describe_tracking(couch, company)

    @routes.put("/tracking")
    def tracking_saved(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        wish = inputs.given(FIELDS)
        if not isinstance(wish.get("active", False), bool):
            inputs.fault("active", "not_a_choice", choices="true, false")
        inputs.check()
        try:
            save_tracking(couch, company, wish)
        except BadDocument:
            inputs.fault("tracking", "not_hours")
        inputs.check()
        return describe_tracking(couch, company)

    return routes
