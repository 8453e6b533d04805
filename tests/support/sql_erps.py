"""A small ERP on a SQL database: the same tables in every dialect, its business logic in the database.

Where a schema writes money as decimals or instants as timestamps, the hands below do so too.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.resources import files
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool

from backend.demo.erp_data import complete_demo_erp
from backend.erp.registry import open_connector
from tests.support.erps import NOON


class SqlErp:
    """Every hand of `ErpUnderTest` but `spoil_invoice` and `go_away`, which are each database's own."""

    def __init__(self, url: str, mapping: str, folder: Path, *, page_size: int = 3) -> None:
        self.url = url
        self._engine = create_engine(url, poolclass=NullPool)
        self.config = folder / "erp"
        self.config.mkdir()
        mapping = mapping.replace("@url@", url)
        mapping = mapping.replace('type = "sql"', f'type = "sql"\npage_size = {page_size}')
        (self.config / "andina.toml").write_text(mapping, encoding="utf-8")
        self.connector = open_connector(self.config, "andina", environment={})

    # How this database writes money and instants, and reads them.
    def money(self, minor: int) -> Any:
        return minor

    def minor(self, value: Any) -> int:
        return int(str(value or 0))

    def instant(self, moment: datetime) -> Any:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def add_customer(self, code: str, *, changed: datetime = NOON, name: str = "Tienda El Sol") -> None:
        self.insert(
            "clientes", codigo=code, razon_social=name, identificacion=f"17{code}", sucursal="Matriz",
            telefonos="+593999999999", correo=f"{code.lower()}@clientes.example", direccion="Av. Quito",
            sector="Centro", ciudad="Quito", latitud=-0.2, longitud=-78.5, plazo_dias=30,
            modificado=self.instant(changed),
        )  # fmt: skip

    def add_address(self, key: str, customer: str) -> None:
        self.insert(
            "direcciones", codigo=key, cliente=customer, nombre="Sucursal Norte",
            direccion="Av. Amazonas 100", ciudad="Quito", modificado=self.instant(NOON),
        )  # fmt: skip

    def add_contact(self, key: str, customer: str) -> None:
        self.insert(
            "contactos", codigo=key, cliente=customer, nombre="Rosa Vera", cargo="Pagos",
            telefonos="+593999000111", correo="rosa@clientes.example", modificado=self.instant(NOON),
        )  # fmt: skip

    def set_credit_limit(self, customer: str, amount: int, *, changed: datetime = NOON) -> None:
        self.do("DELETE FROM cupos WHERE cliente = :cliente", cliente=customer)
        self.insert("cupos", cliente=customer, cupo=self.money(amount), modificado=self.instant(changed))

    def add_invoice(
        self, number: str, customer: str, total: int, *, changed: datetime = NOON, due_on: str = "2026-10-01"
    ) -> None:
        self.insert(
            "facturas", numero=number, cliente=customer, emision="2026-09-01", vencimiento=due_on,
            total=self.money(total), saldo=self.money(total), modificado=self.instant(changed),
        )  # fmt: skip

    def add_instalments(self, invoice: str, parts: Sequence[tuple[str, int]]) -> None:
        for place, (due_on, amount) in enumerate(parts, start=1):
            self.insert(
                "cuotas", factura=invoice, cuota=place, vencimiento=due_on, valor=self.money(amount),
                saldo=self.money(amount),
            )  # fmt: skip

    def add_withholding(self, number: str, customer: str, invoice: str, amount: int) -> None:
        self.insert(
            "retenciones", numero=number, cliente=customer, factura=invoice, fecha="2026-09-02",
            impuesto="iva", valor=self.money(amount), estado="REGISTRADA", modificado=self.instant(NOON),
        )  # fmt: skip

    def add_credit_note(self, number: str, customer: str, total: int) -> None:
        self.insert(
            "notas_credito", numero=number, cliente=customer, fecha="2026-09-02", total=self.money(total),
            saldo=self.money(total), modificado=self.instant(NOON),
        )  # fmt: skip

    def add_electronic(self, of: str, number: str, xml: str) -> None:
        kind = {"invoice": "FACTURA", "withholding": "RETENCION"}[of]
        self.insert("comprobantes", clase=kind, numero=number, xml=xml, modificado=self.instant(NOON))

    def add_sales(self, customer: str, month: str, amount: int) -> None:
        self.insert(
            "ventas", cliente=customer, mes=month, valor=self.money(amount), modificado=self.instant(NOON)
        )

    def add_goal(self, collector: str, month: str, amount: int, *, effective: int | None = None) -> None:
        self.insert(
            "metas", cobrador=collector, mes=month, valor_mes=self.money(amount), valor_dia=self.money(100),
            visitas_dia=8, efectivas_dia=effective, modificado=self.instant(NOON),
        )  # fmt: skip

    def add_performance(
        self, collector: str, month: str, *, sales: tuple[int, int] | None, orders: tuple[int, int] | None
    ) -> None:
        sold, ordered = sales or (None, None), orders or (None, None)
        self.insert(
            "resultados", cobrador=collector, mes=month, modificado=self.instant(NOON),
            ventas=None if sold[0] is None else self.money(sold[0]), numero_ventas=sold[1],
            pedidos=None if ordered[0] is None else self.money(ordered[0]), numero_pedidos=ordered[1],
        )  # fmt: skip

    def pay_at_the_office(self, invoice: str, amount: int, *, changed: datetime) -> None:
        self.do(
            "UPDATE facturas SET saldo = saldo - :valor, modificado = :modificado WHERE numero = :numero",
            valor=self.money(amount), modificado=self.instant(changed), numero=invoice,
        )  # fmt: skip

    def cancel_invoice(self, number: str, *, changed: datetime) -> None:
        self.do(
            "UPDATE facturas SET anulada = :si, modificado = :modificado WHERE numero = :numero",
            si=True, modificado=self.instant(changed), numero=number,
        )  # fmt: skip

    def delete_invoice(self, number: str) -> None:
        self.do("DELETE FROM facturas WHERE numero = :numero", numero=number)

    def vanish(self, number: str) -> None:
        """Delete an invoice as a repair by hand does: nobody is told."""
        self.delete_invoice(number)
        self.do("DELETE FROM bajas WHERE clave = :numero", numero=number)

    def restore_without(self, receipt: str) -> None:
        """Be as if the receipt had never come: what a backup of the day before does."""
        [(number,)] = self.ask("SELECT numero FROM cobros WHERE recibo = :recibo", recibo=receipt)
        for factura, valor in self.ask(
            "SELECT factura, valor FROM cobros_facturas WHERE recibo = :recibo", recibo=receipt
        ):
            self.do("UPDATE facturas SET saldo = saldo + :v WHERE numero = :n", v=valor, n=factura)
        for table in ("cobros_facturas", "cobros_pagos", "saldos_a_favor", "cobros"):
            self.do(f"DELETE FROM {table} WHERE recibo = :recibo", recibo=receipt)
        self.do("DELETE FROM asientos WHERE numero = :numero", numero=number)

    def block(self, customer: str, reason: str) -> None:
        self.do(
            "UPDATE clientes SET bloqueo = :motivo WHERE codigo = :codigo", motivo=reason, codigo=customer
        )

    def unblock(self, customer: str) -> None:
        self.do("UPDATE clientes SET bloqueo = NULL WHERE codigo = :codigo", codigo=customer)

    def correct_invoice(self, number: str, *, changed: datetime) -> None:
        self.do(
            "UPDATE facturas SET vencimiento = '2026-10-01', modificado = :modificado WHERE numero = :numero",
            modificado=self.instant(changed), numero=number,
        )  # fmt: skip

    def work(self) -> None:
        """It decides at once."""

    def balance(self, invoice: str) -> int:
        return self.minor(self.ask("SELECT saldo FROM facturas WHERE numero = :numero", numero=invoice)[0][0])

    def postings(self) -> list[tuple[str, int]]:
        found = self.ask(
            "SELECT recibo, sum(debe) FROM cobros JOIN asientos ON asientos.numero = cobros.numero"
            " GROUP BY recibo"
        )
        taken_back = self.ask(
            "SELECT reverso, -sum(debe) FROM reversos JOIN asientos ON asientos.numero = reversos.numero"
            " GROUP BY reverso"
        )
        return sorted((str(key), self.minor(total)) for key, total in [*found, *taken_back])

    def on_account(self, customer: str) -> int:
        return self.minor(
            self.ask("SELECT sum(valor) FROM saldos_a_favor WHERE cliente = :cliente", cliente=customer)[0][0]
        )

    def close(self) -> None:
        self.connector.close()
        self._engine.dispose()

    def insert(self, table: str, **values: Any) -> None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.do(f"INSERT INTO {table} ({names}) VALUES ({marks})", **values)

    def do(self, statement: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement), values)

    def ask(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]


class SqliteErp(SqlErp):
    """The demo's ERP without its data."""

    def __init__(self, folder: Path, *, page_size: int = 3) -> None:
        self.path = folder / "erp.sqlite"
        with closing(sqlite3.connect(self.path)) as database:
            database.executescript(demo_file("erp.sql"))
            complete_demo_erp(database)
        super().__init__(f"sqlite:///{self.path}", demo_file("andina.toml"), folder, page_size=page_size)
        event.listen(
            self._engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys = ON").close()
        )

    def spoil_invoice(self, number: str) -> None:
        self.do("UPDATE facturas SET vencimiento = 'mañana' WHERE numero = :numero", numero=number)

    def move_away(self) -> None:
        """Be somewhere else for a while, as an ERP under maintenance is."""
        self.path.rename(self.path.with_suffix(".away"))
        self.path.mkdir()

    def come_back(self) -> None:
        self.path.rmdir()
        self.path.with_suffix(".away").rename(self.path)

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

    def go_away(self) -> None:
        self.path.write_bytes(
            b"not a database any more, for the length of a header and then some more of it" * 20
        )


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


def demo_file(name: str) -> str:
    return files("backend.demo").joinpath(name).read_text(encoding="utf-8")
