"""Signing in, renewing, and enrolling a phone."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import asking, origin_of
from backend.http.inputs import Inputs
from backend.services.accounts import find_account
from backend.services.enrolment import database_of, enrol_device


def sign_in_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("sign_in", __name__)

    @routes.post("/auth/login")
    def login() -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        email, password = inputs.text("email", longest=256), inputs.secret("password", longest=256)
        inputs.check()
        return services.authenticator.sign_in(email, password, origin=origin_of(request), now=services.now())

    @routes.post("/auth/refresh")
    def refresh() -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        token = inputs.text("refresh_token", longest=256)
        attempt = inputs.text("attempt", longest=64, required=False) or None
        inputs.check()
        return services.authenticator.renew(
            token, attempt=attempt, origin=origin_of(request), now=services.now()
        )

    @routes.post("/companies/<company>/devices")
    def enrol(company: str) -> ResponseReturnValue:
        claims = asking()
        inputs = Inputs.of_body(request)
        name, public_key = inputs.text("name", longest=100), inputs.ed25519_key("public_key")
        inputs.check()
        account = find_account(services.couch, claims.subject)
        collector = account.collectors.get(company) if account else None
        if collector is None:
            raise ApiProblem("not_a_collector")
        device = enrol_device(
            services.couch,
            company=company,
            collector=collector,
            email=claims.subject,
            name=name,
            public_key=public_key,
            now=services.now(),
            random_bytes=services.random_bytes,
        )
        tokens = services.authenticator.tokens_of_device(company, device, services.now())
        return {
            "device": device.id,
            "series": device.series,
            "collector": device.collector,
            "database": database_of(company, device),
            "couchdb_url": services.settings.public_couchdb_url,
            **tokens,
        }, 201

    return routes
