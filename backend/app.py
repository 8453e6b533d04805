"""The Flask application: blueprints under /api/v1, and every failure as a problem document."""

from __future__ import annotations

import json
import logging
import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from backend.bootstrap import Services
from backend.couch.errors import Conflict, CouchError, NotFound
from backend.errors import CONTENT_TYPE, ApiProblem, FieldError
from backend.http.assignment import assignment_blueprint
from backend.http.audit import audit_blueprint
from backend.http.brand import brand_blueprint
from backend.http.clock_codes import clock_codes_blueprint
from backend.http.corrections import corrections_blueprint
from backend.http.devices import devices_blueprint
from backend.http.erp import erp_blueprint
from backend.http.field import field_blueprint
from backend.http.goals import goals_blueprint
from backend.http.guard import add_guard
from backend.http.inputs import LARGEST_BODY
from backend.http.openapi import openapi_document
from backend.http.papers import papers_blueprint
from backend.http.people import people_blueprint
from backend.http.portfolio import portfolio_blueprint
from backend.http.receipt_mail import receipt_mail_blueprint
from backend.http.recovery import recovery_blueprint
from backend.http.rules import PREFIX, check_rules
from backend.http.sign_in import sign_in_blueprint
from backend.http.tracking import tracking_blueprint
from backend.http.wiping import wiping_blueprint
from backend.http.withholdings import withholdings_blueprint
from backend.http.zones import zones_blueprint
from backend.problems import LANGUAGES
from backend.services.pages import BadCursor

BLUEPRINTS = (
    sign_in_blueprint,
    devices_blueprint,
    clock_codes_blueprint,
    people_blueprint,
    field_blueprint,
    papers_blueprint,
    corrections_blueprint,
    withholdings_blueprint,
    erp_blueprint,
    portfolio_blueprint,
    assignment_blueprint,
    zones_blueprint,
    goals_blueprint,
    recovery_blueprint,
    wiping_blueprint,
    brand_blueprint,
    receipt_mail_blueprint,
    tracking_blueprint,
    audit_blueprint,
)

log = logging.getLogger("recaudo.api")

_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def create_app(services: Services) -> Flask:
    """Build the application around services that were already joined."""
    app = Flask("recaudo", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    for blueprint in BLUEPRINTS:
        routes = blueprint(services)
        app.register_blueprint(routes, url_prefix=PREFIX + (routes.url_prefix or ""))
    _add_public_routes(app)
    _add_problems(app)
    _add_headers_and_log(app)
    add_guard(app, services)
    check_rules(app)
    return app


def _add_public_routes(app: Flask) -> None:
    @app.get(f"{PREFIX}/health")
    def health() -> dict[str, str]:
        # says that this process answers; that the database does is what doctor and the requests
        # themselves tell; a new phone knows by `service` that its address leads to a Recaudo
        return {"status": "ok", "service": "recaudo"}

    @app.get(f"{PREFIX}/openapi.json")
    def openapi() -> dict[str, object]:
        return openapi_document()


def _add_problems(app: Flask) -> None:
    @app.errorhandler(ApiProblem)
    def refused(problem: ApiProblem) -> Response:
        return _respond(problem)

    @app.errorhandler(BadCursor)
    def bad_cursor(_error: BadCursor) -> Response:
        return _respond(ApiProblem("request_invalid", errors=[FieldError("cursor", "not_a_cursor")]))

    @app.errorhandler(CouchError)
    def database(error: CouchError) -> Response:
        if isinstance(error, NotFound):
            return _respond(ApiProblem("company_unknown"))
        if isinstance(error, Conflict):
            return _respond(ApiProblem("changed_meanwhile"))
        log.error("the database failed", extra={"cause": str(error)})
        return _respond(ApiProblem("database_unavailable", headers={"Retry-After": "5"}))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        code = _BY_STATUS.get(
            error.code or 500, "server_failure" if (error.code or 500) >= 500 else "body_unreadable"
        )
        allowed = getattr(error, "valid_methods", None)
        headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
        return _respond(ApiProblem(code, data={"limit": request.max_content_length}, headers=headers))

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        log.error("a request failed", exc_info=error, extra={"path": request.path})
        return _respond(ApiProblem("server_failure"))


def _add_headers_and_log(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        took = (time.perf_counter() - g.started) * 1000 if "started" in g else 0.0
        log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,  # without the query, which may hold what was searched
                "status": response.status_code,
                "ms": round(took, 1),
            },
        )
        return response


def _respond(problem: ApiProblem) -> Response:
    language = request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0])
    response = Response(
        response=_json(problem.to_json(language)),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )
    response.headers["Content-Language"] = language
    return response


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False)
