"""The fixed texts of letters in Spanish and English: records of visits, cash, deposits and statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from receivables.figures import amount_text, money_text
from receivables.money import Money

PHRASES: Mapping[str, tuple[str, str]] = {
    "page": ("Página", "Page"),
    "copy": ("Copia {number}", "Copy {number}"),
    "verification": ("Verificación", "Verification"),
    "collector": ("Gestor", "Collector"),
    "customer": ("Cliente", "Customer"),
    "code": ("Código", "Code"),
    "tax_id": ("Identificación", "Tax ID"),
    "address": ("Dirección", "Address"),
    "phone": ("Teléfono", "Phone"),
    "amount": ("Valor", "Amount"),
    "total": ("Total", "Total"),
    "currency": ("Moneda", "Currency"),
    "invoice": ("Factura", "Invoice"),
    "due": ("Vence", "Due"),
    "issued": ("Emisión", "Issued"),
    "balance": ("Saldo", "Balance"),
    "days": ("Días vencida", "Days overdue"),
    "date": ("Fecha", "Date"),
    "document": ("Documento", "Document"),
    "place": ("Posición", "Position"),
    "no_place": ("sin posición", "no position"),
    "simulated": ("simulada", "simulated"),
    "attached": ("Archivo adjunto", "File attached"),
    "subject_visit": ("Visita", "Visit"),
    "subject_reference": ("Punto de referencia", "Reference point"),
    "subject_slip": ("Comprobante del banco", "The bank's slip"),
    # record of a visit
    "acta_title": ("Acta de visita", "Record of visit"),
    "acta_purpose": (
        "Visita de gestión de cartera: informar a la persona que atiende del estado de la obligación, "
        "escucharla y dejar constancia de lo acordado.",
        "Collection visit: to inform the person who attends of the state of the obligation, to hear that "
        "person and to put on record what was agreed.",
    ),
    "visit": ("Visita", "Visit"),
    "start": ("Inicio", "Start"),
    "end": ("Fin", "End"),
    "duration": ("Duración", "Duration"),
    "minutes": ("min", "min"),
    "distance": ("Distancia al cliente", "From the customer"),
    "attended_by": ("Atiende", "Attended by"),
    "not_attended": ("no se encontró a nadie o no se identificó", "nobody was found or gave a name"),
    "outcome": ("Resultado", "Outcome"),
    "next_visit": ("Próxima visita", "Next visit"),
    "debt_shown": ("Deuda informada", "Debt shown"),
    "debt_as_of": ("Corte al {date}; obligaciones pendientes:", "As of {date}; open obligations:"),
    "more_invoices": ("y {count} más, contadas en el total", "and {count} more, counted in the total"),
    "promises": ("Compromisos de pago", "Promises to pay"),
    "promise_of": ("Se compromete a pagar {amount} hasta el {date}", "Promises to pay {amount} by {date}"),
    "payments": ("Pagos recibidos en la visita", "Payments received in the visit"),
    "receipt": ("Recibo", "Receipt"),
    "observations": ("Observaciones", "Observations"),
    "contact_rules": ("Reglas de contacto", "Rules of contact"),
    "contact_allow": ("permitido", "allowed"),
    "contact_warn": ("permitido con advertencia", "allowed with a warning"),
    "contact_block": ("fuera de regla, con excepción", "against the rule, by exception"),
    "found_OUT_OF_HOURS": ("fuera de horario", "outside the hours"),
    "found_HOLIDAY": ("día feriado", "a public holiday"),
    "found_DAY_LIMIT": ("ya contactado ese día", "contacted that day already"),
    "found_WEEK_CHANNEL": ("ya contactado esa semana", "contacted that week already"),
    "found_NO_CONSENT": ("medio no autorizado", "means of contact not authorised"),
    "found_VISIT_FORBIDDEN": ("visitas no autorizadas", "visits not authorised"),
    "found_PARTY_NOT_ALLOWED": ("persona no autorizada", "person not authorised"),
    "exception_customer_asked": ("el cliente lo pidió", "the customer asked for it"),
    "annexes": ("Anexos", "Annexes"),
    "photo": ("Foto {number}", "Photo {number}"),
    "photo_missing": ("la imagen no está en este equipo", "the picture is not on this device"),
    "photo_differs": ("la imagen no es la que se tomó", "the picture is not the one that was taken"),
    "signatures": ("Firmas", "Signatures"),
    "unsigned": ("no firmó", "did not sign"),
    "attendee_role": ("Quien atiende", "Who attended"),
    "acta_legend": (
        "La firma deja constancia de la visita y no implica aceptación de la deuda.",
        "The signature puts the visit on record and does not acknowledge the debt.",
    ),
    # close of the day
    "close_title": ("Cierre de caja", "Cash close"),
    "movement": ("Movimiento del efectivo", "Cash movement"),
    "opening": ("Saldo anterior", "Opening"),
    "collected": ("Cobrado en efectivo", "Collected in cash"),
    "voided": ("Anulado", "Voided"),
    "deposited": ("Depositado", "Deposited"),
    "expected": ("Efectivo esperado", "Expected cash"),
    "counted": ("Efectivo contado", "Counted cash"),
    "difference": ("Diferencia", "Difference"),
    "surplus": ("Sobrante", "Surplus"),
    "shortage": ("Faltante", "Shortage"),
    "count": ("Conteo por denominación", "Count by denomination"),
    "denomination": ("Denominación", "Denomination"),
    "pieces": ("Cantidad", "Count"),
    "cheques": ("Cheques", "Cheques"),
    "cheque_number": ("Cheque n.º", "Cheque no."),
    "cheques_total": ("Total en cheques", "Total in cheques"),
    "settled": ("Documentos", "Documents"),
    "settled_counts": (
        "Recibos: {receipts} · depósitos: {deposits}", "Receipts: {receipts} · deposits: {deposits}",
    ),
    "previous_close": ("Cierre anterior", "Previous close"),
    "none": ("ninguno", "none"),
    "reason": ("Explicación", "Explanation"),
    "hands_over": ("Entrega", "Hands over"),
    "receives": ("Recibe", "Receives"),
    # deposit
    "deposit_title": ("Depósito bancario", "Bank deposit"),
    "bank": ("Banco", "Bank"),
    "account": ("Cuenta", "Account"),
    "slip": ("Papeleta n.º", "Slip no."),
    "deposited_on": ("Fecha del depósito", "Deposited on"),
    "recorded": ("Registrado", "Recorded"),
    "cash": ("Efectivo", "Cash"),
    "deposit_total": ("Total depositado", "Total deposited"),
    "in_words": ("En letras", "In words"),
    "depositor": ("Depositante", "Depositor"),
    "reviewed": ("Revisado por", "Reviewed by"),
    "slip_photo": ("Comprobante del banco", "The bank's slip"),
    # statement
    "statement_title": ("Estado de cuenta", "Statement of account"),
    "as_of": ("Corte al {date}", "As of {date}"),
    "open_invoices": ("Facturas pendientes", "Open invoices"),
    "no_open_invoices": ("No hay facturas pendientes.", "There are no open invoices."),
    "invoice_total": ("Total factura", "Invoice total"),
    "disputed": ("en disputa", "in dispute"),
    "ageing": ("Antigüedad de saldos, por días de vencidos", "Ageing, by days overdue"),
    "current": ("Por vencer", "Current"),
    "credits": ("Créditos a favor", "Credits"),
    "credit_note": ("Nota de crédito", "Credit note"),
    "withholding_pending": ("Retención por validar", "Withholding to be validated"),
    "receipts_pending": ("Recibos en camino a contabilidad", "Receipts on their way to accounting"),
    "receipts_note": (
        "Ya descontados de los saldos de arriba.", "Already taken off the balances above.",
    ),
    "overdue": ("Vencido", "Overdue"),
    "not_due": ("Por vencer", "Not yet due"),
    "to_pay": ("Total por pagar", "Total to pay"),
    "credit_total": ("Créditos por aplicar", "Credits not applied"),
    "statement_legend": (
        "Saldos según la información disponible a la fecha de corte. Si ya pagó, muestre su comprobante.",
        "Balances as known at the date above. If you have paid already, please show your receipt.",
    ),
}  # fmt: skip


class Wording:
    """How a letter of a company speaks: its phrases, and its amounts in the company's way of writing them."""

    def __init__(self, language: str, company: Mapping[str, Any]) -> None:
        english = language.startswith("en")
        self._position = 1 if english else 0
        self.language = language
        self.locale = "en" if english else str(company.get("locale") or "es")

    def __call__(self, key: str, **values: object) -> str:
        """The phrase with its places filled; raise KeyError for one that is not here."""
        return PHRASES[key][self._position].format(**values)

    def known(self, key: str, otherwise: str) -> str:
        """The phrase, or `otherwise` where there is none, of a code that a later version has."""
        return self(key) if key in PHRASES else otherwise

    def amount(self, money: Money) -> str:
        return amount_text(money, self.locale)

    def money(self, money: Money) -> str:
        return money_text(money, self.locale)

    def where(self, place: Mapping[str, Any] | None) -> str:
        """A place as degrees with its error, or that there is none."""
        if not place:
            return self("no_place")
        accuracy = f" ±{round(place['accuracy'])} m" if place.get("accuracy") is not None else ""
        mock = f" ({self('simulated')})" if place.get("mock") else ""
        return f"{place['lat']:.5f}, {place['lon']:.5f}{accuracy}{mock}"
