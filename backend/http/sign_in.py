"""Signing in, renewing, and choosing another password."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.http.guard import origin_of
from backend.http.inputs import Inputs
from receivables.passwords import MINIMUM_PASSWORD, password_flaw


def sign_in_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("sign_in", __name__)

    @routes.post("/auth/login")
    def login() -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        email, password = inputs.text("email", longest=256), inputs.secret("password", longest=256)
        inputs.check()
        return services.authenticator.sign_in(email, password, origin=origin_of(request), now=services.now())

    @routes.post("/auth/password")
    def password() -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        email, old = inputs.text("email", longest=256), inputs.secret("password", longest=256)
        new = inputs.secret("new_password", longest=256)
        flaw = password_flaw(new, before=old) if new else None
        if flaw:
            inputs.fault("new_password", flaw, limit=MINIMUM_PASSWORD)
        inputs.check()
        return services.authenticator.change_password(
            email, old, new, origin=origin_of(request), now=services.now()
        )

    @routes.post("/auth/refresh")
    def refresh() -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        token = inputs.text("refresh_token", longest=256)
        attempt = inputs.text("attempt", longest=64, required=False) or None
        inputs.check()
        return services.authenticator.renew(
            token, attempt=attempt, origin=origin_of(request), now=services.now()
        )

    return routes
