"""Real ERPs for tests, small and empty, with the hands of the ERP's own users.

They sell, are paid, block customers.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from importlib.resources import files
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Protocol

from backend.erp.port import Connector
from backend.erp.records import OutgoingReceipt
from backend.erp.registry import open_connector

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ErpUnderTest(Protocol):
    """What the contract needs to do inside an ERP, behind Recaudo's back."""

    connector: Connector

    def add_customer(self, code: str, *, changed: datetime = NOON, name: str = "Tienda El Sol") -> None: ...
    def add_invoice(self, number: str, customer: str, total: int, *, changed: datetime = NOON) -> None: ...
    def pay_at_the_office(self, invoice: str, amount: int, *, changed: datetime) -> None: ...
    def block(self, customer: str, reason: str) -> None: ...
    def spoil_invoice(self, number: str) -> None:
        """Leave the invoice with a date that is none."""
        ...

    def balance(self, invoice: str) -> int: ...
    def postings(self) -> list[tuple[str, int]]:
        """(receipt id, total) of everything in the ledger."""
        ...

    def on_account(self, customer: str) -> int: ...
    def go_away(self) -> None:
        """Stop answering."""
        ...

    def close(self) -> None: ...


class SqliteErp:
    """The demo's ERP without its data. Its business logic is the ERP's own, in triggers."""

    def __init__(self, folder: Path, *, page_size: int = 3) -> None:
        self.path = folder / "erp.sqlite"
        with closing(sqlite3.connect(self.path)) as database:
            database.executescript(_demo_file("erp.sql"))
        mapping = _demo_file("andina.toml").replace("@url@", f"sqlite:///{self.path}")
        self.config = folder / "erp"
        self.config.mkdir()
        (self.config / "andina.toml").write_text(
            mapping.replace('money = "minor"', f'money = "minor"\npage_size = {page_size}'), encoding="utf-8"
        )
        self.connector = open_connector(self.config, "andina", environment={})

    def add_customer(self, code: str, *, changed: datetime = NOON, name: str = "Tienda El Sol") -> None:
        self._do(
            "INSERT INTO clientes VALUES (?, ?, ?, 'Matriz', '+593999999999', ?, 'Av. Quito', 'Centro',"
            " 'Quito', -0.2, -78.5, 30, '', 1, NULL, ?)",
            (code, name, f"17{code}", f"{code.lower()}@clientes.example", _text(changed)),
        )

    def add_invoice(
        self, number: str, customer: str, total: int, *, changed: datetime = NOON, due_on: str = "2026-10-01"
    ) -> None:
        self._do(
            "INSERT INTO facturas VALUES (?, ?, '2026-09-01', ?, ?, ?, 0, ?)",
            (number, customer, due_on, total, total, _text(changed)),
        )

    def pay_at_the_office(self, invoice: str, amount: int, *, changed: datetime) -> None:
        self._do(
            "UPDATE facturas SET saldo = saldo - ?, modificado = ? WHERE numero = ?",
            (amount, _text(changed), invoice),
        )

    def block(self, customer: str, reason: str) -> None:
        self._do("UPDATE clientes SET bloqueo = ? WHERE codigo = ?", (reason, customer))

    def unblock(self, customer: str) -> None:
        self._do("UPDATE clientes SET bloqueo = NULL WHERE codigo = ?", (customer,))

    def move_away(self) -> None:
        """Be somewhere else for a while, as an ERP under maintenance is."""
        self.path.rename(self.path.with_suffix(".away"))
        self.path.mkdir()

    @contextmanager
    def busy_with(self, receipt_id: str) -> Iterator[None]:
        """Hold the ERP's lock with the receipt half in, as a posting does whose caller has died.

        It is given up at the end. In a process of its own: a lock of ours would be our children's too.
        """
        processes = multiprocessing.get_context("fork")
        begun, enough = processes.Event(), processes.Event()
        holder = processes.Process(target=_hold, args=(self.path, receipt_id, begun, enough))
        holder.start()
        assert begun.wait(10)
        yield
        enough.set()
        holder.join()

    def come_back(self) -> None:
        self.path.rmdir()
        self.path.with_suffix(".away").rename(self.path)

    def spoil_invoice(self, number: str) -> None:
        self._do("UPDATE facturas SET vencimiento = 'mañana' WHERE numero = ?", (number,))

    def correct_invoice(self, number: str, *, changed: datetime) -> None:
        self._do(
            "UPDATE facturas SET vencimiento = '2026-10-01', modificado = ? WHERE numero = ?",
            (_text(changed), number),
        )

    def balance(self, invoice: str) -> int:
        return int(str(self.ask("SELECT saldo FROM facturas WHERE numero = ?", (invoice,))[0][0]))

    def postings(self) -> list[tuple[str, int]]:
        found = self.ask(
            "SELECT recibo, sum(debe) FROM cobros JOIN asientos USING (numero)"
            " GROUP BY recibo ORDER BY recibo"
        )
        return [(str(receipt), int(str(total))) for receipt, total in found]

    def on_account(self, customer: str) -> int:
        return int(
            self.ask("SELECT coalesce(sum(valor), 0) FROM saldos_a_favor WHERE cliente = ?", (customer,))[0][
                0
            ]
        )

    def go_away(self) -> None:
        self.path.write_bytes(
            b"not a database any more, for the length of a header and then some more of it" * 20
        )

    def close(self) -> None:
        self.connector.close()

    def ask(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(statement, values).fetchall()

    def _do(self, statement: str, values: tuple[object, ...]) -> None:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute(statement, values)


def _hold(path: Path, receipt_id: str, begun: Event, enough: Event) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "INSERT INTO cobros"
            " (recibo, numero_recibo, cliente, cobrador, creado, fecha, moneda, total, a_cuenta)"
            " VALUES (?, '', '', '', '', '', 'USD', 0, 0)",
            (receipt_id,),
        )
        begun.set()
        enough.wait(30)
        database.execute("ROLLBACK")


def outgoing(
    counter: int, customer: str, allocations: dict[str, int], *, on_account: int = 0
) -> OutgoingReceipt:
    """A cash receipt on its way to an ERP."""
    total = sum(allocations.values()) + on_account
    return OutgoingReceipt(
        receipt_id=f"receipt:R0001:{counter:08d}",
        number=f"R0001-{counter:08d}",
        customer=customer,
        collector="ana",
        created_at=NOON,
        local_on=date(2026, 11, 20),
        currency="USD",
        total=total,
        payments=[{"method": "cash", "amount": total}],
        allocations=list(allocations.items()),
        on_account=on_account,
    )


def _demo_file(name: str) -> str:
    return files("backend.demo").joinpath(name).read_text(encoding="utf-8")


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
