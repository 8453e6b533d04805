"""The receipt on paper, as the office prints it again: the same paper as the phone's, from the central
documents.
"""

from __future__ import annotations

from backend.couch.client import Couch, Json
from backend.services.brand import find_logo
from backend.services.receipts import find_receipt_document, find_voids
from paperwork.receipt import render_receipt
from receivables.identifiers import posting_id


def receipt_pdf(couch: Couch, company: str, number: str, *, profile: Json) -> bytes | None:
    """The PDF of a receipt, or None where there is no such receipt."""
    receipt = find_receipt_document(couch, company, number)
    if receipt is None:
        return None
    customer_id = f"customer:{receipt['customer']}"
    collector_id = f"collector:{receipt['collector']}"
    posting_of = posting_id(receipt["_id"])
    invoice_ids = {line["invoice"]: f"invoice:{line['invoice']}" for line in receipt["allocations"]}
    found = couch.get_many(company, [customer_id, collector_id, posting_of, *invoice_ids.values()])
    void = find_voids(couch, company, [receipt["_id"]]).get(receipt["_id"])
    return render_receipt(
        receipt,
        company=profile,
        customer=found.get(customer_id) or {"code": receipt["customer"], "name": receipt["customer"]},
        invoices={number: found[id_] for number, id_ in invoice_ids.items() if id_ in found},
        collector=found.get(collector_id) or {"name": receipt["collector"]},
        posting=found.get(posting_of),
        void={"created_at": void["at"], "collector": void["by"], "reason": void["reason"]} if void else None,
        logo=find_logo(couch, company),
    )
