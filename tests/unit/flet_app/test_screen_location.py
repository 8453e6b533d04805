"""Ubicación: the phone proposes where it is; with no, a vague or a far position it says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import QUITO, walk
from tests.support.flet_harness import Screen

LOCATION = "/cliente/C0001/ubicacion"
GPS = "get_current_position"


async def measured(screen: Screen) -> None:
    await screen.go(LOCATION)
    await screen.until(lambda: not screen.says("Buscando su posición"), "the phone has looked for itself")


async def at_the_door(screen: Screen, phone: Phone) -> None:
    """Stand where the office believes the customer to be."""
    known = phone.portfolio.customers["C0001"]["location"]
    screen.connection.answers[GPS] = QUITO | {"latitude": known["lat"], "longitude": known["lon"]}


def test_a_near_position_is_proposed_with_how_to_find_the_door(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await at_the_door(screen, phone)
        await measured(screen)
        assert screen.says("12 m")
        await screen.type("location-reference", "Puerta azul, frente al parque")
        await screen.tap("location-save")
        await screen.until(lambda: phone.portfolio.location_updates, "the position is saved")
        assert screen.announces("Nueva ubicación registrada")
        [update] = phone.portfolio.location_updates.values()
        known = phone.portfolio.customers["C0001"]["location"]
        assert update["place"]["lat"] == pytest.approx(known["lat"], abs=1e-6)
        assert update["place"]["lon"] == pytest.approx(known["lon"], abs=1e-6)
        assert (update["reason"], update["reference"]) == (None, "Puerta azul, frente al parque")
        assert screen.says("Puerta azul, frente al parque"), "the next one who comes reads it"

    walk(tmp_path, story)


def test_a_far_point_asks_why(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await measured(screen)
        await screen.type("location-reference", "Local nuevo")
        await screen.tap("location-save")
        assert "Escriba por qué." in str(screen.field("location-reason").error)
        assert screen.field("location-reference").value == "Local nuevo"
        assert not phone.portfolio.location_updates
        await screen.type("location-reason", "Se mudaron")
        await screen.tap("location-save")
        await screen.until(lambda: phone.portfolio.location_updates, "the position is saved")
        [update] = phone.portfolio.location_updates.values()
        assert update["reason"] == "Se mudaron"

    walk(tmp_path, story)


@pytest.mark.parametrize(
    ("position", "sentence"),
    [
        (None, "El teléfono no encontró su posición. Salga a cielo abierto e inténtelo de nuevo."),
        (QUITO | {"accuracy": 250.0}, "La posición tiene un error de 250 m; el máximo es 100."),
    ],
)
def test_a_position_that_says_nothing_is_refused_until_a_better_one_is_measured(
    tmp_path: Path, position: Any, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await measured(screen)
        await screen.type("location-reason", "Se mudaron")
        await screen.type("location-reference", "Puerta azul")
        await screen.tap("location-save")
        assert screen.says(sentence)
        assert not phone.portfolio.location_updates
        screen.connection.answers[GPS] = QUITO
        await screen.tap("location-again")
        await screen.until(lambda: screen.says("12 m"), "the better position is shown")
        await screen.tap("location-save")
        await screen.until(lambda: phone.portfolio.location_updates, "the position is saved")
        [update] = phone.portfolio.location_updates.values()
        assert (update["reason"], update["reference"]) == ("Se mudaron", "Puerta azul")
        assert update["place"]["accuracy"] == 12.0

    walk(tmp_path, story, answers={GPS: position})
