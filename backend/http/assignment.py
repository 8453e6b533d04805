"""Who serves whom: one customer at a time, and plans that are shown, carried out and taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.couch.client import Json
from backend.errors import ApiProblem
from backend.http.guard import CompanyClock, asking
from backend.http.inputs import Inputs
from backend.services.assignment_plans import PlanRefused, apply_plan, find_plan, undo_plan
from backend.services.assignment_preview import (
    MOST_CUSTOMERS,
    MOST_MOVES,
    Mode,
    TooMany,
    Wish,
    preview,
)
from backend.services.assignments import PhoneFull, UnknownCollector, UnknownCustomer, assign
from receivables.assignments import DOCUMENTS_TOO_MANY, Weights
from receivables.identifiers import new_ulid

MODES = tuple(mode.value for mode in Mode)
HIGHEST_WEIGHT = 1000.0


def assignment_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("assignment", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.put("/assignments/<customer>")
    def assignment(company: str, customer: str) -> ResponseReturnValue:
        claims = asking()
        inputs = Inputs.of_body(request)
        collector = inputs.collector()
        if not inputs.has("collector"):
            inputs.fault("collector", "missing")
        inputs.check()
        try:
            document = assign(
                couch,
                company,
                customer=customer,
                collector=collector,
                by=claims.subject,
                now=services.now(),
            )
        except UnknownCustomer as unknown:
            raise ApiProblem("customer_unknown", data={"code": customer}) from unknown
        except UnknownCollector as unknown:
            raise ApiProblem("collector_unknown", data={"code": collector}) from unknown
        except PhoneFull as full:
            raise ApiProblem("collector_full", data={"limit": DOCUMENTS_TOO_MANY}) from full
        return {key: document[key] for key in ("customer", "collector", "assigned_at", "by")}

    @routes.post("/assignment-plans")
    def plan_assignments(company: str) -> ResponseReturnValue:
        claims = asking()
        clock, wish = CompanyClock(services, company), _wish(Inputs.of_body(request))
        now = services.now()
        try:
            document = preview(
                couch,
                company,
                wish,
                plan=new_ulid(now, services.random_bytes(10)),
                by=claims.subject,
                on=clock.today,
                currency=clock.currency,
                now=now,
            )
        except UnknownCollector as unknown:
            raise ApiProblem("collector_unknown", data={"code": str(unknown)}) from unknown
        except TooMany as problem:
            limits = {"customers": MOST_CUSTOMERS, "moves": MOST_MOVES}
            raise ApiProblem("plan_too_large", data=limits) from problem
        return _describe(document), 201

    @routes.get("/assignment-plans/<plan>")
    def plan_of_assignments(company: str, plan: str) -> ResponseReturnValue:
        return _describe(_found(find_plan(couch, company, plan)))

    @routes.post("/assignment-plans/<plan>/apply")
    def apply(company: str, plan: str) -> ResponseReturnValue:
        claims = asking()
        try:
            return _found(apply_plan(couch, company, plan, by=claims.subject, now=services.now()))
        except PlanRefused as refused:
            raise ApiProblem(str(refused), data={"limit": DOCUMENTS_TOO_MANY}) from refused

    @routes.post("/assignment-plans/<plan>/undo")
    def undo(company: str, plan: str) -> ResponseReturnValue:
        claims = asking()
        try:
            return _found(undo_plan(couch, company, plan, by=claims.subject, now=services.now()))
        except PlanRefused as refused:
            raise ApiProblem(str(refused)) from refused

    return routes


def _wish(inputs: Inputs) -> Wish:
    mode = inputs.choice("mode", MODES)
    if not inputs.has("mode"):
        inputs.fault("mode", "missing")
    customers = inputs.codes("customers", most=MOST_CUSTOMERS)
    collectors = inputs.codes("collectors", most=MOST_CUSTOMERS)
    collector = inputs.collector()
    if mode == Mode.MANUAL:
        if customers is None:
            inputs.fault("customers", "missing")
        if not inputs.has("collector"):
            inputs.fault("collector", "missing")
    default = Weights()
    names = ("customers", "amount", "travel", "stickiness")
    weights = {
        name: inputs.factor(f"weight_{name}", default=getattr(default, name), high=HIGHEST_WEIGHT)
        for name in names
    }
    if weights["customers"] + weights["amount"] <= 0:
        inputs.fault("weight_customers", "not_a_number", low=1, high=HIGHEST_WEIGHT)
    most_customers = inputs.count("most_customers", low=1, high=MOST_CUSTOMERS)
    inputs.check()
    return Wish(
        mode=Mode(str(mode)),
        customers=customers,
        collector=collector,
        collectors=collectors,
        most_customers=most_customers,
        weights=Weights(**weights),
    )


def _found(answer: Json | None) -> Json:
    if answer is None:
        raise ApiProblem("plan_unknown")
    return answer


def _describe(document: Json) -> dict[str, Any]:
    body = {key: value for key, value in document.items() if not key.startswith("_") and key != "schema"}
    return {"plan": document["_id"].partition(":")[2], **body}
