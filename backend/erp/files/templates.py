"""The templates: which tables are exchanged, and what their columns are called and mean.

Columns have Spanish names, for people fill them in; `field` is the name of docs/erp-connectors.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.erp.port import Kind


class Form(StrEnum):
    """How a cell is written."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    NUMBER = "number"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    field: str
    form: Form = Form.TEXT
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table. `key` are the fields that tell its rows apart."""

    name: str
    columns: Sequence[Column]
    key: Sequence[str]

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def field_of(self, name: str) -> str:
        return next(column.field for column in self.columns if column.name == name)

    def column_of(self, field: str) -> str:
        return next((column.name for column in self.columns if column.field == field), field)


def _columns(text: str) -> tuple[Column, ...]:
    """`name=field`, with `!` when it must be there, `$ @ # ?` for money, dates, numbers, states."""
    forms = {"$": Form.MONEY, "@": Form.DATE, "#": Form.NUMBER, "?": Form.STATE}
    found = []
    for word in text.split():
        name, _, rest = word.partition("=")
        field = rest.rstrip("!$@#?")
        marks = rest[len(field) :]
        form = next((forms[mark] for mark in marks if mark in forms), Form.TEXT)
        found.append(Column(name=name, field=field, form=form, required="!" in marks))
    return tuple(found)


IN: Mapping[Kind, Sheet] = {
    Kind.CUSTOMERS: Sheet(
        name="clientes",
        key=("code",),
        columns=_columns(
            "codigo=code! nombre=name! identificacion=tax_id sucursal=branch telefonos=phones correo=email"
            " direccion=address ciudad=city latitud=lat# longitud=lon# cupo=credit_limit$"
            " plazo_dias=payment_terms_days# observaciones=observations activo=active? moneda=currency"
        ),
    ),
    Kind.CREDIT_LIMITS: Sheet(
        name="cupos",
        key=("customer",),
        columns=_columns(
            "cliente=customer! cupo=credit_limit!$ plazo_dias=payment_terms_days# moneda=currency"
        ),
    ),
    Kind.ADDRESSES: Sheet(
        name="direcciones",
        key=("key",),
        columns=_columns(
            "clave=key! cliente=customer! nombre=label direccion=address! ciudad=city latitud=lat#"
            " longitud=lon#"
        ),
    ),
    Kind.CONTACTS: Sheet(
        name="contactos",
        key=("key",),
        columns=_columns(
            "clave=key! cliente=customer! nombre=name! cargo=role telefonos=phones correo=email"
        ),
    ),
    Kind.INVOICES: Sheet(
        name="facturas",
        key=("number",),
        columns=_columns(
            "numero=number! cliente=customer! emision=issued_on!@ vencimiento=due_on!@ total=total!$"
            " saldo=balance!$ incluye=reflects! estado=state? moneda=currency"
        ),
    ),
    Kind.WITHHOLDINGS: Sheet(
        name="retenciones",
        key=("number",),
        columns=_columns(
            "numero=number! cliente=customer! factura=invoice! emision=issued_on!@ valor=amount!$"
            " estado=state? moneda=currency"
        ),
    ),
    Kind.CREDIT_NOTES: Sheet(
        name="notas_credito",
        key=("number",),
        columns=_columns(
            "numero=number! cliente=customer! factura=invoice emision=issued_on!@ total=total!$"
            " saldo=balance!$ estado=state? moneda=currency"
        ),
    ),
    Kind.SALES: Sheet(
        name="ventas",
        key=("customer", "month"),
        columns=_columns("cliente=customer! mes=month! valor=amount!$ moneda=currency"),
    ),
    Kind.GOALS: Sheet(
        name="metas",
        key=("collector", "month"),
        columns=_columns(
            "cobrador=collector! mes=month! meta_mes=amount_month$ meta_dia=amount_day$"
            " visitas_mes=visits_month# visitas_dia=visits_day# efectivas_mes=effective_month#"
            " efectivas_dia=effective_day# moneda=currency"
        ),
    ),
    Kind.PERFORMANCE: Sheet(
        name="resultados",
        key=("collector", "month"),
        columns=_columns(
            "cobrador=collector! mes=month! ventas=sales_amount$ numero_ventas=sales_count#"
            " pedidos=orders_amount$ numero_pedidos=orders_count# moneda=currency"
        ),
    ),
}
"""What comes in, each in a file of this name."""

INSTALMENTS = Sheet(
    name="cuotas",
    key=("invoice", "number"),
    columns=_columns(
        "factura=invoice! cuota=number!# vencimiento=due_on!@ valor=amount!$ saldo=balance!$ moneda=currency"
    ),
)
"""The second sheet of an XLSX of invoices: of one moment with their balances."""

STATES: Mapping[str, str] = {
    "abierta": "open",
    "pagada": "paid",
    "anulada": "cancelled",
    "registrada": "registered",
    "pendiente": "pending",
    "rechazada": "rejected",
    "aplicada": "applied",
    "contabilizado": "posted",
    "rechazado": "rejected",
}

ENTRY = Sheet(
    name="recibo",
    key=("id", "attempt"),
    columns=_columns(
        "clase=kind id=id intento=attempt# recibo=receipt_number asiento_reversado=receipt_erp_number"
        " cliente=customer cobrador=collector creado=created_at fecha=local_on moneda=currency total=total$"
        " motivo=reason linea=line valor=amount$ factura=invoice forma=method banco=bank cuenta=account"
        " numero=number girador=drawer fecha_cheque=cheque_on referencia=reference"
        " fecha_transferencia=transferred_on marca=brand ultimos4=last4 autorizacion=authorisation"
        " impuesto=tax clave_acceso=access_key validada=validated"
    ),
)
"""What goes out: one file for each receipt or reversal, a row for each payment and each invoice."""

ANSWERS = Sheet(
    name="respuestas",
    key=("id",),
    columns=_columns("id=id! estado=state! numero=number fecha=posted_at intento=attempt# motivo=reason"),
)

IN_FOLDER, OUT_FOLDER, ANSWER_FOLDER = "entrada", "salida", "respuestas"
FOLDERS = (IN_FOLDER, OUT_FOLDER, ANSWER_FOLDER)
