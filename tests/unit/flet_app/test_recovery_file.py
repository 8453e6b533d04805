"""The file that a phone makes for the office when it can't send."""

from __future__ import annotations

import json
from pathlib import Path

from backend.sealing import RecoveryKey
from backend.signatures import is_signed_by
from flet_app.collector.phone import Phone
from receivables.recovery import unpack_recovery
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.seed_phone import COMPANY, OFFICE_SECRET
from tests.unit.flet_app.test_letters_of_the_phone import handed_over


def test_everything_that_was_not_sent_is_in_the_file_and_only_the_office_reads_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/sincronizacion")
        assert not screen.has("recovery-file"), "nothing waits yet"
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
        await screen.go("/sincronizacion")
        await screen.tap("recovery-file")
        await screen.until(
            lambda: any(name == "save_file" for name, _ in screen.connection.calls), "the file is given"
        )
        name, box = handed_over(screen)
        assert name.startswith("recaudo-ana-20261120-")
        [receipt] = phone.portfolio.receipts.values()
        assert receipt["number"].encode() not in box
        opened = RecoveryKey(OFFICE_SECRET, COMPANY).open(box)
        recovery = unpack_recovery(opened, lambda _device: phone.key.public, is_signed_by)
        assert {fact["_id"].partition(":")[0] for fact in recovery.facts} == {"visit_start", "receipt"}
        found = next(fact for fact in recovery.facts if fact["_id"] == receipt["_id"])
        assert found["_rev"].startswith("1-")
        assert json.dumps(found, sort_keys=True).count(receipt["hash"]) == 1

    walk(tmp_path, story)
