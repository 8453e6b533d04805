"""What leads to a customer's door: from the phone that found it to every phone that holds the customer."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
from collections.abc import Iterator

import pytest
from PIL import Image

from backend.reconcile.audit import audit
from backend.reconcile.reconciler import Reconciler
from backend.reconcile.reference import SIDE, merge_reference
from tests.support.letters import picture
from tests.support.reconciling import NOW, Company, Json, a_company, a_server
from tests.support.stack import Stack

DOOR: Json = {"lat": -0.1807, "lon": -78.4678, "accuracy": 8.0, "mock": False}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


def found(company: Company, collector: str, **fields: object) -> Json:
    body = {"customer": "K1", "place": DOOR, "reason": None, "reference": "Puerta azul", **fields}
    return company.fact("location_update", collector, **body)


def photo(
    company: Company, collector: str, of: Json, content: bytes, *, at: str = "2026-11-21T19:00:00Z"
) -> Json:
    body = {
        "customer": of["customer"], "of": of["_id"], "subject": "reference", "source": "camera",
        "taken_at": at, "place": DOOR, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    data = base64.b64encode(content).decode()
    attached = {"picture": {"content_type": "image/jpeg", "data": data}}
    return {**company.fact("photo", collector, **body), "_attachments": attached}


def seen(reference: Json) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(reference["photo"]["picture"])))


def test_the_door_that_one_collector_found_is_shown_to_the_next(house: Stack) -> None:
    with a_company(house, "c1", "c2") as company:
        company.customer("K1", "c1")
        reconciler = Reconciler(company.couch, company.code)
        reconciler.sweep(NOW)
        update = found(company, "c1")
        company.push("c1", update)
        reconciler.follow(["c1"], NOW)
        assert company.phone("c1")["reference:K1"]["words"]["text"] == "Puerta azul"
        company.push("c1", photo(company, "c1", update, picture("Fachada")))
        reconciler.follow(["c1"], NOW)
        company.assign("K1", "c2")
        reconciler.follow((), NOW)
        assert "reference:K1" not in company.phone("c1")
        reference = company.phone("c2")["reference:K1"]
        assert reference["point"]["place"] == DOOR
        assert reference["point"]["by"] == "c1"
        assert max(seen(reference).size) <= SIDE
        assert audit(company.couch, company.code, NOW) == []


def test_a_photo_of_a_visit_is_no_reference_and_a_file_that_is_no_picture_stops_nothing(
    house: Stack,
) -> None:
    with a_company(house, "c1") as company:
        company.customer("K1", "c1")
        reconciler = Reconciler(company.couch, company.code)
        update = found(company, "c1", reference=None)
        broken = photo(company, "c1", update, b"no picture at all")
        visit = {"_id": "visit:c1:01KAKYX7M80000000000000099", "customer": "K1"}
        company.push("c1", update, broken, photo(company, "c1", visit, picture("Visita")))
        reconciler.sweep(NOW)
        reference = company.phone("c1")["reference:K1"]
        assert (reference["words"], reference["photo"]) == (None, None)
        company.push("c1", photo(company, "c1", update, picture("Fachada")))
        reconciler.follow(["c1"], NOW)
        assert seen(company.phone("c1")["reference:K1"])


def test_the_newest_photo_stays_whatever_comes_later(house: Stack) -> None:
    with a_company(house, "c1") as company:
        company.customer("K1", "c1")
        reconciler = Reconciler(company.couch, company.code)
        update = found(company, "c1")
        newest = photo(company, "c1", update, picture("Nueva"), at="2026-11-21T19:30:00Z")
        company.push("c1", update, newest)
        reconciler.sweep(NOW)
        before = company.phone("c1")["reference:K1"]
        assert before["photo"]["ref"] == newest["_id"]
        company.push("c1", photo(company, "c1", update, picture("Vieja"), at="2026-11-20T10:00:00Z"))
        reconciler.follow(["c1"], NOW)
        assert company.phone("c1")["reference:K1"] == before


def test_parts_merge_to_the_same_in_any_order_and_any_number_of_times() -> None:
    parts: list[Json] = [
        {"words": {"at": "2026-11-20T10:00:00Z", "ref": "location_update:a:1", "text": "Puerta azul"}},
        {"words": {"at": "2026-11-21T10:00:00Z", "ref": "location_update:a:2", "text": "Puerta roja"}},
        {"words": {"at": "2026-11-21T10:00:00Z", "ref": "location_update:b:1", "text": "Portón"}},
        {"photo": {"at": "2026-11-19T10:00:00Z", "ref": "photo:a:1", "picture": "AAAA"}},
    ]
    wanted = merge_reference(None, "K1", parts)
    assert wanted["words"]["text"] == "Portón"
    assert wanted["point"] is None
    for order in itertools.permutations(parts):
        merged: Json | None = None
        for part in (*order, *order):
            merged = merge_reference(merged, "K1", [part])
        assert merged == wanted
