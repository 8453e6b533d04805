"""`/_replicate`, `/_scheduler`."""

from __future__ import annotations

from flask import Blueprint

routes = Blueprint("replication", __name__)
