"""The state of the replication with the ERP."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.services.erp_status import erp_status


def erp_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("erp", __name__, url_prefix="/companies/<company>")

    @routes.get("/erp")
    def status(company: str) -> ResponseReturnValue:
        return erp_status(services.couch, company)

    return routes
