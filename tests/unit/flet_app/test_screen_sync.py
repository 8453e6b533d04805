"""Sincronización: what is only here, by kind; what was refused, why, and what to do; nothing is claimed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.actions.claims import note
from flet_app.collector.phone import Phone
from flet_app.collector.sync import SyncPhase
from flet_app.collector.views.records import KIND_NAMES
from flet_app.collector.views.sync_status import KINDS
from receivables.fact_shapes import FACTS
from tests.support.collector_walk import Story, arrive, begin_visit, walk
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_letters_of_the_phone import handed_over
from tests.unit.flet_app.test_screen_deposit import CASH
from tests.unit.flet_app.test_screen_voucher import RECEIPT, posting

SYNC = "/mas/sincronizacion"
SILENT = {"track", "refusal", "photo"}  # of the phone itself, or with a line of its own


def offline(story: Story) -> Story:
    """`story` on the screen of synchronisation, once the phone knows that nobody answers."""

    async def begun(screen: Screen, phone: Phone) -> None:
        await screen.go(SYNC)
        await screen.until(lambda: screen.has("sync-offline"), "the office can't be reached")
        await story(screen, phone)

    return begun


async def say(screen: Screen, phone: Phone, **status: Any) -> None:
    """As if the driver had told it: nobody else speaks while the office is away."""
    phone.status = dataclasses.replace(phone.status, **status)
    phone.announce()
    await screen.settle()


async def refuse(screen: Screen, phone: Phone, **reasons: str) -> None:
    store = phone.store
    assert store is not None
    store.keep_outbox(dataclasses.replace(store.outbox, refused=reasons))
    phone.announce()
    await screen.settle()


def test_every_kind_of_record_has_its_words() -> None:
    assert set(FACTS) - SILENT == set(KINDS)
    assert set(FACTS) - SILENT <= set(KIND_NAMES)


def test_each_kind_is_counted_in_words(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.says("todavía no"), "nobody was heard yet"
        assert not screen.has("recovery-file"), "nothing to hand over"
        await collect(phone, "C0001", [], [CASH])
        await note(phone, "C0001", text="Pregunte por Rosa")
        await note(phone, "C0002", text="Pregunte por Luis")
        await screen.settle()
        assert "5" in screen.texts()
        for words in ("1 cobro", "1 inicio de visita", "1 visita finalizada", "2 notas"):
            assert screen.says(words), words
        await screen.until(lambda: screen.has("sync-offline"), "it was tried and nobody answered")
        assert screen.says("Lo que registre queda aquí y se enviará cuando vuelva.")

    walk(tmp_path, offline(story))


@pytest.mark.parametrize(
    ("phase", "name", "sentence"),
    [
        (SyncPhase.FAILED, "sync-failed", "Lo que registró está a salvo aquí; se seguirá intentando."),
        (SyncPhase.SIGN_IN_AGAIN, "sync-sign-in", "Ingrese de nuevo para enviar lo que hay aquí"),
        (SyncPhase.LOCKED_OUT, "sync-sign-in", "Ingrese de nuevo o consulte a su supervisor."),
    ],
)
def test_what_stops_the_sending_is_told_with_what_to_do(
    tmp_path: Path, phase: SyncPhase, name: str, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await say(screen, phone, phase=phase)
        assert screen.has(name)
        assert screen.says(sentence)
        assert not screen.has("sync-offline")
        if name == "sync-sign-in":
            await screen.tap("sync-sign-in-action")
            assert screen.has("sign-in-email")
            assert screen.field("sign-in-email").value == "ana@andina.example"

    walk(tmp_path, offline(story))


def test_up_to_date_is_said_only_just_after_the_office_was_heard(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await say(screen, phone, phase=SyncPhase.WAITING, last_success_at=phone.now())
        assert screen.says("Al día")
        assert screen.says("10:30")
        await note(phone, "C0001", text="Pregunte por Rosa")
        await screen.settle()
        assert not screen.says("Al día")
        assert screen.says("1 por enviar")

    walk(tmp_path, offline(story))


def test_a_refused_record_shows_its_reason_and_is_offered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        written = await note(phone, "C0001", text="Pregunte por Rosa")
        assert isinstance(written, dict)
        await refuse(screen, phone, **{written["_id"]: "Este equipo no puede registrar este documento."})
        assert screen.has(f"rejected-{written['_id']}")
        for words in ("Nota", "Este equipo no puede registrar este documento.", "Puede intentarlo otra vez."):
            assert screen.says(words), words
        assert screen.says("1 rechazado")
        offered: list[str] = []
        monkeypatch.setattr(phone, "ask_again", offered.append)
        await screen.tap(f"retry-{written['_id']}")
        assert offered == [written["_id"]]
        assert screen.announces("Se envía de nuevo")

    walk(tmp_path, offline(story))


def test_what_the_erp_rejected_is_the_supervisors_to_decide(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0001", [], [CASH])
        await arrive(screen, phone, posting(state="rejected", reason="Período cerrado"))
        assert screen.has(f"rejected-{RECEIPT}")
        for words in ("Cobro R0001-00000001", "Período cerrado", "Su supervisor decide"):
            assert screen.says(words), words
        assert not screen.has(f"retry-{RECEIPT}"), "sending it once more changes nothing"

    walk(tmp_path, offline(story))


def test_the_file_for_the_office_is_given_and_counted(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go(SYNC)
        await screen.tap("recovery-file")
        await screen.until(lambda: screen.announces("1 registro en el archivo"), "the file is told")
        name, content = handed_over(screen)
        assert name.startswith("recaudo-ana-")
        assert content
        assert phone.status.unsent == {"visit_start": 1}, "a file is not a sending"

    walk(tmp_path, offline(story))


def test_asking_now_asks_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        nudges: list[bool] = []
        monkeypatch.setattr(phone, "nudge", lambda: nudges.append(True))
        await screen.tap("sync-now")
        assert nudges == [True]

    walk(tmp_path, offline(story))
