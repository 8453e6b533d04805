"""The customer's statement of account (*estado de cuenta*): what is open, how old, and what is in favour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from paperwork.facts import UNREADABLE
from paperwork.letter import INNER, PLAIN, SMALL, Doc, Heading, Imprint, Letter
from paperwork.phrases import Wording
from paperwork.sheet import SOFT, Column
from receivables.documents import BadDocument, parse_date
from receivables.figures import date_text
from receivables.invoices import OpenItem, ageing, customer_totals, days_past_due
from receivables.money import Money


def render_statement(
    customer: Doc,
    *,
    company: Doc,
    items: Sequence[OpenItem],
    totals: Mapping[str, Money],
    credit_notes: Iterable[Doc] = (),
    withholdings: Iterable[Doc] = (),
    receipts: Iterable[Doc] = (),
    on: date,
    now: datetime,
    language: str = "es",
    imprint: Imprint = PLAIN,
) -> bytes:
    """Return the PDF of what `customer` owes on the company's date `on`; the same arguments, the same bytes.

    `items` are its open items, what our own receipts paid already taken off; `totals` are the invoices' full
    amounts by number; `receipts` are those that the ERP has not counted yet. Items in another currency than
    the company's stand in a statement of their own. Raise BadDocument.
    """
    try:
        return _render(
            customer, company=company, items=items, totals=totals, credit_notes=credit_notes,
            withholdings=withholdings, receipts=receipts, on=on, now=now, language=language,
            imprint=imprint,
        )  # fmt: skip
    except UNREADABLE as error:
        raise BadDocument(f"statement of {customer.get('_id')!r}: {error!r}") from error


def _render(
    customer: Doc,
    *,
    company: Doc,
    items: Sequence[OpenItem],
    totals: Mapping[str, Money],
    credit_notes: Iterable[Doc],
    withholdings: Iterable[Doc],
    receipts: Iterable[Doc],
    on: date,
    now: datetime,
    language: str,
    imprint: Imprint,
) -> bytes:
    say, currency = Wording(language, company), str(company["currency"])
    own = sorted((item for item in items if item.open.currency == currency), key=lambda item: item.age_key)
    heading = Heading(
        company=company, title=say("statement_title"), number=str(customer["code"]),
        date=say("as_of", date=date_text(on)), created_at=now, language=language,
        imprint=imprint,
    )  # fmt: skip
    address = (customer.get("address"), customer.get("city"))
    summary = customer_totals(own, currency=currency, on=on)
    favour = _credits(credit_notes, withholdings, currency, say)
    with Letter(heading) as letter:
        letter.facts([
            (say("customer"), str(customer["name"])), (say("code"), str(customer["code"])),
            (say("tax_id"), str(customer.get("tax_id") or "")),
            (say("phone"), ", ".join(map(str, customer.get("phones") or ()))),
            (say("address"), ", ".join(str(part) for part in address if part)),
        ])  # fmt: skip
        letter.section(say("open_invoices"))
        if own:
            _invoices(letter, own, totals, on=on, say=say)
        else:
            letter.prose(say("no_open_invoices"))
        letter.sums([
            (say("overdue"), say.amount(summary.overdue)),
            (say("not_due"), say.amount(summary.balance - summary.overdue)),
            (say("to_pay"), say.money(summary.balance)),
        ])  # fmt: skip
        _ageing(letter, own, currency, on, say)
        _listed(letter, say("credits"), favour, say("credit_total"), say)
        coming = [
            (f"{say('receipt')} {each['number']}", date_text(parse_date(each["local_on"])),
             Money.from_json(each["total"], each["currency"]))
            for each in sorted(receipts, key=lambda each: str(each["_id"])) if each["currency"] == currency
        ]  # fmt: skip
        _listed(letter, say("receipts_pending"), coming, say("total"), say)
        if coming:
            letter.prose(say("receipts_note"), size=SMALL - 1, grey=SOFT)
        letter.space(2)
        letter.prose(say("statement_legend"), size=SMALL - 1, grey=SOFT)
        for legend in company.get("legends") or ():
            letter.prose(str(legend), size=SMALL - 1, grey=SOFT)
        return letter.finish()


def _invoices(
    letter: Letter, items: Sequence[OpenItem], totals: Mapping[str, Money], *, on: date, say: Wording
) -> None:
    currency = items[0].open.currency
    columns = [
        Column(say("invoice"), 50), Column(say("issued"), 25), Column(say("due"), 25),
        Column(say("days"), 24, "R"), Column(say("invoice_total"), 27, "R"),
        Column(f"{say('balance')} {currency}", INNER - 151, "R"),
    ]  # fmt: skip
    rows = [
        (
            f"{item.invoice} ({say('disputed')})" if item.disputed else item.invoice,
            date_text(item.issued_on),
            date_text(item.due_on),
            str(days_past_due(item.first_due_on, on) or "—"),
            say.amount(totals[item.invoice]) if item.invoice in totals else "",
            say.amount(item.open),
        )
        for item in items
    ]
    letter.rows(columns, rows)


def _ageing(letter: Letter, items: Sequence[OpenItem], currency: str, on: date, say: Wording) -> None:
    if not items:
        return
    buckets = ageing(items, currency=currency, on=on)
    letter.section(say("ageing"))
    width = INNER / len(buckets)
    names = [say("current") if name == "current" else name for name in buckets]
    letter.rows(
        [Column(name, width, "R") for name in names],
        [tuple(say.amount(amount) for amount in buckets.values())],
    )


def _credits(
    credit_notes: Iterable[Doc], withholdings: Iterable[Doc], currency: str, say: Wording
) -> list[tuple[str, str, Money]]:
    """What is in the customer's favour and in no balance yet: open credit notes, pending withholdings."""
    lines = [
        (f"{say(phrase)} {doc['number']}", date_text(parse_date(doc["issued_on"])),
         Money.from_json(doc[field], currency))
        for phrase, field, state, docs in (
            ("credit_note", "balance", "open", credit_notes),
            ("withholding_pending", "amount", "pending", withholdings),
        )
        for doc in sorted(docs, key=lambda each: str(each["_id"]))
        if doc.get("state") == state and doc["currency"] == currency
    ]  # fmt: skip
    return [line for line in lines if line[2]]


def _listed(
    letter: Letter,
    title: str,
    lines: Sequence[tuple[str, str, Money]],
    total_label: str,
    say: Wording,
) -> None:
    if not lines:
        return
    currency = lines[0][2].currency
    letter.section(title)
    columns = [Column(say("document"), 96), Column(say("date"), 36), Column(currency, INNER - 132, "R")]
    letter.rows(columns, [(name, on, say.amount(amount)) for name, on, amount in lines])
    total = sum((amount for _name, _on, amount in lines), Money.zero(currency))
    letter.sums([(total_label, say.money(total))])
