"""Cash on paper: the close of a collector's day with its two signatures, and the deposit that left the bag.

A close is printed as it was signed: every figure is the fact's own, and one that does not add up is no paper.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from paperwork.facts import paper_number, proof_of, reading
from paperwork.letter import INNER, MARGIN, PLAIN, Doc, Heading, Imprint, Letter, Signed
from paperwork.phrases import Wording
from paperwork.pictures import is_picture
from paperwork.sheet import Column
from paperwork.words import amount_in_words
from receivables.documents import BadDocument, parse_date, parse_instant
from receivables.figures import date_text
from receivables.money import Money, minor_from_json

_SLIP_HEIGHT = 74.0
_SHORT = 8  # of an id that only reminds


def render_cash_close(
    close: Doc, *, company: Doc, collector: Doc, language: str = "es", imprint: Imprint = PLAIN
) -> bytes:
    """Return the PDF of a `cash_close`; the same arguments give the same bytes. Raise BadDocument."""
    with reading(close):
        _check_close(close)
        say, currency = Wording(language, company), str(close["currency"])
        heading = _heading(
            close, say("close_title"), close["closes_on"], company=company, say=say, imprint=imprint
        )
        with Letter(heading) as letter:
            letter.facts([*_who(close, collector, company, say), *_settled(close, say)])
            letter.section(say("movement"))
            _movement(letter, close, say)
            _denominations(letter, close, currency, say)
            _cheques(letter, close["cheques"], currency, say)
            if reason := str(close.get("reason") or ""):
                letter.section(say("reason"))
                letter.prose(reason)
            letter.sign_off(_hands(close, collector, say), proof_of(close))
            return letter.finish()


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
    with reading(deposit):
        say, currency = Wording(language, company), str(deposit["currency"])
        total = _checked_total(deposit, currency)
        on = deposit["deposited_on"]
        heading = _heading(deposit, say("deposit_title"), on, company=company, say=say, imprint=imprint)
        with Letter(heading) as letter:
            letter.facts([
                (say("bank"), str(deposit["bank"])), (say("account"), str(deposit.get("account") or "")),
                (say("slip"), str(deposit["number"])), (say("deposited_on"), date_text(parse_date(on))),
                *_who(deposit, collector, company, say),
            ])  # fmt: skip
            _cheques(letter, deposit["cheques"], currency, say)
            letter.section(say("total"))
            letter.sums([
                (say("cash"), say.amount(Money.from_json(deposit["cash"], currency))),
                (say("cheques"), say.amount(_sum_of(deposit["cheques"], currency))),
                (say("deposit_total"), say.money(total)),
            ], width=INNER)  # fmt: skip
            letter.facts([(say("in_words"), amount_in_words(total, language))], columns=1)
            name = str(collector.get("name") or deposit["collector"])
            signed = [Signed(name=name, role=say("depositor")), Signed(name="", role=say("reviewed"))]
            letter.sign_off(signed, proof_of(deposit))
            _slip(letter, slip, say)
            return letter.finish()


def _settled(close: Doc, say: Wording) -> list[tuple[str, str]]:
    """What the close covers, and after which one it comes."""
    counts = {"receipts": len(close.get("receipts") or ()), "deposits": len(close.get("deposits") or ())}
    return [
        (
            say("previous_close"),
            f"…{str(close['previous'])[-_SHORT:]}" if close.get("previous") else say("none"),
        ),
        (say("settled"), say("settled_counts", **counts)),
        (say("currency"), str(close["currency"])),
    ]


def _movement(letter: Letter, close: Doc, say: Wording) -> None:
    def money(field: str) -> Money:
        return Money.from_json(close[field], str(close["currency"]))

    difference, named = money("difference"), say("difference")
    if difference:
        named += f" ({say('surplus' if difference.minor > 0 else 'shortage')})"
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


def _hands(close: Doc, collector: Doc, say: Wording) -> list[Signed]:
    """Who gives the money and who takes it."""
    receiver, signature = close.get("receiver") or {}, close.get("signature") or {}
    return [
        Signed(
            name=str(signature.get("name") or collector.get("name") or close["collector"]),
            role=f"{say('hands_over')} · {say('collector')}",
            strokes=signature.get("strokes") or (),
        ),
        Signed(
            name=str(receiver.get("name") or ""), role=say("receives"), strokes=receiver.get("strokes") or ()
        ),
    ]


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


def _checked_total(deposit: Doc, currency: str) -> Money:
    cash, total = (Money.from_json(deposit[name], currency) for name in ("cash", "total"))
    if cash + _sum_of(deposit["cheques"], currency) != total:
        raise BadDocument(f"deposit {deposit.get('_id')!r}: cash and cheques are not its total")
    return total


def _sum_of(cheques: Sequence[Doc], currency: str) -> Money:
    return sum((Money.from_json(each["amount"], currency) for each in cheques), Money.zero(currency))


def _denominations(letter: Letter, close: Doc, currency: str, say: Wording) -> None:
    if not close["denominations"]:
        return
    letter.section(say("count"))
    columns = [
        Column(say("denomination"), 50, "R"), Column(say("pieces"), 50, "R"),
        Column(f"{say('amount')} {currency}", INNER - 100, "R"),
    ]  # fmt: skip
    rows = []
    for each in sorted(close["denominations"], key=lambda piece: -minor_from_json(piece["value"])):
        value, count = Money.from_json(each["value"], currency), minor_from_json(each["count"])
        rows.append((say.amount(value), str(count), say.amount(Money(value.minor * count, currency))))
    letter.rows(columns, rows)
    letter.sums([(say("total"), say.money(Money.from_json(close["counted"], currency)))])


def _cheques(letter: Letter, cheques: Sequence[Doc], currency: str, say: Wording) -> None:
    if not cheques:
        return
    letter.section(say("cheques"))
    columns = [
        Column(say("cheque_number"), 60), Column(say("receipt"), 60),
        Column(f"{say('amount')} {currency}", INNER - 120, "R"),
    ]  # fmt: skip
    rows = [
        (
            str(each.get("number") or "—"),
            paper_number(each["receipt"]),
            say.amount(Money.from_json(each["amount"], currency)),
        )
        for each in cheques
    ]
    letter.rows(columns, rows)
    letter.sums([(say("cheques_total"), say.money(_sum_of(cheques, currency)))])


def _slip(letter: Letter, slip: bytes | None, say: Wording) -> None:
    if slip is None or not is_picture(slip):
        return
    letter.section(say("slip_photo"), room=_SLIP_HEIGHT)
    top = letter.get_y()
    letter.image(io.BytesIO(slip), x=MARGIN, y=top, w=INNER, h=_SLIP_HEIGHT, keep_aspect_ratio=True)
    letter.set_y(top + _SLIP_HEIGHT + 2)


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
