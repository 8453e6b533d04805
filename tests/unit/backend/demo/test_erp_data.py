"""The demo's company is the same every time, adds up, and looks like one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from backend.demo.erp_data import COMPANY, complete_demo_erp, create_demo_erp
from backend.demo.quito import ZONES
from backend.demo.tax_ids import cedula, ruc_of_company
from paperwork.sri_xml import read_electronic_document
from receivables.access_keys import parse_access_key
from receivables.electronic_documents import ElectronicDocument, ElectronicInvoice
from receivables.money import Money
from receivables.withholdings import WithholdingBase, WithholdingClaim, judge_withholding

ON = date(2026, 11, 21)


@pytest.fixture(scope="module")
def erp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("erp") / "erp.sqlite"
    create_demo_erp(path, on=ON)
    with closing(sqlite3.connect(path)) as database:
        yield database


def one(erp: sqlite3.Connection, statement: str) -> int:
    return int(erp.execute(statement).fetchone()[0])


def test_the_same_day_gives_the_same_company(erp: sqlite3.Connection, tmp_path: Path) -> None:
    create_demo_erp(tmp_path / "again.sqlite", on=ON)
    with closing(sqlite3.connect(tmp_path / "again.sqlite")) as again:
        assert list(again.iterdump()) == list(erp.iterdump())


def test_it_has_customers_and_invoices_of_every_kind(erp: sqlite3.Connection) -> None:
    assert one(erp, "SELECT count(*) FROM clientes") == 400
    assert one(erp, "SELECT count(*) FROM facturas") == 2500
    assert one(erp, f"SELECT count(*) FROM facturas WHERE saldo > 0 AND vencimiento < '{ON}'") > 300
    assert one(erp, f"SELECT count(*) FROM facturas WHERE saldo > 0 AND vencimiento >= '{ON}'") > 300
    assert one(erp, "SELECT count(*) FROM facturas WHERE saldo = 0") > 1000
    assert one(erp, "SELECT count(*) FROM facturas WHERE saldo BETWEEN 1 AND total - 1") > 50
    assert one(erp, "SELECT count(DISTINCT estado) FROM retenciones") == 2
    assert one(erp, "SELECT count(*) FROM clientes WHERE correo IS NULL") > 10
    assert one(erp, "SELECT count(*) FROM clientes WHERE bloqueo IS NOT NULL") == 3
    assert one(erp, "SELECT count(*) FROM cupos WHERE cupo > 0") == 400


def test_every_customer_lies_in_a_zone(erp: sqlite3.Connection) -> None:
    inside = [
        sum(zone.south <= lat < zone.north for zone in ZONES)
        for (lat,) in erp.execute("SELECT latitud FROM clientes")
    ]
    assert set(inside) == {1}


def test_nobody_bought_in_the_future(erp: sqlite3.Connection) -> None:
    assert one(erp, f"SELECT count(*) FROM facturas WHERE emision >= '{ON}' OR vencimiento < emision") == 0


def test_check_digits_are_those_of_the_registries() -> None:
    # A published example of the Registro Civil's algorithm, and the RUC of a well-known retailer.
    assert cedula(17, 1003406) == "1710034065"
    assert ruc_of_company(17, 1691) == "1790016919001"


def test_the_electronic_documents_agree_with_the_erps_rows(erp: sqlite3.Connection) -> None:
    rows = erp.execute(
        """SELECT f.numero, c.identificacion, f.total, f.emision, x.xml FROM facturas f
        JOIN clientes c ON c.codigo = f.cliente
        JOIN comprobantes x ON x.clase = 'FACTURA' AND x.numero = f.numero
        WHERE f.saldo > 0 ORDER BY f.numero"""
    ).fetchall()
    assert len(rows) == one(erp, "SELECT count(*) FROM facturas WHERE saldo > 0")
    for number, tax_id, total, issued_on, xml in rows[::20]:
        read = read_electronic_document(xml)
        assert isinstance(read, ElectronicDocument), read
        invoice = read.content
        assert isinstance(invoice, ElectronicInvoice)
        key = parse_access_key(invoice.issuer.access_key)
        assert (invoice.issuer.number, invoice.buyer_id, invoice.total * 100) == (number, tax_id, total)
        assert (key.number, key.ruc, key.issued_on.isoformat()) == (number, COMPANY.ruc, issued_on)
        assert sum(line.total for line in invoice.lines) == invoice.subtotal
        vat = sum(tax.amount for line in invoice.lines for tax in line.taxes)
        assert invoice.subtotal + vat == invoice.total


def test_the_withholdings_of_the_demo_would_be_accepted(erp: sqlite3.Connection) -> None:
    rows = erp.execute(
        """SELECT r.numero, r.factura, r.impuesto, r.valor, c.identificacion, i.xml, x.xml FROM retenciones r
        JOIN clientes c ON c.codigo = r.cliente
        JOIN comprobantes x ON x.clase = 'RETENCION' AND x.numero = r.numero
        JOIN comprobantes i ON i.clase = 'FACTURA' AND i.numero = r.factura ORDER BY r.numero"""
    ).fetchall()
    assert len(rows) > 50
    for number, invoice, tax, amount, tax_id, invoice_xml, xml in rows[::5]:
        read, of = read_electronic_document(xml), read_electronic_document(invoice_xml)
        assert isinstance(read, ElectronicDocument)
        assert isinstance(of, ElectronicDocument)
        assert isinstance(of.content, ElectronicInvoice)
        judged = judge_withholding(
            read,
            WithholdingClaim(tax=tax.lower(), amount=Money(amount, "USD"), number=number),
            customer_tax_id=tax_id,
            company_tax_id=COMPANY.ruc,
            invoices={invoice: WithholdingBase.of_invoice(of.content, "USD")},
        )
        assert judged.reasons == ()


def test_an_erp_of_an_earlier_version_gets_what_it_lacks(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "erp.sqlite")) as erp:
        erp.execute("CREATE TABLE metas (cobrador TEXT, mes TEXT, visitas_dia INTEGER)")
        for _ in range(2):
            complete_demo_erp(erp)
        assert erp.execute("SELECT efectivas_dia, visitas_mes, efectivas_mes FROM metas").fetchall() == []
        assert erp.execute("SELECT ventas, pedidos FROM resultados").fetchall() == []
