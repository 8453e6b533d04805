"""`python -m flet_app.supervisor`: the supervisor's web app, on 127.0.0.1:8601 unless told otherwise."""

from __future__ import annotations

from flet_app.supervisor.main import main
from flet_app.web import serve

if __name__ == "__main__":
    serve(main, default_port=8601)
