"""A collector of two companies changes between them on one phone, and neither sees the other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from flet_app.collector.phone import Phone
from flet_app.collector.standing import unsent_facts
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen


def test_what_was_recorded_for_one_company_is_not_in_the_other_and_is_there_again_afterwards(
    tmp_path: Path,
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        second = dataclasses.replace(
            first, company="pacifico", company_name="Pacífico", database="pacifico-c-ana",
            device="01KB0000000000000000000DEV", devices=("01KB0000000000000000000DEV",), series="P0001",
        )  # fmt: skip
        phone.file.write(second)
        await begin_visit(screen)
        [begun] = waiting(phone)
        own_key = phone.key.public

        await screen.go("/mas")
        await screen.tap("switch-pacifico")
        await screen.until(lambda: phone.enrolment == second, "the other company is in use")
        assert not waiting(phone)
        assert not phone.portfolio.customers
        assert phone.key.public != own_key
        files = {path.name: path.read_bytes() for path in tmp_path.rglob("pacifico-c-ana.sqlite*")}
        assert files
        assert not any(begun.encode() in content or b"andina" in content for content in files.values())

        await phone.switch(first.company)
        assert waiting(phone) == {begun}
        assert phone.portfolio.customers

    walk(tmp_path, story)


def waiting(phone: Phone) -> set[str]:
    assert phone.store is not None
    return set(unsent_facts(phone.store.portfolio, phone.store.outbox))
