"""A small ERP that exchanges files: books in memory, tables exported whole after whatever its people do.

It reads and writes with no code of ours, takes every file away before it has decided, and posts an id once.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from backend.erp.registry import open_connector
from tests.support.erps import NOON

MAPPING = """[erp]
type = "files"
folder = "{folder}"
state = "{state}"
currency = "USD"
timezone = "America/Guayaquil"

[in]
settle = 0
page_size = {page_size}

[out]
format = "{format}"
"""
HEADERS = {
    "clientes": "codigo nombre identificacion telefonos correo direccion ciudad latitud longitud",
    "cupos": "cliente cupo",
    "direcciones": "clave cliente nombre direccion ciudad",
    "contactos": "clave cliente nombre cargo telefonos correo",
    "facturas": "numero cliente emision vencimiento total saldo incluye estado",
    "cuotas": "factura cuota vencimiento valor saldo",
    "retenciones": "numero cliente factura emision valor",
    "notas_credito": "numero cliente emision total saldo",
    "ventas": "cliente mes valor",
    "metas": "cobrador mes meta_mes meta_dia visitas_dia efectivas_dia",
    "resultados": "cobrador mes ventas numero_ventas pedidos numero_pedidos",
}
Row = dict[str, Any]


class FilesErp:
    """Satisfies `ErpUnderTest`."""

    def __init__(self, folder: Path, *, format: str = "csv", page_size: int = 3) -> None:
        self.format = format
        self.folder = folder / "intercambio"
        for name in ("entrada", "salida", "respuestas"):
            (self.folder / name).mkdir(parents=True)
        self.taken = folder / "taken"
        self.taken.mkdir()
        self.deliveries: list[str] = []
        self._undecided: list[Path] = []
        self.config = folder / "erp"
        self.config.mkdir()
        mapping = MAPPING.format(
            folder=self.folder, state=folder / "state.sqlite", page_size=page_size, format=format
        )
        (self.config / "andina.toml").write_text(mapping, encoding="utf-8")
        self.environment: dict[str, str] = {}
        self.connector = open_connector(self.config, "andina", environment={})
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in HEADERS}
        self._blocked: dict[str, str] = {}
        self._posted: dict[str, tuple[str, int]] = {}
        self._applied: dict[str, dict[str, int]] = {}
        self._surplus: dict[str, int] = {}
        self._answers: list[Row] = []

    # -- its people -----------------------------------------------------------------------------

    def add_customer(self, code: str, *, changed: datetime = NOON, name: str = "Tienda El Sol") -> None:
        self._put(
            "clientes", code, codigo=code, nombre=name, identificacion=f"17{code}", ciudad="Quito",
            telefonos="+593999999999", correo=f"{code.lower()}@clientes.example", direccion="Av. Quito",
            latitud=Decimal("-0.2"), longitud=Decimal("-78.5"),
        )  # fmt: skip

    def add_address(self, key: str, customer: str) -> None:
        self._put(
            "direcciones", key, clave=key, cliente=customer, nombre="Sucursal Norte",
            direccion="Av. Amazonas 100", ciudad="Quito",
        )  # fmt: skip

    def add_contact(self, key: str, customer: str) -> None:
        self._put(
            "contactos", key, clave=key, cliente=customer, nombre="Rosa Vera", cargo="Pagos",
            telefonos="+593999000111", correo="rosa@clientes.example",
        )  # fmt: skip

    def set_credit_limit(self, customer: str, amount: int, *, changed: datetime = NOON) -> None:
        self._put("cupos", customer, cliente=customer, cupo=_decimal(amount))

    def add_invoice(
        self, number: str, customer: str, total: int, *, changed: datetime = NOON, due_on: str = "2026-10-01"
    ) -> None:
        self._put(
            "facturas", number, numero=number, cliente=customer, emision="01/09/2026", vencimiento=due_on,
            total=_decimal(total), saldo=_decimal(total), incluye="", estado="abierta",
        )  # fmt: skip

    def add_instalments(self, invoice: str, parts: Sequence[tuple[str, int]]) -> None:
        if self.format == "csv":
            pytest.skip("a CSV is one table, so instalments need an XLSX")
        for place, (due_on, amount) in enumerate(parts, start=1):
            self._put(
                "cuotas", f"{invoice}:{place}", factura=invoice, cuota=place, vencimiento=due_on,
                valor=_decimal(amount), saldo=_decimal(amount),
            )  # fmt: skip

    def add_withholding(self, number: str, customer: str, invoice: str, amount: int) -> None:
        self._put(
            "retenciones", number, numero=number, cliente=customer, factura=invoice, emision="2026-09-02",
            valor=_decimal(amount),
        )  # fmt: skip

    def add_credit_note(self, number: str, customer: str, total: int) -> None:
        self._put(
            "notas_credito", number, numero=number, cliente=customer, emision="2026-09-02",
            total=_decimal(total), saldo=_decimal(total),
        )  # fmt: skip

    def add_sales(self, customer: str, month: str, amount: int) -> None:
        self._put("ventas", customer + month, cliente=customer, mes=month, valor=_decimal(amount))

    def add_goal(self, collector: str, month: str, amount: int, *, effective: int | None = None) -> None:
        self._put(
            "metas", collector + month, cobrador=collector, mes=month, meta_mes=_decimal(amount),
            meta_dia=_decimal(100), visitas_dia=8, efectivas_dia=effective,
        )  # fmt: skip

    def add_performance(
        self, collector: str, month: str, *, sales: tuple[int, int] | None, orders: tuple[int, int] | None
    ) -> None:
        sold, ordered = sales or (None, None), orders or (None, None)
        self._put(
            "resultados", collector + month, cobrador=collector, mes=month,
            ventas=None if sold[0] is None else _decimal(sold[0]), numero_ventas=sold[1],
            pedidos=None if ordered[0] is None else _decimal(ordered[0]), numero_pedidos=ordered[1],
        )  # fmt: skip

    def pay_at_the_office(self, invoice: str, amount: int, *, changed: datetime) -> None:
        self._lower(invoice, amount)
        self.export("facturas")

    def cancel_invoice(self, number: str, *, changed: datetime) -> None:
        self.tables["facturas"][number] |= {"estado": "anulada", "saldo": _decimal(0)}
        self.export("facturas")

    def delete_invoice(self, number: str) -> None:
        del self.tables["facturas"][number]
        self.export("facturas")

    def block(self, customer: str, reason: str) -> None:
        self._blocked[customer] = reason

    def unblock(self, customer: str) -> None:
        del self._blocked[customer]

    def spoil_invoice(self, number: str) -> None:
        self.tables["facturas"][number]["vencimiento"] = "mañana"
        self.export("facturas")

    # -- its job --------------------------------------------------------------------------------

    def take(self) -> None:
        """Take every file away, to decide later."""
        for path in sorted((self.folder / "salida").glob(f"[!.]*.{self.format}")):
            self._undecided.append(path.rename(self.taken / path.name))
            self.deliveries.append(path.name)

    def work(self) -> None:
        """Decide what was taken, answer, export."""
        self.take()
        while self._undecided:
            rows = _rows_of(self._undecided.pop(0))
            head = rows[0]
            answer = {"id": head["id"], "intento": head["intento"]}
            if reason := self._refusal(rows):
                answer |= {"estado": "rechazado", "motivo": reason}
            else:
                number = self._post(rows)
                answer |= {"estado": "contabilizado", "numero": number, "fecha": "2026-11-21T16:00:00"}
            self._answers.append(answer)
        header = ["id", "intento", "estado", "numero", "fecha", "motivo"]
        self._write("respuestas/dia", {"respuestas": (header, self._answers)})
        self.export("facturas")

    def _refusal(self, rows: Sequence[Row]) -> str | None:
        head = rows[0]
        if head["id"] in self._posted:
            return None
        customer = str(head["cliente"])
        if customer not in self.tables["clientes"]:
            return f"no existe el cliente {customer}"
        if customer in self._blocked:
            return self._blocked[customer]
        if head["clase"] != "recibo":
            receipt = next(
                (key for key, (number, _) in self._posted.items() if number == head["asiento_reversado"]),
                None,
            )
            if receipt is None:
                return "ese recibo no está contabilizado"
            left = self._applied[receipt]
            if any(_minor(row["valor"]) > left.get(row["factura"] or "", 0) for row in _credits(rows)):
                return "ya no hay tanto por reversar"
            return None
        asked: Counter[str] = Counter()
        for row in _credits(rows):
            asked[str(row["factura"] or "")] += _minor(row["valor"])
        for invoice, amount in asked.items():
            if invoice and amount > self.balance(invoice):
                return f"la factura {invoice} debe menos"
        return None

    def _post(self, rows: Sequence[Row]) -> str:
        head = rows[0]
        key = str(head["id"])
        if key in self._posted:
            return self._posted[key][0]
        sign = 1 if head["clase"] == "recibo" else -1
        paid = sum(_minor(row["valor"]) for row in rows if row["linea"] == "pago")
        assert paid == _minor(head["total"]), "what is paid is the total"
        number = f"COB-{len(self._posted) + 1:06d}"
        applied = self._applied.setdefault(key, {})
        for row in _credits(rows):
            amount, invoice = _minor(row["valor"]), str(row["factura"] or "")
            applied[invoice] = applied.get(invoice, 0) + amount
            if sign < 0:
                original = next(k for k, (n, _) in self._posted.items() if n == head["asiento_reversado"])
                self._applied[original][invoice] -= amount
            if invoice:
                self._lower(invoice, sign * amount)
                said = self.tables["facturas"][invoice]
                if key not in said["incluye"].split():
                    said["incluye"] = f"{said['incluye']} {key}".strip()
            else:
                customer = str(head["cliente"])
                self._surplus[customer] = self._surplus.get(customer, 0) + sign * amount
        self._posted[key] = (number, sign * paid)
        return number

    # -- what is in its books -------------------------------------------------------------------

    def balance(self, invoice: str) -> int:
        return _minor(self.tables["facturas"][invoice]["saldo"])

    def postings(self) -> list[tuple[str, int]]:
        return sorted((key, total) for key, (_, total) in self._posted.items())

    def on_account(self, customer: str) -> int:
        return self._surplus.get(customer, 0)

    def go_away(self) -> None:
        self.folder.rename(self.folder.with_name("away"))

    def come_back(self) -> None:
        self.folder.with_name("away").rename(self.folder)

    def close(self) -> None:
        self.connector.close()

    # -- files ----------------------------------------------------------------------------------

    def export(self, name: str) -> None:
        if name == "cuotas":
            name = "facturas"
        names = ["facturas", "cuotas"] if name == "facturas" and self.format == "xlsx" else [name]
        self._write(
            f"entrada/{name}",
            {each: (HEADERS[each].split(), list(self.tables[each].values())) for each in names},
        )

    def _put(self, table: str, key: str, **values: Any) -> None:
        self.tables[table][key] = values
        self.export(table)

    def _lower(self, invoice: str, amount: int) -> None:
        left = self.balance(invoice) - amount
        state = "abierta" if left else "pagada"
        self.tables["facturas"][invoice] |= {"saldo": _decimal(left), "estado": state}

    def _write(self, name: str, tables: dict[str, tuple[list[str], list[Row]]]) -> None:
        """Beside, then renamed: the way the documentation asks for."""
        path = self.folder / f"{name}.{self.format}"
        beside = path.with_name(f"{path.name}.tmp")
        if self.format == "xlsx":
            workbook = Workbook()
            workbook.remove(workbook["Sheet"])
            for title, (header, rows) in tables.items():
                sheet = workbook.create_sheet(title)
                for cells in [header, *([row.get(column) for column in header] for row in rows)]:
                    sheet.append(cells)
            workbook.save(beside)
        else:
            [(header, rows)] = tables.values()
            with beside.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.DictWriter(file, header, delimiter=";")
                writer.writeheader()
                writer.writerows(rows)
        beside.rename(path)


class XlsxErp(FilesErp):
    """The same in spreadsheets."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, format="xlsx")


def _rows_of(path: Path) -> list[Row]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))
    header, *rows = load_workbook(path).active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _credits(rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if row["linea"] != "pago")


def _decimal(minor: int) -> Decimal:
    return (Decimal(minor) / 100).quantize(Decimal("0.01"))


def _minor(value: object) -> int:
    return int(Decimal(str(value)) * 100)
