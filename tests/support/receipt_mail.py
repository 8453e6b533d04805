"""A company that mails its receipts, a real mail server, and the run between them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkProcess
from typing import Any

from backend.couch.client import connect
from backend.mail.smtp import SmtpMailer, SmtpServer
from backend.services.receipt_mail import ReceiptMailReport, run_receipt_mail
from tests.support.builders import NOW, a_receipt
from tests.support.mailbox import Mailbox, a_mailbox
from tests.support.reconciling import Company, a_company
from tests.support.stack import Stack

SENDER = "Distribuidora Andina <recibos@andina.example>"
Json = dict[str, Any]


class Till:
    """Receipts of 21 November 2026 and what becomes of them; `run` is at that day's noon unless told."""

    def __init__(self, company: Company, mailbox: Mailbox) -> None:
        self.company = company
        self.mailbox = mailbox
        self.mailer = SmtpMailer(
            SmtpServer(host="127.0.0.1", port=mailbox.port, user=None, password=None, starttls=False)
        )
        self.policy(active=True, from_on="2026-11-01")
        self.customer("C0001", email="rosa@clientes.example")

    def policy(self, **fields: Any) -> None:
        self.company.put(self.company.central("policy:receipt_mail") | fields)

    def customer(self, code: str, **fields: Any) -> None:
        body = {
            "_id": f"customer:{code}",
            "schema": 1,
            "code": code,
            "name": f"Tienda {code}",
            "active": True,
        }
        self.company.put(body | fields)

    def receipt(self, counter: int = 4, **fields: Any) -> Json:
        receipt = a_receipt(
            counter, allocations={}, on_account=5000, payments=[{"method": "cash", "amount": 5000}]
        ) | {"company": self.company.code, "customer": "C0001", **fields}
        self.company.put(receipt)
        return receipt

    def void(self, receipt: Json, *, local_on: str = "2026-11-21") -> None:
        self.company.put(
            {
                "_id": f"receipt_void:ana:{receipt['number'][-8:]}", "schema": 1, "collector": "ana",
                "company": self.company.code, "device": "01K", "created_at": f"{local_on}T18:00:00Z",
                "local_on": local_on, "receipt": receipt["_id"], "reason": "wrong_amount",
            }
        )  # fmt: skip

    def run(self, *, days: int = 0) -> ReceiptMailReport:
        now = NOW + timedelta(days=days, hours=2)
        return run_receipt_mail(self.company.couch, self.company.code, self.mailer, sender=SENDER, now=now)

    def run_elsewhere(self, kill_at: str) -> ForkProcess:
        """The same in a process of its own, which ends itself at a kill point."""
        process = multiprocessing.get_context("fork").Process(target=_run, args=(self, kill_at))
        process.start()
        return process

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mailbox.mails]


@contextmanager
def a_till(house: Stack) -> Iterator[Till]:
    with a_mailbox() as mailbox, a_company(house) as company:
        yield Till(company, mailbox)


def _run(till: Till, kill_at: str) -> None:
    os.environ["RECAUDO_KILL_AT"] = kill_at
    with connect(till.company.settings) as couch:
        now = datetime(2026, 11, 21, 17, tzinfo=UTC)
        run_receipt_mail(couch, till.company.code, till.mailer, sender=SENDER, now=now)
    os._exit(0)
