"""The customer's statement of account (*estado de cuenta*): what is open, how old, and what is in favour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from paperwork.facts import reading
from paperwork.letter import INNER, PLAIN, SMALL, Doc, Heading, Imprint, Letter
from paperwork.phrases import Wording
from paperwork.sheet import SOFT, Column
from receivables.documents import parse_date
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
    with reading(customer):
        say, currency = Wording(language, company), str(company["currency"])
        own = sorted(
            (item for item in items if item.open.currency == currency), key=lambda item: item.age_key
        )
        heading = Heading(
            company=company, title=say("statement_title"), number=str(customer["code"]),
            date=say("as_of", date=date_text(on)), created_at=now, language=language, imprint=imprint,
        )  # fmt: skip
        with Letter(heading) as letter:
            phones = [str(each) for each in customer.get("phones") or ()]
            letter.customer(customer, code=str(customer["code"]), phones=phones)
            _summary(letter, own, currency, on, say)
            letter.section(say("open_invoices"))
            _invoices(letter, own, totals, on=on, say=say)
            _ageing(letter, own, currency, on, say)
            favour = _credits(credit_notes, withholdings, currency, say)
            _listed(letter, say("credits"), favour, say("credit_total"), say)
            if coming := _coming(receipts, currency, say):
                _listed(letter, say("receipts_pending"), coming, say("total"), say)
                letter.prose(say("receipts_note"), size=SMALL - 1, grey=SOFT)
            letter.space(2)
            for legend in (say("statement_legend"), *(company.get("legends") or ())):
                letter.prose(str(legend), size=SMALL - 1, grey=SOFT)
            return letter.finish()


def _summary(letter: Letter, items: Sequence[OpenItem], currency: str, on: date, say: Wording) -> None:
    """The answer before the list: a list may go on over the page."""
    owed = customer_totals(items, currency=currency, on=on)
    letter.figures([
        (say("overdue"), say.amount(owed.overdue)),
        (say("not_due"), say.amount(owed.balance - owed.overdue)),
        (say("to_pay"), say.money(owed.balance)),
    ])  # fmt: skip


def _invoices(
    letter: Letter, items: Sequence[OpenItem], totals: Mapping[str, Money], *, on: date, say: Wording
) -> None:
    if not items:
        letter.prose(say("no_open_invoices"))
        return
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
    total = sum((item.open for item in items), Money.zero(currency))
    letter.sums([(say("total"), say.money(total))])


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


def _coming(receipts: Iterable[Doc], currency: str, say: Wording) -> list[tuple[str, str, Money]]:
    """What was collected and the ERP has not counted yet."""
    return [
        (f"{say('receipt')} {each['number']}", date_text(parse_date(each["local_on"])),
         Money.from_json(each["total"], each["currency"]))
        for each in sorted(receipts, key=lambda each: str(each["_id"])) if each["currency"] == currency
    ]  # fmt: skip


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
