"""The goals of collectors: what is expected of each in a month."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import CompanyClock, asking
from backend.http.inputs import Inputs
from backend.services.assignments import UnknownCollector
from backend.services.goals import give_back_goal, list_goals, save_goal
from receivables.goals import AMOUNTS, COUNTS
from receivables.money import MAX_MINOR

MOST_VISITS = 100_000


def goals_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("goals", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/goals")
    def goals(company: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_query(request)
        month = inputs.month("month", f"{clock.today:%Y-%m}")
        inputs.check()
        return {
            "month": month,
            "items": list_goals(couch, company, month=month, currency=clock.currency),
        }

    @routes.put("/goals/<collector>/<month>")
    def goal(company: str, collector: str, month: str) -> ResponseReturnValue:
        clock, inputs = CompanyClock(services, company), Inputs.of_body(request)
        _check_month(month)
        targets = {name: inputs.count(name, low=1, high=MAX_MINOR) for name in AMOUNTS}
        targets |= {name: inputs.count(name, low=1, high=MOST_VISITS) for name in COUNTS}
        inputs.check()
        try:
            return save_goal(
                couch, company, collector=collector, month=month, targets=targets,
                currency=clock.currency, by=asking().subject, now=clock.now,
            )  # fmt: skip
        except UnknownCollector as unknown:
            raise ApiProblem("collector_unknown", data={"code": collector}) from unknown

    @routes.delete("/goals/<collector>/<month>")
    def goal_given_back(company: str, collector: str, month: str) -> ResponseReturnValue:
        clock = CompanyClock(services, company)
        _check_month(month)
        try:
            return give_back_goal(couch, company, collector=collector, month=month, currency=clock.currency)
        except UnknownCollector as unknown:
            raise ApiProblem("collector_unknown", data={"code": collector}) from unknown

    return routes


def _check_month(month: str) -> None:
    inputs = Inputs({"month": month})
    inputs.month("month", "")
    inputs.check()
