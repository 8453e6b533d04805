"""The company's look: its name as shown, its colour, its logo."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.inputs import Inputs
from backend.services.brand import describe_brand, save_brand, save_logo, take_logo
from paperwork.logo import MAX_FILE_BYTES
from receivables.brand import LONGEST_NAME, is_seed_color


def brand_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("brand", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.get("/brand")
    def brand(company: str) -> ResponseReturnValue:
        return describe_brand(couch, company)

    @routes.put("/brand")
    def brand_saved(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        name = inputs.text("name", longest=LONGEST_NAME)
        seed_color = inputs.text("seed_color", longest=7)
        if seed_color and not is_seed_color(seed_color):
            inputs.fault("seed_color", "not_a_color")
        inputs.check()
        save_brand(couch, company, name=name, seed_color=seed_color.upper())
        return describe_brand(couch, company)

    @routes.put("/brand/logo")
    def logo_saved(company: str) -> ResponseReturnValue:
        request.max_content_length = MAX_FILE_BYTES + 1
        if (request.content_length or 0) > MAX_FILE_BYTES:
            raise ApiProblem("logo_too_heavy", data={"max_mb": MAX_FILE_BYTES // 1024 // 1024})
        if refused := take_logo(couch, company, request.get_data()):
            raise ApiProblem(refused.code, data=refused.data)
        return describe_brand(couch, company)

    @routes.delete("/brand/logo")
    def logo_removed(company: str) -> ResponseReturnValue:
        save_logo(couch, company, None)
        return "", 204

    return routes
