"""The sentence of every problem, in Spanish and English, so that phone and server tell a person the same.

A sentence says what is wrong and what to do. `{name}` stands for a value of the problem's data; `name_minor`
values are shown as money, `…_on` and `date` values as dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from receivables.figures import date_text, money_text
from receivables.money import Money
from receivables.sri_messages import SRI_MESSAGES
from receivables.validation import Problem

LANGUAGES = ("es", "en")

MESSAGES: Mapping[str, tuple[str, str]] = {
    # the company's logo
    "logo_not_a_picture": (
        "El logo debe ser un archivo PNG o JPEG (no SVG).",
        "The logo should be a PNG or JPEG file (not SVG).",
    ),
    "logo_broken": (
        "El archivo del logo está dañado o incompleto. Elija otro.",
        "The logo's file is damaged or incomplete. Choose another.",
    ),
    "logo_too_heavy": (
        "El archivo del logo pesa más de {max_mb} MB. Redúzcalo.",
        "The logo's file is larger than {max_mb} MB. Make it smaller.",
    ),
    "logo_too_small": (
        "El logo debe tener al menos {pixels} píxeles por lado.",
        "The logo should have at least {pixels} pixels on each side.",
    ),
    "logo_too_large": (
        "El logo tiene demasiados píxeles: hasta {pixels} por lado y {megapixels} millones en total.",
        "The logo has too many pixels: up to {pixels} on a side and {megapixels} million in all.",
    ),
    # the phone's clock
    "clock_put_back": (
        "El reloj de este teléfono se atrasó y así no se registran cobros. Ponga fecha y hora en"
        " automático, o conéctese con la oficina, y confirme otra vez.",
        "This phone's clock was put back, and no payment is recorded like that. Set date and time to"
        " automatic, or reach the office, and confirm again.",
    ),
    # payments
    "no_payments": (
        "Falta la forma de pago. Añada al menos una.",
        "There is no payment. Add at least one.",
    ),
    "method_unknown": (
        "La forma de pago «{method}» no existe. Elija otra.",
        "There is no payment method “{method}”. Choose another.",
    ),
    "amount_not_positive": (
        "El monto debe ser mayor que cero.",
        "The amount must be more than zero.",
    ),
    "amount_too_large": (
        "El monto es demasiado grande. Revíselo.",
        "The amount is too large. Check it.",
    ),
    "payment_in_other_currency": (
        "Este pago está en {currency} y el recibo en {expected}. Use otro recibo para cada moneda.",
        "This payment is in {currency} and the receipt in {expected}. Use one receipt for each currency.",
    ),
    "field_missing": (
        "Falta un dato: {name}.",
        "Something is missing: {name}.",
    ),
    "date_unreadable": (
        "«{text}» no es una fecha.",
        "“{text}” is not a date.",
    ),
    "cheque_too_far": (
        "El cheque vence en {days} días; el máximo es {max_days}. Cambie la fecha o pida autorización.",
        "The cheque falls due in {days} days; the most is {max_days}. Change the date or ask for approval.",
    ),
    "transfer_in_future": (
        "La transferencia tiene fecha futura ({date}). Revise la fecha.",
        "The transfer is dated in the future ({date}). Check the date.",
    ),
    "last4_invalid": (
        "Escriba los cuatro últimos dígitos de la tarjeta.",
        "Enter the last four digits of the card.",
    ),
    "access_key_invalid": (
        "La clave de acceso de la retención no es válida. Son 49 dígitos; revíselos.",
        "The withholding's access key is not valid. It has 49 digits; check them.",
    ),
    "payment_repeated": (
        "Este pago está dos veces en el recibo. Quite uno.",
        "This payment is in the receipt twice. Remove one.",
    ),
    "payment_already_used": (
        "Este pago ya está en otro recibo. Revise el número.",
        "This payment is already in another receipt. Check its number.",
    ),
    "cash_over_cap": (
        "El efectivo suma {cash}; el máximo por recibo es {cap}. Reciba el resto por otro medio.",
        "Cash adds up to {cash}; the most in one receipt is {cap}. Take the rest by other means.",
    ),
    "below_minimum": (
        "El pago es de {paid}; el mínimo es {minimum}, salvo que cancele toda la deuda. Cobre al menos el"
        " mínimo.",
        "The payment is {paid}; the least is {minimum}, unless it settles the whole debt. Take at least the"
        " minimum.",
    ),
    "too_many_lines": (
        "Un recibo admite hasta {max} formas de pago. Haga otro recibo.",
        "A receipt takes up to {max} payments. Make another receipt.",
    ),
    "text_too_long": (
        "El texto de «{name}» es demasiado largo; el máximo es {max_length} caracteres.",
        "The text of “{name}” is too long; the most is {max_length} characters.",
    ),
    # allocation
    "invoice_not_open": (
        "La factura {invoice} no tiene saldo pendiente. Quítela.",
        "Invoice {invoice} has nothing open. Remove it.",
    ),
    "invoice_in_other_currency": (
        "La factura {invoice} está en {currency} y el pago en {paid_in}. Use otro recibo para cada moneda.",
        "Invoice {invoice} is in {currency} and the payment in {paid_in}. Use one receipt for each currency.",
    ),
    "invoice_repeated": (
        "Una factura está dos veces en la lista. Quite una.",
        "An invoice is in the list twice. Remove one.",
    ),
    "allocation_not_positive": (
        "El monto para la factura {invoice} debe ser mayor que cero.",
        "The amount for invoice {invoice} must be more than zero.",
    ),
    "allocation_exceeds_open": (
        "Aplica {amount} a la factura {invoice}, pero su saldo es {open}.",
        "You apply {amount} to invoice {invoice}, but only {open} is open.",
    ),
    "allocations_exceed_payments": (
        "Aplica {allocated} a las facturas, pero los pagos suman {paid}.",
        "You apply {allocated} to the invoices, but the payments add up to {paid}.",
    ),
    "surplus_not_allowed": (
        "Sobran {surplus} y la empresa no acepta saldos a favor. Reduzca el pago o añada facturas.",
        "{surplus} is left over and the company takes nothing on account. Pay less or add invoices.",
    ),
    "older_invoice_open": (
        "La factura {invoice} venció el {due_on} y debe pagarse primero. Elíjala también, o cobre las más"
        " antiguas.",
        "Invoice {invoice} was due on {due_on} and must be paid first. Choose it too, or pay the oldest.",
    ),
    # small differences
    "write_off_alone": (
        "Una diferencia solo se da por saldada una vez y junto con un pago a la misma factura.",
        "A difference is written off only once, and together with a payment to the same invoice.",
    ),
    "write_off_over_tolerance": (
        "La diferencia de {amount} en la factura {invoice} pasa de lo que la empresa da por saldado"
        " ({tolerance}). Queda pendiente: cóbrela después.",
        "The difference of {amount} on invoice {invoice} is more than the company writes off ({tolerance})."
        " It stays open: collect it later.",
    ),
    "write_off_differs": (
        "En la factura {invoice} quedan {rest}, no {amount}: la diferencia no la salda. Revísela.",
        "{rest} is left of invoice {invoice}, not {amount}: the difference does not settle it. Check it.",
    ),
    "write_off_not_in_erp": (
        "El sistema contable no tiene dónde registrar la diferencia de la factura {invoice}: queda"
        " pendiente.",
        "The accounting system has no place for the difference of invoice {invoice}: it stays open.",
    ),
    # receipts and their chain
    "hash_wrong": (
        "El recibo {number} fue alterado después de emitirse.",
        "Receipt {number} was altered after it was issued.",
    ),
    "chain_broken": (
        "El recibo {number} no continúa el recibo anterior de su serie.",
        "Receipt {number} does not continue the receipt before it in its series.",
    ),
    "signature_missing": (
        "El recibo {number} no lleva la firma de su teléfono.",
        "Receipt {number} does not carry the signature of its phone.",
    ),
    "signature_wrong": (
        "La firma del recibo {number} no es la de su teléfono.",
        "The signature of receipt {number} is not that of its phone.",
    ),
    # visits
    "visit_not_started": (
        "Inicie la visita antes de continuar.",
        "Start the visit first.",
    ),
    "visit_already_open": (
        "Tiene otra visita abierta. Finalícela antes de iniciar esta.",
        "Another visit is open. Finish it before you start this one.",
    ),
    "outcome_missing": (
        "Elija el resultado de la visita.",
        "Choose the outcome of the visit.",
    ),
    "outcome_unknown": (
        "El resultado «{outcome}» ya no existe. Elija otro.",
        "The outcome “{outcome}” no longer exists. Choose another.",
    ),
    "comment_too_short": (
        "Escriba un comentario de al menos {min_length} caracteres.",
        "Write a comment of at least {min_length} characters.",
    ),
    "next_visit_missing": (
        "Indique la fecha y hora de la próxima visita.",
        "Give the date and time of the next visit.",
    ),
    "agency_may_not_collect": (
        "En este país una agencia no recibe pagos: el cliente paga al acreedor.",
        "In this country an agency takes no payments: the customer pays the creditor.",
    ),
    "next_visit_not_allowed": (
        "A esa hora la ley no permite visitar a este cliente. Elija otra.",
        "The law does not allow a visit to this customer at that time. Choose another.",
    ),
    "contact_not_allowed": (
        "Las reglas de contacto no lo permiten ahora ({codes}).",
        "The rules of contact do not allow it now ({codes}).",
    ),
    "next_visit_in_past": (
        "La próxima visita debe ser después de ahora.",
        "The next visit must be after now.",
    ),
    # promises
    "promise_exceeds_open": (
        "La promesa es de {amount}, pero el saldo es {open}. Redúzcala o añada facturas.",
        "The promise is for {amount}, but only {open} is open. Promise less or add invoices.",
    ),
    "promise_in_past": (
        "La fecha prometida ({date}) ya pasó. Elija otra.",
        "The promised date ({date}) has passed. Choose another.",
    ),
    "promise_too_far": (
        "La promesa es a {days} días; el máximo es {max_days}. Elija una fecha anterior.",
        "The promise is {days} days ahead; the most is {max_days}. Choose an earlier date.",
    ),
    "too_many_promises": (
        "El cliente ya tiene {max} promesas vigentes. Para cambiar una, marque las mismas facturas.",
        "The customer already has {max} promises running. To change one, tick the same invoices.",
    ),
    # voids
    "void_repeated": (
        "El recibo {number} ya está anulado.",
        "Receipt {number} is void already.",
    ),
    "void_posted": (
        "El recibo {number} ya está contabilizado. Pida la anulación a su supervisor.",
        "Receipt {number} is posted already. Ask your supervisor to void it.",
    ),
    "void_shared": (
        "El cliente ya tiene copia del recibo {number}. Pida la anulación a su supervisor.",
        "The customer has a copy of receipt {number}. Ask your supervisor to void it.",
    ),
    "void_deposited": (
        "Un cheque del recibo {number} ya se depositó. Pida la anulación a su supervisor.",
        "A cheque of receipt {number} has been deposited. Ask your supervisor to void it.",
    ),
    "void_banked": (
        "Después del recibo {number} se depositó efectivo, quizá el suyo. Pida la anulación a su supervisor.",
        "Cash was deposited after receipt {number}, perhaps its own. Ask your supervisor to void it.",
    ),
    "void_closed": (
        "La caja del recibo {number} ya se cerró o no es de hoy. Pida la anulación a su supervisor.",
        "The cash of receipt {number} is closed or not of today. Ask your supervisor to void it.",
    ),
    "void_reason_missing": (
        "Elija por qué se anula.",
        "Choose why it is voided.",
    ),
    # what a customer says against a debt
    "invoice_missing": (
        "Elija la factura.",
        "Choose the invoice.",
    ),
    "reason_missing": (
        "Elija el motivo.",
        "Choose the reason.",
    ),
    "dispute_exceeds_open": (
        "Reclama {amount}, pero en la factura queda {open} sin reclamar. Reduzca el monto.",
        "The dispute is over {amount}, but only {open} of the invoice is undisputed. Dispute less.",
    ),
    "informed_exceeds_open": (
        "El pago informado es de {amount}, pero el saldo es {open}. Revise el monto y las facturas.",
        "The informed payment is {amount}, but only {open} is open. Check the amount and the invoices.",
    ),
    "payment_already_informed": (
        "El pago con referencia {reference} ya se informó. Revise la referencia.",
        "The payment with reference {reference} was informed already. Check the reference.",
    ),
    "date_in_future": (
        "La fecha ({date}) está en el futuro. Revísela.",
        "The date ({date}) is in the future. Check it.",
    ),
    "note_empty": (
        "Escriba la nota.",
        "Write the note.",
    ),
    # what a customer consents to
    "channels_missing": (
        "Elija al menos un medio de contacto.",
        "Choose at least one means of contact.",
    ),
    "consent_unsigned": (
        "Falta la firma de quien autoriza.",
        "The signature of who authorises is missing.",
    ),
    # where a customer is
    "position_missing": (
        "El teléfono no encontró su posición. Salga a cielo abierto e inténtelo de nuevo.",
        "The phone found no position. Step outside and try again.",
    ),
    "position_inexact": (
        "La posición tiene un error de {metres} m; el máximo es {most}. Espere unos segundos e inténtelo de"
        " nuevo.",
        "The position is {metres} m inexact; the most is {most}. Wait a few seconds and try again.",
    ),
    "move_unexplained": (
        "El punto se mueve {metres} m. Escriba por qué.",
        "The point moves {metres} m. Write why.",
    ),
    # cash
    "cash_limit_reached": (
        "Tiene {in_hand} en efectivo y el límite es {limit}: puede recibir {room} más. Deposite, o cobre por"
        " otro medio.",
        "You hold {in_hand} in cash and the limit is {limit}: you may take {room} more. Make a deposit, or"
        " take another means of payment.",
    ),
    "deposit_exceeds_cash": (
        "Deposita {cash} en efectivo, pero tiene {in_hand}. Revise el monto.",
        "You deposit {cash} in cash, but hold {in_hand}. Check the amount.",
    ),
    "cheque_not_in_hand": (
        "El cheque {number} ya no está en su poder. Desmárquelo.",
        "You no longer hold cheque {number}. Untick it.",
    ),
    "cheque_not_due": (
        "El cheque {number} es para el {due_on}; el banco no lo recibe antes.",
        "Cheque {number} is dated {due_on}; the bank takes it no earlier.",
    ),
    "slip_already_used": (
        "El depósito {number} ya está registrado. Revise el número de la papeleta.",
        "Deposit {number} is recorded already. Check the number of the slip.",
    ),
    "nothing_to_close": (
        "No hay nada que cerrar.",
        "There is nothing to close.",
    ),
    "difference_unexplained": (
        "La diferencia es de {difference}. Escriba el motivo.",
        "The difference is {difference}. Write why.",
    ),
    "signature_not_drawn": (
        "Falta su firma.",
        "Your signature is missing.",
    ),
    "receiver_missing": (
        "Falta la firma de quien recibe.",
        "The signature of who receives is missing.",
    ),
    # the collector's own route
    "route_in_past": (
        "La ruta del {date} ya pasó.",
        "The route of {date} has passed.",
    ),
    "stop_planned_already": (
        "El cliente ya está en la ruta de ese día.",
        "The customer is on the route of that day already.",
    ),
    "stop_not_planned": (
        "El cliente no está en la ruta de ese día.",
        "The customer is not on the route of that day.",
    ),
    # what a database refuses on arrival
    "server_only": (
        "Este documento solo lo escribe el servidor.",
        "Only the server writes this document.",
    ),
    "type_unknown": (
        "El servidor no conoce este tipo de documento. Actualice la aplicación.",
        "The server does not know this type of document. Update the app.",
    ),
    "schema_unknown": (
        "El servidor no conoce esta versión del documento. Actualice la aplicación.",
        "The server does not know this version of the document. Update the app.",
    ),
    "fact_immutable": (
        "Lo registrado no se modifica. Anúlelo y regístrelo de nuevo.",
        "What is recorded is not changed. Void it and record it again.",
    ),
    "fact_deleted": (
        "Lo registrado no se borra. Anúlelo.",
        "What is recorded is not deleted. Void it.",
    ),
    "attachment_refused": (
        "Este documento no admite archivos adjuntos.",
        "This document takes no attachments.",
    ),
    "picture_missing": (
        "La fotografía no trae su imagen. Tómela de nuevo.",
        "The photo comes without its picture. Take it again.",
    ),
    "picture_unreadable": (
        "Este archivo no es una foto que se pueda abrir. Elija otra o tómela de nuevo.",
        "This file is no photo that can be opened. Choose another or take it again.",
    ),
    "picture_too_large": (
        "El archivo pasa de {megabytes} MB. Elija una foto más liviana o tómela con la cámara.",
        "The file is larger than {megabytes} MB. Choose a lighter photo or take it with the camera.",
    ),
    "picture_too_many_pixels": (
        "La foto tiene más de {megapixels} megapíxeles. Tómela con menos resolución.",
        "The photo has more than {megapixels} megapixels. Take it with a lower resolution.",
    ),
    "photos_too_many": (
        "Ya tiene {most} fotos, que es el máximo. Quite una para añadir otra.",
        "There are {most} photos already, which is the most. Remove one to add another.",
    ),
    "writer_mismatch": (
        "El documento es de otra empresa o de otro gestor.",
        "The document belongs to another company or collector.",
    ),
    "role_missing": (
        "Este equipo no puede registrar este documento. Consulte con su supervisor.",
        "This device may not record this document. Ask your supervisor.",
    ),
    "id_mismatch": (
        "El número del documento no coincide con su contenido.",
        "The document's number does not match what it says.",
    ),
    "sum_mismatch": (
        "Los pagos y las facturas del recibo no suman lo mismo.",
        "The receipt's payments and invoices do not add up to the same.",
    ),
    "field_invalid": (
        "Un dato del documento no es válido.",
        "A field of the document is not valid.",
    ),
    "amount_invalid": (
        "Un monto del documento no es válido.",
        "An amount of the document is not valid.",
    ),
    **SRI_MESSAGES,
}

FIELD_NAMES: Mapping[str, tuple[str, str]] = {
    "bank": ("banco", "bank"),
    "account": ("cuenta", "account"),
    "number": ("número", "number"),
    "drawer": ("girador", "drawer"),
    "cheque_on": ("fecha del cheque", "date of the cheque"),
    "reference": ("referencia", "reference"),
    "transferred_on": ("fecha de la transferencia", "date of the transfer"),
    "brand": ("marca de la tarjeta", "card brand"),
    "last4": ("cuatro últimos dígitos", "last four digits"),
    "authorisation": ("autorización", "authorisation"),
    "tax": ("impuesto", "tax"),
    "access_key": ("clave de acceso", "access key"),
    "voucher": ("XML del comprobante", "voucher XML"),
    "comment": ("comentario", "comment"),
    "away_reason": ("motivo de la distancia", "reason for the distance"),
    "reason": ("motivo", "reason"),
    "text": ("detalle", "details"),
    "name": ("nombre", "name"),
    "contact": ("nombre de la persona", "name of the person"),
    "attended_by": ("quién atendió", "who attended"),
}


def sentence(problem: Problem, *, locale: str = "es_EC") -> str:
    """The sentence of `problem` in the language of `locale`, Spanish unless it is English."""
    column = 1 if locale.startswith("en") else 0
    template = MESSAGES[problem.code][column]
    return template.format_map(_shown(problem.data, locale, column))


def _shown(data: Mapping[str, Any], locale: str, column: int) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in data.items():
        if name.endswith("_minor"):
            shown[name.removesuffix("_minor")] = money_text(Money(value, data["currency"]), locale)
        elif name == "date" or name.endswith("_on"):
            shown[name] = date_text(date.fromisoformat(value))
        elif name == "name":
            shown[name] = FIELD_NAMES[value][column] if value in FIELD_NAMES else value
        else:
            shown[name] = value
    return shown
