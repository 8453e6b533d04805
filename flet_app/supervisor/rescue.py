"""A sealed file of a phone that could not send: chosen, taken in, and what came of each of its facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes that the API takes: some days of a collector, with photographs."""

OUTCOMES = ("stored", "present", "refused")


@ft.observable
@dataclass
class Rescue(Asking):
    """`report` is what the API said of the file `name`; `too_large` is said of one that was not even sent."""

    name: str = ""
    report: Json | None = None
    too_large: bool = False

    async def take_in(self, api: Api, name: str, content: bytes) -> None:
        """Send the file; again changes nothing, so whoever is not sure may send it again."""
        self.name, self.report, self.failure = name, None, ""
        self.too_large = len(content) > LARGEST_FILE
        if not self.too_large:
            self.report = await self.ask(api.send_bytes("/recoveries", content))


def kinds_of(report: Json, outcome: str) -> Counter[str]:
    """How many facts of each type had this outcome."""
    return Counter(each["id"].partition(":")[0] for each in report["facts"] if each["outcome"] == outcome)


def receipts_of(report: Json, outcome: str) -> list[str]:
    """The numbers of the receipts that had this outcome, as people know them."""
    ids = (each["id"] for each in report["facts"] if each["outcome"] == outcome)
    return sorted("-".join(doc_id.split(":")[1:]) for doc_id in ids if doc_id.startswith("receipt:"))
