"""The supervisor's app in a browser, at a desk and on a telephone: every place is whole and has words."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.supervisor.views.settings.sections import ROOT as SETTINGS
from flet_app.supervisor.views.settings.sections import SECTIONS
from flet_app.supervisor.views.shell import MORE, PLACES
from tests.e2e.browser import chromium, needs_chromium, screen
from tests.e2e.journeys import DESK, PHONE, sign_in
from tests.e2e.usability import FINGER, POINTER, expect_usable
from tests.support.stack import stack

pytestmark = [pytest.mark.browser, needs_chromium]

PATHS = [place.path for place in PLACES] + [MORE.path, SETTINGS] + [section.route for section in SECTIONS]


def test_every_place_of_the_supervisor_is_whole_at_both_sizes(tmp_path: Path) -> None:
    with stack(tmp_path) as whole, chromium() as browser:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api", "supervisor")
        for size, least, dark in ((DESK, POINTER, False), (PHONE, FINGER, True)):
            with screen(browser, whole.url_of("supervisor"), **size, dark=dark) as window:
                window.open().by_id("sign-in-email").wait_for(state="attached")
                expect_usable(window, dark=dark, least=least)
                sign_in(window, "alba@andina.example")
                window.by_id("panel-collected").wait_for(state="attached", timeout=60_000)
                for path in PATHS:
                    window.open(path).by_id("sign-out").wait_for(state="attached")
                    expect_usable(window, dark=dark, least=least)
