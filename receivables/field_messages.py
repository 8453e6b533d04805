"""What is wrong with what is recorded at a customer or set up in the office, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping

FIELD_MESSAGES: Mapping[str, tuple[str, str]] = {
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
        " automático, conéctese con la oficina o use en Sincronización un código de su supervisor, y confirme"
        " otra vez.",
        "This phone's clock was put back, and no payment is recorded like that. Set date and time to"
        " automatic, reach the office, or use your supervisor's code in Synchronisation, and confirm again.",
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
}
