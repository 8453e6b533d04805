"""The company's look: who may set it, what is refused in which words, and that every paper carries it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pypdfium2
import pytest
from PIL import Image

from backend.config import Settings
from receivables.access import Role
from tests.support.brand import a_logo
from tests.support.builders import a_receipt
from tests.support.letters import CLOSE, CUSTOMER, DEPOSIT, START, VISIT
from tests.support.office import Bearer, Office, an_office

LOOK = {"name": "Andina", "seed_color": "#7A1FA2"}
PAPERS = (
    "/receipts/R0001-00000001/pdf",
    f"/visits/{VISIT['_id']}/acta",
    f"/cash-closes/{CLOSE['_id']}/pdf",
    f"/deposits/{DEPOSIT['_id']}/pdf",
    "/customers/C0001/statement",
)


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        for person, role in (
            ("sofia", Role.SUPERVISOR), ("berta", Role.BACKOFFICE), ("alba", Role.ADMINISTRATOR)
        ):  # fmt: skip
            office.hire(person, role)
        receipt = a_receipt(1, allocations={}, on_account=100, payments=[{"method": "cash", "amount": 100}])
        office.put(CUSTOMER, START, VISIT, CLOSE, DEPOSIT, receipt | {"customer": "C0001"})
        yield office


@pytest.fixture
def sofia(office: Office) -> Iterator[Bearer]:
    bearer = office.as_("sofia")
    yield bearer
    bearer.send("DELETE", "/brand/logo")


def pictures_in(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        images = list(document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
        return len(images)
    finally:
        document.close()


def test_the_office_sets_the_name_the_colour_and_the_logo(office: Office, sofia: Bearer) -> None:
    assert sofia.put("/brand", LOOK).status_code == 200
    answer = sofia.send("PUT", "/brand/logo", data=a_logo(size=(1200, 400)))
    assert answer.status_code == 200, answer.text
    look = sofia.read("/brand")
    assert {name: look[name] for name in LOOK} == LOOK
    with Image.open(io.BytesIO(base64.b64decode(look["logo"]))) as kept:
        assert (kept.format, kept.size) == ("PNG", (600, 200))
    company = office.couch.get(office.company, f"company:{office.company}")
    assert company
    assert company["name"] == "Andina"
    assert company["currency"] == "USD"


def test_saving_what_stands_already_writes_nothing(office: Office, sofia: Bearer) -> None:
    def revisions() -> list[str]:
        ids = (f"company:{office.company}", f"logo:{office.company}")
        return [str((office.couch.get(office.company, each) or {}).get("_rev")) for each in ids]

    def save() -> None:
        sofia.put("/brand", LOOK)
        sofia.send("PUT", "/brand/logo", data=a_logo())

    save()
    before = revisions()
    save()
    assert revisions() == before


@pytest.mark.parametrize("path", PAPERS)
def test_every_paper_carries_the_logo_and_is_as_before_without(sofia: Bearer, path: str) -> None:
    plain = sofia.send("GET", path).data
    sofia.send("PUT", "/brand/logo", data=a_logo())
    branded = sofia.send("GET", path).data
    assert pictures_in(branded) == pictures_in(plain) + 1
    assert branded == sofia.send("GET", path).data
    sofia.send("DELETE", "/brand/logo")
    if "statement" not in path:  # which says when it was made
        assert sofia.send("GET", path).data == plain


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo_not_a_picture", "PNG o JPEG"),
        (a_logo()[:300], "logo_broken", "dañado"),
        (a_logo(size=(300, 30)), "logo_too_small", "32 píxeles"),
        (b"\x89PNG" + bytes(2 * 1024 * 1024), "logo_too_heavy", "2 MB"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_changes_nothing(
    sofia: Bearer, content: bytes, code: str, word: str
) -> None:
    sofia.send("PUT", "/brand/logo", data=a_logo())
    before = sofia.read("/brand")
    answer = sofia.send("PUT", "/brand/logo", data=content)
    assert (answer.status_code, answer.get_json()["code"]) == (400, code)
    assert word in answer.get_json()["detail"]
    assert sofia.read("/brand") == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " ", "seed_color": "#112233"}, "name"),
        ({"name": "x" * 121, "seed_color": "#112233"}, "name"),
        ({"name": "Andina", "seed_color": "red"}, "seed_color"),
    ],
)
def test_a_look_that_cannot_be_is_refused_at_its_field(
    sofia: Bearer, body: dict[str, str], field: str
) -> None:
    answer = sofia.put("/brand", body)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_who_may_not_set_the_look_may_see_it_if_they_work_in_the_office(office: Office) -> None:
    berta, ana = office.as_("berta"), office.as_("ana")
    assert berta.send("GET", "/brand").status_code == 200
    assert ana.send("GET", "/brand").status_code == 403
    for person in (berta, ana):
        assert person.put("/brand", LOOK).status_code == 403
        assert person.send("PUT", "/brand/logo", data=a_logo()).status_code == 403
        assert person.send("DELETE", "/brand/logo").status_code == 403


def test_each_change_is_in_the_audit_without_the_picture(office: Office, sofia: Bearer) -> None:
    sofia.put("/brand", LOOK)
    sofia.send("PUT", "/brand/logo", data=a_logo())
    entries = office.as_("alba").read("/audit?by=" + office.email("sofia"))["items"]
    values = [(entry["action"], entry["values"]) for entry in entries]
    assert ("brand_changed", LOOK) in values
    assert ("logo_changed", {}) in values
