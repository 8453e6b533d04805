"""The dunning run, killed between any two of its writes.

No customer gets a second mail that day, none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.killpoints import KILL_STATUS, POINTS
from tests.support.dunning import Office, an_office
from tests.support.reconciling import a_server
from tests.support.stack import Stack

DAY = "2026-03-07"
DUNNING_POINTS = [point for point in POINTS if point.startswith("dunning.")]

# What the customer who was being written to has in the end: the state of the claim, and how many mails.
ENDS = {
    "dunning.claimed": ("uncertain", 0),
    "dunning.mailed": ("uncertain", 1),
    "dunning.noted": ("sent", 1),
    "dunning.settled": ("sent", 1),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def office(house: Stack) -> Iterator[Office]:
    with an_office(house) as made:
        for place in (1, 2, 3):
            made.customer(f"C{place}")
            made.bill(f"F-{place}", due_on="2026-03-01", customer=f"C{place}")
        yield made


def test_every_point_has_an_expected_end() -> None:
    assert sorted(ENDS) == sorted(DUNNING_POINTS)


@pytest.mark.parametrize("point", DUNNING_POINTS)
def test_a_killed_run_is_finished_by_the_next_without_a_second_mail(office: Office, point: str) -> None:
    process = office.run_elsewhere(DAY, f"{point}:2")
    process.join(60)
    assert process.exitcode == KILL_STATUS
    office.run(DAY, hour=10)
    office.run(DAY, hour=11)
    state, mails = ENDS[point]
    assert office.claim("C2", DAY)["state"] == state
    assert sorted(office.mails_to()) == sorted(
        ["c1@clientes.example", "c3@clientes.example", *["c2@clientes.example"] * mails]
    )
    noted = {notice["customer"] for notice in office.notices()}
    assert noted == {"C1", "C3"} | ({"C2"} if state == "sent" else set())


def test_an_uncertain_mail_is_reported_by_the_run_that_finds_it(office: Office) -> None:
    process = office.run_elsewhere(DAY, "dunning.mailed:2")
    process.join(60)
    assert office.run(DAY, hour=10).uncertain == ["C2"]
