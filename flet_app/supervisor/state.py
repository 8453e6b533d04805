"""What the supervisor's screens show. One object per browser session, changed by `feed` and `session`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flet as ft

Json = dict[str, Any]


@ft.observable
@dataclass
class SupervisorState:
    """`day` is the company's local date, ISO. `loaded_at` is None until the first answer.

    `roles` are those of the signed-in person in the company.
    """

    width: float = 1280
    signed_in: bool = False
    user_name: str = ""
    user_email: str = ""
    roles: list[str] = field(default_factory=list)
    company: str = ""
    company_name: str = ""
    logo: bytes | None = None
    branded: bool = False  # the office was asked for the logo
    currency: str = "USD"
    timezone: str = "UTC"
    locale: str = "es_EC"
    day: str = ""
    follows_today: bool = True
    collector: str = ""
    loaded_at: str | None = None
    failure: str = ""
    summary: Json = field(default_factory=dict)
    collectors: list[Json] = field(default_factory=list)
    customers: list[Json] = field(default_factory=list)
    visits: list[Json] = field(default_factory=list)
    receipts: list[Json] = field(default_factory=list)
    receipts_total: Json = field(default_factory=dict)
    exceptions: list[Json] = field(default_factory=list)
    erp: Json = field(default_factory=dict)

    def forget(self) -> None:
        """Nobody is signed in: nothing of one company stays for whoever signs in next."""
        self.signed_in, self.loaded_at, self.collector = False, None, ""
        self.user_name, self.user_email, self.roles = "", "", []
        self.logo, self.branded = None, False
        self.summary, self.receipts_total, self.erp = {}, {}, {}
        self.collectors, self.customers, self.visits = [], [], []
        self.receipts, self.exceptions = [], []
