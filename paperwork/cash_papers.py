"""Cash on paper: the close of a collector's day with its two signatures, and the deposit that left the bag.

A close is printed as it was signed: every figure is the fact's own, and one that does not add up is no paper.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from zoneinfo import ZoneInfo

from paperwork.facts import UNREADABLE, fact_digest, paper_number, scanned
from paperwork.letter import INNER, MARGIN, PLAIN, Doc, Heading, Imprint, Letter, Signed
from paperwork.phrases import Wording
from paperwork.pictures import is_picture
from paperwork.sheet import Column
from paperwork.words import amount_in_words
from receivables.documents import BadDocument, parse_date, parse_instant
from receivables.figures import date_text
from receivables.money import Money, minor_from_json

_SLIP_HEIGHT = 78.0
_SHORT = 8  # of an id that only reminds


def render_cash_close(
    close: Doc, *, company: Doc, collector: Doc, language: str = "es", imprint: Imprint = PLAIN
) -> bytes:
    """Return the PDF of a `cash_close`; the same arguments give the same bytes. Raise BadDocument."""
    return _readable(close, lambda: _close(close, company, collector, language, imprint))


def render_deposit(
    deposit: Doc,
    *,
    company: Doc,
    collector: Doc,
    slip: bytes | None = None,
    language: str = "es",
    imprint: Imprint = PLAIN,
) -> bytes:
    """Return the PDF of a `deposit`, with the picture of the bank's slip where there is one.

    The same arguments give the same bytes. Raise BadDocument.
    """
    return _readable(deposit, lambda: _deposit(deposit, company, collector, language, imprint, slip=slip))


def _readable(fact: Doc, render: Callable[[], bytes]) -> bytes:
    try:
        return render()
    except UNREADABLE as error:
        if isinstance(error, BadDocument):
            raise
        raise BadDocument(f"{fact.get('_id')!r}: {error!r}") from error


def _close(close: Doc, company: Doc, collector: Doc, language: str, imprint: Imprint) -> bytes:
    _check_close(close)
    say = Wording(language, company)
    currency = str(close["currency"])

    def money(field: str) -> Money:
        return Money.from_json(close[field], currency)

    difference = money("difference")
    named = say("difference")
    if difference:
        named += f" ({say('surplus' if difference.minor > 0 else 'shortage')})"
    receiver, signature = close.get("receiver") or {}, close.get("signature") or {}
    heading = _heading(
        close, say("close_title"), close["closes_on"], company=company, say=say, imprint=imprint
    )
    with Letter(heading) as letter:
        before = f"…{str(close['previous'])[-_SHORT:]}" if close.get("previous") else say("none")
        settled = {"receipts": len(close.get("receipts") or ()), "deposits": len(close.get("deposits") or ())}
        letter.facts([
            *_who(close, collector, company, say), (say("previous_close"), before),
            (say("settled"), say("settled_counts", **settled)), (say("currency"), currency),
        ])  # fmt: skip
        letter.section(say("movement"))
        letter.sums([
            (say("opening"), say.amount(money("opening"))),
            (f"+ {say('collected')}", say.amount(money("collected"))),
            (f"− {say('voided')}", say.amount(money("voided"))),
            (f"− {say('deposited')}", say.amount(money("deposited"))),
            (say("expected"), say.money(money("expected"))),
        ], width=INNER)  # fmt: skip
        letter.sums([
            (say("counted"), say.amount(money("counted"))), (named, say.money(difference)),
        ], width=INNER)  # fmt: skip
        _denominations(letter, close, say)
        _cheques(letter, close, say)
        if reason := str(close.get("reason") or ""):
            letter.section(say("reason"))
            letter.prose(reason)
        letter.section(say("signatures"))
        letter.signatures([
            Signed(
                name=str(signature.get("name") or collector.get("name") or close["collector"]),
                role=f"{say('hands_over')} · {say('collector')}", strokes=signature.get("strokes") or (),
            ),
            Signed(
                name=str(receiver.get("name") or ""), role=say("receives"),
                strokes=receiver.get("strokes") or (),
            ),
        ])  # fmt: skip
        return _finish(letter, close, say)


def _check_close(close: Doc) -> None:
    """The equations of a close (cuadre): what should be there, what was counted, and the difference."""
    value = {
        name: minor_from_json(close[name])
        for name in ("opening", "collected", "voided", "deposited", "expected", "counted", "difference")
    }
    in_hand = value["opening"] + value["collected"] - value["voided"] - value["deposited"]
    pieces = [
        minor_from_json(each["value"]) * minor_from_json(each["count"]) for each in close["denominations"]
    ]
    agrees = (
        in_hand == value["expected"]
        and value["counted"] - value["expected"] == value["difference"]
        and (not pieces or sum(pieces) == value["counted"])
    )
    if not agrees:
        raise BadDocument(f"cash close {close.get('_id')!r}: its sums do not hold")


def _denominations(letter: Letter, close: Doc, say: Wording) -> None:
    if not close["denominations"]:
        return
    currency = str(close["currency"])
    letter.section(say("count"))
    columns = [
        Column(say("denomination"), 50, "R"), Column(say("pieces"), 50, "R"),
        Column(f"{say('amount')} {currency}", INNER - 100, "R"),
    ]  # fmt: skip
    rows = []
    for each in sorted(close["denominations"], key=lambda piece: -minor_from_json(piece["value"])):
        value, count = Money.from_json(each["value"], currency), minor_from_json(each["count"])
        rows.append(
            (
                say.amount(value),
                str(count),
                say.amount(Money(value.minor * count, currency)),
            )
        )
    letter.rows(columns, rows)
    letter.sums([(say("total"), say.money(Money.from_json(close["counted"], currency)))])


def _cheques(letter: Letter, fact: Doc, say: Wording) -> None:
    if not fact["cheques"]:
        return
    currency = str(fact["currency"])
    letter.section(say("cheques"))
    columns = [
        Column(say("cheque_number"), 60), Column(say("receipt"), 60),
        Column(f"{say('amount')} {currency}", INNER - 120, "R"),
    ]  # fmt: skip
    amounts = [Money.from_json(each["amount"], currency) for each in fact["cheques"]]
    rows = [
        (str(each.get("number") or "—"), paper_number(each["receipt"]), say.amount(amount))
        for each, amount in zip(fact["cheques"], amounts, strict=True)
    ]
    letter.rows(columns, rows)
    letter.sums([(say("cheques_total"), say.money(sum(amounts, Money.zero(currency))))])


def _deposit(
    deposit: Doc, company: Doc, collector: Doc, language: str, imprint: Imprint, *, slip: bytes | None
) -> bytes:
    say = Wording(language, company)
    currency = str(deposit["currency"])
    cash, total = (Money.from_json(deposit[name], currency) for name in ("cash", "total"))
    cheques = sum(
        (Money.from_json(each["amount"], currency) for each in deposit["cheques"]), Money.zero(currency)
    )
    if cash + cheques != total:
        raise BadDocument(f"deposit {deposit.get('_id')!r}: cash and cheques are not its total")
    on = deposit["deposited_on"]
    heading = _heading(deposit, say("deposit_title"), on, company=company, say=say, imprint=imprint)
    with Letter(heading) as letter:
        letter.facts([
            (say("bank"), str(deposit["bank"])), (say("account"), str(deposit.get("account") or "")),
            (say("slip"), str(deposit["number"])),
            (say("deposited_on"), date_text(parse_date(deposit["deposited_on"]))),
            *_who(deposit, collector, company, say),
        ])  # fmt: skip
        _cheques(letter, deposit, say)
        letter.section(say("total"))
        letter.sums([
            (say("cash"), say.amount(cash)), (say("cheques"), say.amount(cheques)),
            (say("deposit_total"), say.money(total)),
        ], width=INNER)  # fmt: skip
        letter.facts([(say("in_words"), amount_in_words(total, language))], columns=1)
        if slip is not None and is_picture(slip):
            letter.section(say("slip_photo"))
            letter.keep(_SLIP_HEIGHT)
            top = letter.get_y()
            letter.image(io.BytesIO(slip), x=MARGIN, y=top, w=INNER, h=_SLIP_HEIGHT, keep_aspect_ratio=True)
            letter.set_y(top + _SLIP_HEIGHT + 2)
        letter.section(say("signatures"))
        name = str(collector.get("name") or deposit["collector"])
        letter.signatures([Signed(name=name, role=say("depositor")), Signed(name="", role=say("reviewed"))])
        return _finish(letter, deposit, say)


def _heading(fact: Doc, title: str, on: str, *, company: Doc, say: Wording, imprint: Imprint) -> Heading:
    return Heading(
        company=company,
        title=title,
        number=paper_number(fact["_id"]),
        date=date_text(parse_date(on)),
        created_at=parse_instant(fact["created_at"]),
        language=say.language,
        imprint=imprint,
    )


def _who(fact: Doc, collector: Doc, company: Doc, say: Wording) -> list[tuple[str, str]]:
    recorded = parse_instant(fact["created_at"]).astimezone(ZoneInfo(company["timezone"]))
    return [
        (say("collector"), f"{collector.get('name') or ''} ({fact['collector']})".strip()),
        (say("recorded"), recorded.strftime("%d-%m-%Y %H:%M")),
    ]


def _finish(letter: Letter, fact: Doc, say: Wording) -> bytes:
    digest = fact_digest(fact)
    letter.verification(say("verification"), digest, scanned(fact, digest))
    return letter.finish()
