"""A company with overdue customers, a real mail server, and the dunning run between them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from multiprocessing.context import ForkProcess
from typing import Any

from backend.compliance.shipped import shipped_pack
from backend.couch.client import connect
from backend.mail.port import Mailer
from backend.mail.smtp import SmtpMailer, SmtpServer
from backend.services.dunning import DunningReport, run_dunning
from receivables.documents import rfc3339
from tests.support.builders import an_invoice
from tests.support.mailbox import Mailbox, a_mailbox
from tests.support.reconciling import Company, a_company
from tests.support.stack import Stack

SENDER = "Distribuidora Andina <cobranzas@andina.example>"

Json = dict[str, Any]


class Office:
    """Runs dunning on a date, at nine in Quito. The data is fresh unless a test says otherwise.

    The company has no rules of contact, so that any day will do; a test of the rules writes some.
    """

    def __init__(self, company: Company, mailbox: Mailbox) -> None:
        self.company = company
        self.mailbox = mailbox
        server = SmtpServer(host="127.0.0.1", port=mailbox.port, user=None, password=None, starttls=False)
        self.mailer: Mailer = SmtpMailer(server)
        self.policy(tolerance_days=5, resend_days=7)
        company.remove("compliance_pack:EC")

    def policy(self, **fields: Any) -> None:
        self.company.put(self.company.central("policy:dunning") | fields)

    def contact_rules(self, *, debtor_type: str, **fields: Any) -> None:
        """The law of Ecuador, with `fields` changed, for debtors of this type."""
        self.company.put((shipped_pack("EC") or {}) | fields)
        self.company.put(self.company.central("policy:collection") | {"debtor_type": debtor_type})

    def customer(self, code: str, **fields: Any) -> None:
        body = {"code": code, "name": f"Tienda {code}", "email": f"{code.lower()}@clientes.example"}
        self.company.put(
            {"_id": f"customer:{code}", "schema": 1, "active": True, "currency": "USD"} | body | fields
        )

    def bill(
        self, number: str, balance: int = 10_000, *, due_on: str, customer: str = "C1", **fields: Any
    ) -> None:
        issued = {"issued_on": "2026-01-01", "customer": customer, "due_on": due_on}
        self.company.put(an_invoice(number, balance, **issued, **fields))

    def import_ran_at(self, instant: datetime | None) -> None:
        said = {"imported_at": rfc3339(instant)} if instant else {}
        self.company.put({"_id": "erp_cursor:invoices", "schema": 1, **said})

    def run(self, on: str, *, hour: int = 9, mailer: Mailer | None = None) -> DunningReport:
        now = at(on, hour)
        self.import_ran_at(now)
        return self.run_as_it_is(now, mailer)

    def run_as_it_is(self, now: datetime, mailer: Mailer | None = None) -> DunningReport:
        return run_dunning(
            self.company.couch, self.company.code, mailer or self.mailer, sender=SENDER, now=now
        )

    def run_elsewhere(self, on: str, kill_at: str) -> ForkProcess:
        """The same in a process of its own, which ends itself at a kill point."""
        self.import_ran_at(at(on))
        process = multiprocessing.get_context("fork").Process(target=_run, args=(self, at(on), kill_at))
        process.start()
        return process

    def claim(self, customer: str, on: str) -> Json:
        return self.company.central(f"dunning_claim:standard-{customer}-{on}")

    def notices(self) -> list[Json]:
        rows = self.company.couch.all_docs(
            self.company.code, start_key="dunning_notice:", end_key="dunning_notice:\ufff0", include_docs=True
        )
        return [row["doc"] for row in rows]

    def mails_to(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mailbox.mails]


def at(on: str, hour: int = 9) -> datetime:
    """That hour of that day in Quito, five hours behind UTC all year."""
    return datetime.combine(date.fromisoformat(on), time(hour + 5), tzinfo=UTC)


@contextmanager
def an_office(house: Stack) -> Iterator[Office]:
    with a_mailbox() as mailbox, a_company(house) as company:
        yield Office(company, mailbox)


def _run(office: Office, now: datetime, kill_at: str) -> None:
    os.environ["RECAUDO_KILL_AT"] = kill_at
    with connect(office.company.settings) as couch:
        run_dunning(couch, office.company.code, office.mailer, sender=SENDER, now=now)
    os._exit(0)
