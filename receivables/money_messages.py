"""What is wrong with a payment, a receipt, its void, a deposit or a close, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping

MONEY_MESSAGES: Mapping[str, tuple[str, str]] = {
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
    "amount_unclear": (
        "«{text}» se puede leer de dos maneras o no es un monto. Escríbalo sin puntos de miles: 1234,50.",
        "“{text}” can be read in two ways or is no amount. Write it without thousands marks: 1234.50.",
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
    "cheque_photo_missing": (
        "Tome la foto del cheque: su empresa la pide.",
        "Take the photo of the cheque: your company asks for it.",
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
}
