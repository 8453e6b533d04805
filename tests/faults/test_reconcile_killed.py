"""Reconcile killed between any two writes, at random instants, and run twice at once: the same end."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from backend.killpoints import KILL_STATUS, POINTS
from backend.reconcile.audit import audit
from tests.support.reconciling import NOW, Company, a_code, a_company, a_server, rev_of, without
from tests.support.stack import Stack

CODE = a_code()  # the same for all tellings, so that ids and digests can be compared
COLLECTORS = ("ana", "bruno", "carla")
BY_THE_OFFICE = ("late_fact", "over_allocation")  # depend on what the office had changed when the fact came
OWN_POINTS = [point for point in POINTS if point.startswith("reconcile.")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


def morning(company: Company) -> None:
    """What stands before the story begins."""
    company.customer("C1", "ana", "F-1", "F-2")
    company.customer("C2", "bruno", "F-3")
    company.customer("C3", "ana", "F-4")
    company.reconcile()


def story(company: Company) -> None:
    """Something of everything, none of it seen by reconcile yet."""
    company.push(
        "ana", company.receipt("ana", 1), company.fact("note", "ana", customer="C1", text="Perro bravo")
    )
    company.push("ana", company.receipt("ana", 2), company.receipt("ana", 2, allocations={"F-1": 1}))
    company.push("ana", company.receipt("bruno", 9, collector="ana"))
    company.push(
        "bruno", company.fact("refusal", "bruno", of="x", reason="field_invalid: text", document="{}")
    )
    twins = [company.receipt("bruno", 3), company.receipt("bruno", 3, allocations={"F-3": 1})]
    company.couch.bulk(company.code, [twin | {"_rev": rev_of(twin)} for twin in twins], new_edits=False)
    company.bill("C1", "F-1", balance=5000)
    company.assign("C1", "bruno")
    company.hire("carla")
    company.assign("C3", "carla")


@pytest.fixture(scope="module")
def told(house: Stack) -> Any:
    """The end of the story where nothing goes wrong."""
    with a_company(house, "ana", "bruno", code=CODE) as company:
        morning(company)
        story(company)
        company.reconcile()
        picture = company.picture(*COLLECTORS)
    made = without(picture, "over_allocation")[
        "made"
    ]  # how many depends on which of the twins is the smaller
    assert [len(picture["facts"]), len(made)] == [5, 12]
    return picture


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno", code=CODE) as company:
        morning(company)
        story(company)
        yield company


@pytest.mark.parametrize("point", OWN_POINTS)
def test_killed_at_a_point_and_started_again_it_comes_to_the_same_end(
    point: str, company: Company, told: Any
) -> None:
    deaths = 0
    for occurrence in (1, 1, 2):
        process = company.reconcile_elsewhere(kill_at=f"{point}:{occurrence}")
        process.join(30)
        deaths += process.exitcode == KILL_STATUS
    assert deaths, f"nothing was killed at {point}"
    company.reconcile()
    assert company.picture(*COLLECTORS) == told


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_instants_it_comes_to_the_same_end(seed: int, company: Company, told: Any) -> None:
    chance = random.Random(seed)
    for _ in range(4):
        process = company.reconcile_elsewhere()
        time.sleep(chance.uniform(0.02, 0.4))
        process.kill()
        process.join(30)
    company.reconcile()
    assert company.picture(*COLLECTORS) == told


@pytest.mark.parametrize("seed", range(2))
def test_run_twice_at_once_while_the_office_works_it_comes_to_the_same_end(
    seed: int, company: Company, told: Any
) -> None:
    chance = random.Random(seed)
    processes = [company.reconcile_elsewhere(times=4) for _ in range(2)]
    for _ in range(4):
        time.sleep(chance.uniform(0.0, 0.2))
        company.assign("C1", chance.choice(["ana", "bruno", "carla", None]))
        company.bill("C1", "F-1", balance=chance.randrange(1, 9999))
    company.assign("C1", "bruno")
    company.bill("C1", "F-1", balance=5000)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    company.reconcile()
    assert without(company.picture(*COLLECTORS), *BY_THE_OFFICE) == without(told, *BY_THE_OFFICE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_doubled_and_killed_while_the_office_works_what_is_left_is_repaired(
    seed: int, company: Company, told: Any
) -> None:
    chance = random.Random(seed)
    running: list[Any] = []
    for _ in range(8):
        running = [process for process in running if process.is_alive()]
        running += [company.reconcile_elsewhere(times=3) for _ in range(2 - len(running))]
        time.sleep(chance.uniform(0.02, 0.25))
        company.assign("C1", chance.choice(["ana", "bruno", "carla", None]))
        company.bill("C1", "F-1", balance=chance.randrange(1, 9999))
        if chance.random() < 0.5:
            chance.choice(running).kill()
    company.assign("C1", "bruno")
    company.bill("C1", "F-1", balance=5000)
    for process in running:
        process.join(60)
    company.reconcile()
    audit(company.couch, company.code, NOW, repair=True)
    assert without(company.picture(*COLLECTORS), *BY_THE_OFFICE) == without(told, *BY_THE_OFFICE)
