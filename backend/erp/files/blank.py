"""Makes the folder of an exchange, with empty templates that explain their columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend.erp.files.mapping import Format
from backend.erp.files.tables import write_table
from backend.erp.files.templates import ANSWERS, ENTRY, FOLDERS, IN, INSTALMENTS, Form, Sheet
from backend.erp.port import Kind

TEMPLATES = "plantillas"
EXPLANATION = "leame"
_FORMS = {
    Form.TEXT: "texto",
    Form.MONEY: "valor, por ejemplo 513.78",
    Form.DATE: "fecha: 2026-11-25 o 25/11/2026",
    Form.NUMBER: "número",
    Form.STATE: "una de las palabras de la columna siguiente",
}
_MEANINGS = {
    "clientes.codigo": "el que usa la empresa; no cambia nunca",
    "clientes.telefonos": "con código de país, separados por comas: +593999999999",
    "clientes.activo": "si o no; vacío deja lo que había",
    "cupos.cupo": "lo que el cliente puede deber en total",
    "direcciones.clave": "la que distingue esta dirección de todas las demás",
    "contactos.clave": "la que distingue a esta persona de todas las demás",
    "facturas.saldo": "lo que se debe ahora, después de los recibos que nombra la columna incluye",
    "facturas.incluye": "los id de los recibos y reversos que el saldo ya contiene, separados por espacios",
    "facturas.estado": "abierta, pagada o anulada; si falta, la que dice el saldo",
    "cuotas.saldo": "los saldos de las cuotas suman el de la factura",
    "retenciones.estado": "registrada, pendiente, rechazada o anulada",
    "notas_credito.estado": "abierta, aplicada o anulada",
    "ventas.mes": "año y mes: 2026-11",
    "metas.mes": "año y mes: 2026-11",
    "metas.efectivas_dia": "visitas que se esperan con un resultado efectivo; vacío si no hay meta",
    "resultados.mes": "año y mes: 2026-11",
    "resultados.ventas": "lo que el asesor vendió en el mes; vacío si no se sabe, no cero",
    "resultados.pedidos": "el valor de los pedidos que tomó en el mes; vacío si no se sabe, no cero",
    "recibo.clase": "recibo, anulacion o cheque_protestado",
    "recibo.id": "se contabiliza una sola vez, aunque llegue en varios archivos",
    "recibo.intento": "1, y uno más cada vez que se envía de nuevo después de un rechazo",
    "recibo.asiento_reversado": "el numero con que se contabilizó el recibo que se reversa",
    "recibo.linea": "pago, aplicacion (a una factura) o a_cuenta",
    "recibo.validada": "no: una retención cuyo comprobante nadie ha revisado",
    "respuestas.id": "el del archivo de salida",
    "respuestas.estado": "contabilizado o rechazado",
    "respuestas.numero": "con el que se contabilizó",
    "respuestas.intento": "el del archivo de salida; obligatorio en un rechazo",
    "respuestas.motivo": "obligatorio en un rechazo; lo lee el cobrador",
}


def make_exchange(folder: Path, form: Format) -> list[Path]:
    """Make what is not there yet, and the templates anew; never a table of the company's own."""
    for name in (*FOLDERS, TEMPLATES):
        (folder / name).mkdir(parents=True, exist_ok=True)
    made = []
    for name, sheets in _files(form):
        path = folder / TEMPLATES / f"{name}.{form}"
        tables: dict[str, tuple[Sequence[str], Sequence[Sequence[Any]]]] = {
            sheet.name: ([column.name for column in sheet.columns], []) for sheet in sheets
        }
        if form is Format.XLSX:
            tables[EXPLANATION] = (
                ("hoja", "columna", "obligatoria", "cómo se escribe", "qué es"),
                [row for sheet in sheets for row in _explained(sheet)],
            )
        write_table(path, tables)
        made.append(path)
    return made


def _files(form: Format) -> list[tuple[str, list[Sheet]]]:
    both = [IN[Kind.INVOICES], INSTALMENTS]
    tables = [
        (sheet.name, both if kind is Kind.INVOICES and form is Format.XLSX else [sheet])
        for kind, sheet in IN.items()
    ]
    return [*tables, (ENTRY.name, [ENTRY]), (ANSWERS.name, [ANSWERS])]


def _explained(sheet: Sheet) -> list[list[str]]:
    return [
        [
            sheet.name,
            column.name,
            "sí" if column.required else "",
            _FORMS[column.form],
            _MEANINGS.get(f"{sheet.name}.{column.name}", ""),
        ]
        for column in sheet.columns
    ]
