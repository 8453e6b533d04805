"""A real Tryton under test, with the hands of its bookkeeper: everything that Tryton has a button for is done
through its API. Only the clock (when a row was changed), the numbers of invoices and what no button does are
written into its database, behind its back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from backend.erp.registry import open_connector
from tests.support import tryton_company
from tests.support.erps import NOON
from tests.support.tryton_server import ADMIN, DATABASE, TrytonServer, is_installed, running_server

COMPANY_ID = 1
ISSUED_ON = date(2026, 9, 1)

MAPPING = """[erp]
type = "tryton"
url = "{url}"
database = "{database}"
user = "{user}"
password_env = "ANDINA_TRYTON_PASSWORD"
overlap = 120
page_size = {page_size}

[out.methods]
cash = "Efectivo"
cheque = "Cheques en mano"
transfer = "Banco"
card = "Banco"
withholding = "Retenciones"
write_off = "Diferencias en cobros"
"""
ENVIRONMENT = {"ANDINA_TRYTON_PASSWORD": tryton_company.PASSWORD}


class TrytonErp:
    """Satisfies `ErpUnderTest`."""

    def __init__(self, folder: Path, *, server: TrytonServer | None = None, page_size: int = 3) -> None:
        if not is_installed():
            pytest.skip("Tryton is not installed: `make tryton` installs it")
        self.server = server or running_server()
        self.config = folder / "erp"
        self.config.mkdir()
        text = MAPPING.format(
            url=self.server.url, database=DATABASE, user=tryton_company.USER, page_size=page_size
        )
        (self.config / "andina.toml").write_text(text, encoding="utf-8")
        self.environment = ENVIRONMENT
        self.connector = open_connector(self.config, "andina", environment=ENVIRONMENT)
        self.admin = self.server.session("admin", ADMIN)
        self.admin.extend({"company": COMPANY_ID, "companies": [COMPANY_ID]})
        self._blocked: dict[str, int] = {}

    # -- customers ------------------------------------------------------------------------------

    def add_customer(self, code: str, *, changed: datetime = NOON, name: str = "Tienda El Sol") -> None:
        self.create(
            "party.party",
            name=name,
            code=code,
            addresses=[["create", [{"street": "Av. Quito", "city": "Quito"}]]],
            contact_mechanisms=[["create", [{"type": "mobile", "value": "+593999999999"}]]],
        )
        for table in ("party_party", "party_address", "party_contact_mechanism"):
            self._stamp(table, "id = (SELECT max(id) FROM " + table + ")", changed)

    def add_address(self, key: str, customer: str) -> None:
        self.create(
            "party.address", party=self._party(customer), party_name="Sucursal Norte",
            street="Av. Amazonas 100", city="Quito", sequence=9,
        )  # fmt: skip

    def add_contact(self, key: str, customer: str) -> None:
        """Tryton has contact mechanisms, and no people at a customer's."""

    def add_withholding(self, number: str, customer: str, invoice: str, amount: int) -> None:
        """Tryton has none."""

    def add_sales(self, customer: str, month: str, amount: int) -> None:
        """Not read from Tryton."""

    def add_goal(self, collector: str, month: str, amount: int, *, effective: int | None = None) -> None:
        """Tryton has none."""

    def add_performance(
        self, collector: str, month: str, *, sales: tuple[int, int] | None, orders: tuple[int, int] | None
    ) -> None:
        """A sale in Tryton does not say who sold it."""

    def set_credit_limit(self, customer: str, amount: int, *, changed: datetime = NOON) -> None:
        self._write("party.party", self._party(customer), credit_limit_amount=_decimal(amount))
        self._stamp("party_party", "code = ?", changed, customer)

    def block(self, customer: str, reason: str) -> None:
        """A rule of access, as an administrator makes it; Tryton names it when it refuses."""
        domain = f'["OR", ["party", "=", null], ["party.code", "!=", "{customer}"]]'
        self._blocked[customer] = self.create(
            "ir.rule.group", name=reason, model="account.move.line", global_p=True, perm_read=False,
            perm_write=False, perm_create=True, perm_delete=False, rules=[["create", [{"domain": domain}]]],
        )  # fmt: skip

    def unblock(self, customer: str) -> None:
        self.admin.call("model.ir.rule.group", "delete", [self._blocked.pop(customer)])

    # -- invoices -------------------------------------------------------------------------------

    def add_invoice(
        self, number: str, customer: str, total: int, *, changed: datetime = NOON, due_on: str = "2026-10-01"
    ) -> None:
        days = (date.fromisoformat(due_on) - ISSUED_ON).days
        self._sell(number, customer, total, term="30 días" if days == 30 else None)
        if days != 30:
            self.ask("UPDATE account_move_line SET maturity_date = ? WHERE id IN " + _LINES, (due_on, number))
        self._changed(number, changed)

    def add_credit_note(self, number: str, customer: str, total: int) -> None:
        self._sell(number, customer, -total, term="30 días")

    def add_instalments(self, invoice: str, parts: Sequence[tuple[str, int]]) -> None:
        """Rescheduled with Tryton's own assistant."""
        lines = [
            row[0] for row in self.ask("SELECT id FROM account_move_line WHERE id IN " + _LINES, (invoice,))
        ]
        terms = [
            {"date": date.fromisoformat(due_on), "amount": _decimal(amount), "currency": self._currency()}
            for due_on, amount in parts
        ]
        preview = {"journal": self.one("account.journal", ("type", "=", "revenue")), "terms": terms}
        preview |= {"currency": self._currency(), "description": "Cuotas"}
        self._wizard(
            "account.move.line.reschedule", "account.move.line", lines, ("reschedule", {"preview": preview})
        )

    def pay_at_the_office(self, invoice: str, amount: int, *, changed: datetime) -> None:
        """With Tryton's own assistant."""
        number = self._invoice(invoice)
        start = {
            "payee": self._one_of("account.invoice", number, "party"), "amount": _decimal(amount),
            "currency": self._currency(), "description": "Oficina", "company": COMPANY_ID,
            "invoice_account": self._one_of("account.invoice", number, "account"), "date": date(2026, 11, 20),
            "payment_method": self.one("account.invoice.payment.method", ("name", "=", "Efectivo")),
        }  # fmt: skip
        ask = {
            "type": "partial",
            "amount": _decimal(amount),
            "currency": self._currency(),
            "company": COMPANY_ID,
        }
        self._wizard(
            "account.invoice.pay", "account.invoice", [number],
            ("choice", {"start": start}), ("pay", {"start": start, "ask": ask}),
        )  # fmt: skip
        self._changed(invoice, changed)

    def cancel_invoice(self, number: str, *, changed: datetime) -> None:
        self.admin.call("model.account.invoice", "cancel", [self._invoice(number)])
        self._changed(number, changed)

    def delete_invoice(self, number: str) -> None:
        self.ask("DELETE FROM account_invoice WHERE number = ?", (number,))

    def spoil_invoice(self, number: str) -> None:
        self.ask("UPDATE account_move_line SET maturity_date = NULL WHERE id IN " + _LINES, (number,))

    # -- what is in the books -------------------------------------------------------------------

    def balance(self, invoice: str) -> int:
        found = self.admin.search_read("account.invoice", [("number", "=", invoice)], ["amount_to_pay"])
        return int(found[0]["amount_to_pay"] * 100)

    def postings(self) -> list[tuple[str, int]]:
        found = self.ask(
            "SELECT substr(m.description, 9), sum(l.debit) FROM account_move m JOIN account_move_line l"
            " ON l.move = m.id WHERE m.state = 'posted' AND m.description LIKE 'Recaudo %'"
            " GROUP BY m.id ORDER BY m.description, m.id"
        )
        return [(str(key), int((Decimal(str(total)) * 100).to_integral_value())) for key, total in found]

    def drafts(self) -> int:
        return len(
            self.ask("SELECT id FROM account_move WHERE state = 'draft' AND description LIKE 'Recaudo %'")
        )

    def on_account(self, customer: str) -> int:
        """What the customer has paid and no invoice has taken."""
        lines = self.admin.search_read(
            "account.move.line",
            [("party.code", "=", customer), ("invoice_payment", "=", None), ("reconciliation", "=", None),
             ("move.description", "like", "Recaudo %"), ("move.state", "=", "posted")],
            ["credit"],
        )  # fmt: skip
        return int(sum(line["credit"] for line in lines) * 100)

    def receivable(self, customer: str) -> int:
        """What the customer owes by Tryton's own sum, all accounts receivable together."""
        found = self.admin.search_read("party.party", [("code", "=", customer)], ["receivable"])
        return int(found[0]["receivable"] * 100)

    # -- the server -----------------------------------------------------------------------------

    def work(self) -> None:
        """Tryton decides at once."""

    def go_away(self) -> None:
        self.server.stop()

    def move_away(self) -> None:
        self.server.stop()

    def come_back(self) -> None:
        self.server.start()

    @contextmanager
    def busy_with(self, receipt_id: str) -> Iterator[None]:
        """Hold the database's lock: what Tryton is asked to write waits; who asked may be dead by then."""
        with closing(sqlite3.connect(self.server.path, isolation_level=None, timeout=30)) as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                database.execute("ROLLBACK")

    def close(self) -> None:
        if self.server.is_running:
            for customer in list(self._blocked):
                self.unblock(customer)
        self.connector.close()
        self.admin.close()

    def ask(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.server.path, timeout=30)) as database, database:
            return database.execute(statement, values).fetchall()

    # -- one step -------------------------------------------------------------------------------

    def _sell(self, number: str, customer: str, total: int, *, term: str | None) -> None:
        party = self._party(customer)
        product = self.admin.search_read("product.product", [], ["id", "default_uom"], limit=1)[0]
        line = {
            "type": "line", "product": product["id"], "unit": product["default_uom"], "description": "Ventas",
            "quantity": 1.0 if total >= 0 else -1.0, "unit_price": _decimal(abs(total)),
            "company": COMPANY_ID,
            "account": self.one("account.account", ("type.revenue", "=", True), ("closed", "=", False)),
            "currency": self._currency(),
        }  # fmt: skip
        made = self.create(
            "account.invoice", type="out", company=COMPANY_ID, party=party, currency=self._currency(),
            invoice_address=self.one("party.address", ("party", "=", party)), invoice_date=ISSUED_ON,
            account=self.one("account.account", ("code", "=", "1.2.1")), lines=[["create", [line]]],
            journal=self.one("account.journal", ("type", "=", "revenue")),
            payment_term=self.one("account.invoice.payment_term", ("name", "=", term)) if term else None,
        )  # fmt: skip
        self.admin.call("model.account.invoice", "post", [made])
        self.ask("UPDATE account_invoice SET number = ? WHERE id = ?", (number, made))

    def _changed(self, number: str, moment: datetime) -> None:
        """Date everything about an invoice back: itself, what it has to be paid, what was paid."""
        self._stamp("account_invoice", "number = ?", moment, number)
        self._stamp("account_move_line", f"move IN {_MOVES}", moment, number, number, number)

    def _stamp(self, table: str, which: str, moment: datetime, *values: object) -> None:
        text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.ask(f"UPDATE {table} SET create_date = ?, write_date = ? WHERE {which}", (text, text, *values))

    def _wizard(self, name: str, model: str, ids: Sequence[int], *steps: tuple[str, dict[str, Any]]) -> None:
        context = {"active_model": model, "active_ids": list(ids), "active_id": ids[0]}
        session, *_ = self.admin.call(f"wizard.{name}", "create", context=context)
        for state, data in steps:
            self.admin.call(f"wizard.{name}", "execute", session, data, state, context=context)
        self.admin.call(f"wizard.{name}", "delete", session, context=context)

    def create(self, model: str, /, **values: Any) -> int:
        made: list[int] = self.admin.call(f"model.{model}", "create", [values])
        return made[0]

    def _write(self, model: str, record: int, /, **values: Any) -> None:
        self.admin.call(f"model.{model}", "write", [record], values)

    def rows(self, model: str, domain: Sequence[Any], names: Sequence[str]) -> list[dict[str, Any]]:
        return self.admin.search_read(model, domain, names)

    def one(self, model: str, *domain: Any) -> int:
        return int(self.admin.search_read(model, list(domain), ["id"], limit=1)[0]["id"])

    def _one_of(self, model: str, record: int, field: str) -> Any:
        return self.admin.search_read(model, [("id", "=", record)], [field])[0][field]

    def _party(self, code: str) -> int:
        return self.one("party.party", ("code", "=", code))

    def _invoice(self, number: str) -> int:
        return self.one("account.invoice", ("number", "=", number))

    def _currency(self) -> int:
        return self.one("currency.currency", ("code", "=", "USD"))


_LINES = (
    "(SELECT l.id FROM account_invoice i JOIN account_move_line l"
    " ON l.move = i.move AND l.account = i.account WHERE i.number = ?)"
)
_MOVES = (
    "(SELECT move FROM account_invoice WHERE number = ? UNION SELECT cancel_move FROM account_invoice"
    ' WHERE number = ? UNION SELECT l.move FROM "account_invoice-account_move_line" p'
    " JOIN account_move_line l ON p.line = l.id JOIN account_invoice i ON p.invoice = i.id"
    " WHERE i.number = ?)"
)


def _decimal(minor: int) -> Decimal:
    return (Decimal(minor) / 100).quantize(Decimal("0.01"))
