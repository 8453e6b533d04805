"""The Flask application: routes, who may come in, and every failure in CouchDB's shape."""

from __future__ import annotations

import logging
import os

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoRoute

from replica.errors import ReplicaError, TooManyRequests, Unauthorized
from replica.server.admission import IllegalDocumentId
from replica.server.authentication import ANONYMOUS
from replica.server.cors import expose, preflight
from replica.server.node import Node, node
from replica.server.paths import NOT_UTF8, DocumentSegment, RawPaths, Segment, Tail, redirected_design
from replica.server.registry import Lease
from replica.server.routes import ALL
from replica.server.routes.session import set_session_cookie
from replica.server.wire import MOST_BODY, RequestTooLarge, accepts, answer

log = logging.getLogger("replica.server")

WITHOUT_SIGNING_IN = {"/_session"}
JSON = "application/json"


def create_app(here: Node) -> Flask:
    app = Flask("replica.server", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.url_map.converters.update(seg=Segment, doc=DocumentSegment, tail=Tail)
    app.extensions["couch"] = here
    for blueprint in ALL:
        app.register_blueprint(blueprint)
    app.before_request(_come_in)
    app.after_request(_go_out)
    app.register_error_handler(ReplicaError, _refused)
    app.register_error_handler(HTTPException, _not_routed)
    app.register_error_handler(Exception, _broken)
    app.wsgi_app = RawPaths(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _come_in() -> Response | None:
    """Say who is asking. Only a browser's question beforehand is answered here."""
    g.leases, g.user = [], ANONYMOUS
    configuration = node().configuration
    asked_beforehand = preflight(configuration)
    if asked_beforehand is not None:
        return asked_beforehand
    limit = configuration.number("chttpd", "max_http_request_size", MOST_BODY)
    if request.content_length is not None and request.content_length > limit:
        raise RequestTooLarge("the request entity is too large")
    # POST and DELETE of _session are how one gets rid of a bad cookie.
    if request.path == "/_session" and request.method in ("POST", "DELETE"):
        return None
    g.user = node().authenticator.identify(request)
    elsewhere = redirected_design(request.environ.get("REQUEST_URI", ""), request.method)
    if elsewhere is not None:
        host = request.environ.get("HTTP_HOST", "localhost")
        return Response(status=301, headers={"Location": f"{request.scheme}://{host}{elsewhere}"})
    if g.user.name is None and configuration.flag("chttpd", "require_valid_user"):
        excused = request.path == "/_up" and configuration.flag("chttpd", "require_valid_user_except_for_up")
        if request.path not in WITHOUT_SIGNING_IN and not excused:
            raise Unauthorized("Authentication required.")
    return None


def _go_out(response: Response) -> Response:
    response.headers.add("X-Couch-Request-ID", os.urandom(5).hex())
    response.headers.add("X-CouchDB-Body-Time", "0")
    cookie = g.user.new_cookie if "user" in g else None
    if cookie is not None and "Set-Cookie" not in response.headers:
        set_session_cookie(response, cookie)
    if "Origin" in request.headers:
        expose(response, node().configuration)
    if response.headers.get("Content-Type") == JSON and not accepts(JSON):
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    held: list[Lease] = g.pop("leases", [])
    if held:
        registry = node().registry
        # A feed uses its database for as long as it is read: the lease ends with the body, not with the
        # request.
        response.call_on_close(lambda: registry.release_all(held))
    return response


def _refused(failure: ReplicaError) -> Response:
    if failure.status >= 500:
        log.warning("%s %s: %s", request.method, request.path, failure.reason)
    response = answer({"error": failure.error, "reason": failure.reason}, failure.status)
    if isinstance(failure, TooManyRequests) and failure.retry_after is not None:
        response.headers["Retry-After"] = str(int(failure.retry_after))
    return response


def _not_routed(failure: HTTPException) -> Response:
    if isinstance(failure, MethodNotAllowed):
        allowed = ",".join(sorted(set(failure.valid_methods or ()) - {"OPTIONS"}))
        words = {"error": "method_not_allowed", "reason": f"Only {allowed} allowed"}
        return answer(words, 405, {"Allow": allowed})
    if not isinstance(failure, NoRoute):
        return answer({"error": "bad_request", "reason": failure.description or ""}, failure.code or 400)
    if request.path == NOT_UTF8:
        return answer({"error": "bad_request", "reason": "Path is not valid UTF-8."}, 400)
    if request.path.startswith("/_") and not g.user.is_server_admin:
        return _refused(Unauthorized("You are not a server admin."))
    if request.method in ("PUT", "POST", "COPY") and request.path.count("/") > 1:
        return _refused(IllegalDocumentId())
    return answer({"error": "not_found", "reason": "missing"}, 404)


def _broken(failure: Exception) -> Response:
    """A fault of ours: told in the log with its trace, and to the client without."""
    log.error("%s %s failed", request.method, request.path, exc_info=failure)
    return answer(
        {"error": "internal_server_error", "reason": f"{type(failure).__name__} in the server; see its log"},
        500,
    )
