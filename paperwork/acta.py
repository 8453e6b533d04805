"""The record of a visit (*acta de visita*): who was met, what was shown, said and agreed, with its pictures.

Everything in it was written in the visit and never changes, so that the paper made again, on the phone or in
the office, is the same file. The debt is the one that the visit recorded as shown, not today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from paperwork.annexes import ActaPhoto, draw_annexes, is_of_visit
from paperwork.facts import paper_number, proof_of, reading
from paperwork.letter import INNER, PLAIN, SMALL, Doc, Heading, Imprint, Letter, Signed
from paperwork.phrases import Wording
from paperwork.sheet import SOFT, Column
from receivables.documents import parse_date, parse_instant
from receivables.figures import date_text
from receivables.money import Money


def render_acta(
    visit: Doc,
    *,
    start: Doc | None,
    company: Doc,
    customer: Doc,
    collector: Doc,
    outcome: str,
    promises: Sequence[Doc] = (),
    receipts: Sequence[Doc] = (),
    photos: Sequence[ActaPhoto] = (),
    language: str = "es",
    imprint: Imprint = PLAIN,
) -> bytes:
    """Return the PDF of a finished visit; the same arguments give the same bytes.

    `outcome` is its label in `language`. Of `promises`, `receipts` and `photos` only what belongs to the
    visit is taken, in the order of time: phone and office may pass all that they have of the customer. What
    is signed stands before the pictures, so that it is one page whatever their number. Raise BadDocument for
    a fact that can't be read.
    """
    with reading(visit):
        say, zone = Wording(language, company), ZoneInfo(company["timezone"])
        shown = visit.get("shown") or {}
        with Letter(_heading(visit, company, say, zone, imprint)) as letter:
            letter.prose(say("acta_purpose"), size=SMALL, grey=SOFT)
            letter.section(say("customer"))
            letter.customer({**customer, **(shown.get("customer") or {})}, code=str(visit["customer"]))
            letter.section(say("visit"))
            letter.facts(_course(visit, start or {}, outcome, say, zone))
            _debt(letter, shown.get("debt"), say)
            _paid(letter, [each for each in receipts if each.get("visit") == visit["start"]], say)
            _promised(letter, [each for each in promises if _is_made_in(visit, each)], say)
            if comment := str(visit.get("comment") or ""):
                letter.section(say("observations"))
                letter.prose(comment)
            _sign(letter, visit, collector, say)
            draw_annexes(letter, [each for each in photos if is_of_visit(visit, each.fact)], say, zone)
            return letter.finish()


def _is_made_in(visit: Doc, promise: Doc) -> bool:
    same = all(promise[name] == visit[name] for name in ("customer", "collector", "device"))
    return same and visit["started_at"] <= promise["created_at"] <= visit["finished_at"]


def _heading(visit: Doc, company: Doc, say: Wording, zone: ZoneInfo, imprint: Imprint) -> Heading:
    return Heading(
        company=company,
        title=say("acta_title"),
        number=paper_number(visit["_id"]),
        date=_when(parse_instant(visit["finished_at"]), zone),
        created_at=parse_instant(visit["created_at"]),
        language=say.language,
        imprint=imprint,
    )


def _course(visit: Doc, start: Doc, outcome: str, say: Wording, zone: ZoneInfo) -> list[tuple[str, str]]:
    """When, where and with whom the visit was, and what came of it."""
    began, ended = parse_instant(visit["started_at"]), parse_instant(visit["finished_at"])
    later = visit.get("next_visit_at")
    return [
        (say("start"), _when(began, zone)),
        (say("end"), _when(ended, zone)),
        (say("duration"), f"{max(0, round((ended - began).total_seconds() / 60))} {say('minutes')}"),
        (say("place"), say.where(start.get("place") or visit.get("place"))),
        (say("distance"), _distance(start, visit)),
        (say("attended_by"), str(visit.get("attended_by") or say("not_attended"))),
        (say("outcome"), outcome),
        (say("next_visit"), _when(parse_instant(later), zone) if later else ""),
        (say("contact_rules"), _contact(start.get("contact_check"), say)),
    ]


def _debt(letter: Letter, debt: Mapping[str, Any] | None, say: Wording) -> None:
    if not debt:
        return
    currency = str(debt["currency"])
    as_of = parse_date(debt["as_of"])
    letter.section(say("debt_shown"))
    letter.prose(say("debt_as_of", date=date_text(as_of)))
    letter.space(1)
    columns = [
        Column(say("invoice"), 62), Column(say("due"), 32), Column(say("days"), 38, "R"),
        Column(f"{say('balance')} {currency}", INNER - 132, "R"),
    ]  # fmt: skip
    rows = []
    for line in debt["invoices"]:
        due_on, amount = parse_date(line["due_on"]), Money.from_json(line["balance"], currency)
        late = max(0, (as_of - due_on).days)
        rows.append((str(line["number"]), date_text(due_on), str(late or "—"), say.amount(amount)))
    letter.rows(columns, rows)
    more = int(debt["count"]) - len(rows)
    if more > 0:
        letter.prose(say("more_invoices", count=more), size=SMALL)
    letter.sums([(say("total"), say.money(Money.from_json(debt["total"], currency)))])


def _paid(letter: Letter, receipts: Sequence[Doc], say: Wording) -> None:
    if not receipts:
        return
    letter.section(say("payments"))
    columns = [Column(say("receipt"), 94), Column(say("amount"), INNER - 94, "R")]
    paid = [
        (each["number"], Money.from_json(each["total"], each["currency"])) for each in _in_order(receipts)
    ]
    letter.rows(columns, [(str(number), say.money(total)) for number, total in paid])


def _promised(letter: Letter, promises: Sequence[Doc], say: Wording) -> None:
    if not promises:
        return
    letter.section(say("promises"))
    for each in _in_order(promises):
        amount = say.money(Money.from_json(each["amount"], each["currency"]))
        text = say("promise_of", amount=amount, date=date_text(parse_date(each["promised_on"])))
        numbers = ", ".join(map(str, each.get("invoices") or ()))
        letter.prose(f"{text} ({numbers})." if numbers else f"{text}.")


def _sign(letter: Letter, visit: Doc, collector: Doc, say: Wording) -> None:
    signature = visit.get("signature") or {}
    attended = str(signature.get("name") or visit.get("attended_by") or "")
    role = say("attendee_role") if signature else f"{say('attendee_role')}: {say('unsigned')}"
    signed = [
        Signed(name=attended, role=role, strokes=signature.get("strokes") or ()),
        Signed(name=str(collector.get("name") or visit["collector"]), role=say("collector")),
    ]
    letter.sign_off(signed, proof_of(visit), legend=say("acta_legend"))


def _in_order(facts: Iterable[Doc]) -> list[Doc]:
    return sorted(facts, key=lambda each: (str(each["created_at"]), str(each["_id"])))


def _when(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%d-%m-%Y %H:%M")


def _distance(start: Doc, visit: Doc) -> str:
    """How far from the customer's point the visit began, and why, where that was said."""
    distance = start.get("distance_m")
    far = [] if distance is None else [f"{round(distance)} m"]
    return " · ".join([*far, *([str(visit["away_reason"])] if visit.get("away_reason") else [])])


def _contact(check: Doc | None, say: Wording) -> str:
    """Which pack was asked and what it said, with the exception under which the visit went on."""
    if not check:
        return ""
    pack = " ".join(str(check[name]) for name in ("pack", "version") if check.get(name))
    outcome, exception = str(check["outcome"]), str(check.get("exception") or "")
    parts = [
        pack,
        say.known(f"contact_{outcome}", outcome),
        ", ".join(say.known(f"found_{code}", str(code)) for code in check.get("codes") or ()),
        say.known(f"exception_{exception}", exception),
    ]
    return " · ".join(part for part in parts if part)
