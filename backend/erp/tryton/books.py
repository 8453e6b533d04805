"""What a posting has to know of a company's books: period, invoices, customer, accounts, payment methods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.erp.port import ErpMisconfigured
from backend.erp.tryton.entries import ON_ACCOUNT, Books, Entry, Method
from backend.erp.tryton.mapping import TrytonMapping
from backend.erp.tryton.rpc import Refused, Tryton

MOVE, LINE, INVOICE = "account.move", "account.move.line", "account.invoice"

Row = Mapping[str, Any]


class CompanyBooks:
    """Asks Tryton each time, except for the payment methods. `company` is its id."""

    def __init__(self, tryton: Tryton, mapping: TrytonMapping, *, company: int) -> None:
        self._tryton = tryton
        self._mapping = mapping
        self._company = company
        self._methods = self._read_methods()

    def period(self, on: date) -> tuple[int | None, dict[str, str]]:
        """The accounting period of a day, and the stamp of the sequence that numbers its moves, as of now.

        None where the day is in no period. A period without a sequence uses its year's.
        """
        domain = [
            ("company", "=", self._company), ("type", "=", "standard"),
            ("start_date", "<=", on), ("end_date", ">=", on),
        ]  # fmt: skip
        names = ["move_sequence._timestamp", "fiscalyear.move_sequence._timestamp"]
        found = self._tryton.search_read("account.period", domain, names, limit=1)
        if not found:
            return None, {}
        sequence = found[0]["move_sequence."] or found[0]["fiscalyear."]["move_sequence."]
        return found[0]["id"], {f"ir.sequence.strict,{sequence['id']}": sequence["_timestamp"]}

    def invoices(self, entry: Entry) -> dict[str, Row]:
        """Those that the entry pays, by number; raise `Refused` when one of them is unknown."""
        numbers = list(entry.allocations)
        if not numbers:
            return {}
        domain = [("number", "in", numbers), ("type", "=", "out"), ("company", "=", self._company)]
        names = ["number", "account", "state", "lines_to_pay.reconciliation"]
        found: dict[str, Row] = {
            row["number"]: row for row in self._tryton.search_read(INVOICE, domain, names)
        }
        if missing := sorted(set(numbers) - found.keys()):
            raise Refused(f"Tryton no tiene la factura {', '.join(missing)}")
        return found

    def needed(
        self, entry: Entry, period: int, invoices: Mapping[str, Row], reversed_move: int | None
    ) -> Books:
        """What the move of this entry is made of."""
        found = self._tryton.search_read(
            "party.party", [("code", "=", entry.customer)], ["account_receivable"], limit=1
        )
        if not found:
            raise Refused(f"Tryton no tiene un tercero con el código {entry.customer}")
        accounts = {number: row["account"] for number, row in invoices.items()}
        if entry.on_account:
            accounts[ON_ACCOUNT] = found[0]["account_receivable"] or self._receivable()
        return Books(
            company=self._company,
            party=found[0]["id"],
            period=period,
            accounts=accounts,
            methods=self._methods,
            journal=self._mixed_journal(),
            origin=reversed_move,
        )

    def _receivable(self) -> int | None:
        rows = self._tryton.search_read("account.configuration", [], ["default_account_receivable"])
        return rows[0]["default_account_receivable"] if rows else None

    def _mixed_journal(self) -> int | None:
        """The journal of a receipt whose payments belong to several."""
        code = self._mapping.journal
        if code is None:
            return self._methods["cash"].journal
        rows = self._tryton.search_read("account.journal", [("code", "=", code)], ["id"], limit=1)
        if not rows:
            raise ErpMisconfigured(f"out.journal: Tryton has no journal {code!r}")
        return int(rows[0]["id"])

    def _read_methods(self) -> Mapping[str, Method]:
        names = self._mapping.methods
        rows = self._tryton.search_read(
            "account.invoice.payment.method",
            [("company", "=", self._company), ("name", "in", sorted(set(names.values())))],
            ["name", "journal", "debit_account"],
        )
        found = {row["name"]: Method(journal=row["journal"], account=row["debit_account"]) for row in rows}
        missing = [
            f"out.methods.{ours}: Tryton has no payment method {name!r}"
            for ours, name in names.items()
            if name not in found
        ]
        if missing:
            raise ErpMisconfigured("; ".join(missing))
        methods = {ours: found[name] for ours, name in names.items()}
        return {"withholding_pending": methods["withholding"], "bounced_cheque": methods["cheque"], **methods}
