"""The record of a visit (*acta de visita*): who was met, what was shown, said and agreed, with its pictures.

Everything in it was written in the visit and never changes, so that the paper made again, on the phone or in
the office, is the same file. The debt is the one that the visit recorded as shown, not today's.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from paperwork.facts import UNREADABLE, fact_digest, paper_number, scanned
from paperwork.letter import INNER, MARGIN, PLAIN, SMALL, Doc, Heading, Imprint, Letter, Signed
from paperwork.phrases import PHRASES, Wording
from paperwork.pictures import is_picture
from paperwork.sheet import SOFT, Column
from receivables.documents import BadDocument, parse_date, parse_instant
from receivables.figures import date_text
from receivables.money import Money

_PICTURE_HEIGHT = 62.0
_PICTURE_WIDTH = (INNER - 8.0) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ActaPhoto:
    """A `photo` fact and its picture (JPEG or PNG), None where this device has only the fact."""

    fact: Doc
    picture: bytes | None


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
    visit is taken, in the order of time: phone and office may pass all that they have of the customer. Raise
    BadDocument for a fact that can't be read.
    """
    try:
        return _render(
            visit, start=start, company=company, customer=customer, collector=collector, outcome=outcome,
            promises=[each for each in promises if _is_made_in(visit, each)],
            receipts=[each for each in receipts if each.get("visit") == visit["start"]],
            photos=[each for each in photos if is_of_visit(visit, each.fact)],
            language=language, imprint=imprint,
        )  # fmt: skip
    except UNREADABLE as error:
        if isinstance(error, BadDocument):
            raise
        raise BadDocument(f"visit {visit.get('_id')!r}: {error!r}") from error


def is_of_visit(visit: Doc, photo: Doc) -> bool:
    """Does a `photo` show something of this visit?"""
    return photo.get("of") in {visit["start"], visit["_id"]}


def _is_made_in(visit: Doc, promise: Doc) -> bool:
    same = all(promise[name] == visit[name] for name in ("customer", "collector", "device"))
    return same and visit["started_at"] <= promise["created_at"] <= visit["finished_at"]


def _render(
    visit: Doc,
    *,
    start: Doc | None,
    company: Doc,
    customer: Doc,
    collector: Doc,
    outcome: str,
    promises: Sequence[Doc],
    receipts: Sequence[Doc],
    photos: Sequence[ActaPhoto],
    language: str,
    imprint: Imprint,
) -> bytes:
    say, zone = Wording(language, company), ZoneInfo(company["timezone"])
    began, ended = parse_instant(visit["started_at"]), parse_instant(visit["finished_at"])
    shown = visit.get("shown") or {}
    later = visit.get("next_visit_at")
    number, digest = paper_number(visit["_id"]), fact_digest(visit)
    heading = Heading(
        company=company, title=say("acta_title"), number=number, date=_when(ended, zone),
        created_at=parse_instant(visit["created_at"]), language=language, imprint=imprint,
    )  # fmt: skip
    with Letter(heading) as letter:
        letter.prose(say("acta_purpose"), size=SMALL, grey=SOFT)
        letter.section(say("customer"))
        letter.facts(_customer({**customer, **(shown.get("customer") or {})}, visit, say))
        letter.section(say("visit"))
        letter.facts(
            [
                (say("start"), _when(began, zone)),
                (say("end"), _when(ended, zone)),
                (say("duration"), f"{max(0, round((ended - began).total_seconds() / 60))} {say('minutes')}"),
                (say("place"), say.where((start or {}).get("place") or visit.get("place"))),
                (say("distance"), _distance(start, visit)),
                (say("attended_by"), str(visit.get("attended_by") or say("not_attended"))),
                (say("outcome"), outcome),
                (say("next_visit"), _when(parse_instant(later), zone) if later else ""),
                (say("contact_rules"), _contact((start or {}).get("contact_check"), say)),
            ]
        )  # fmt: skip
        _debt(letter, shown.get("debt"), say)
        _agreed(letter, promises, receipts, say)
        if comment := str(visit.get("comment") or ""):
            letter.section(say("observations"))
            letter.prose(comment)
        _pictures(letter, photos, say, zone)
        _sign(letter, visit, collector, say)
        letter.verification(say("verification"), digest, scanned(visit, digest))
        return letter.finish()


def _customer(customer: Doc, visit: Doc, say: Wording) -> list[tuple[str, str]]:
    city = customer.get("city")
    return [
        (say("customer"), str(customer["name"])),
        (say("code"), str(visit["customer"])),
        (say("tax_id"), str(customer.get("tax_id") or "")),
        (say("address"), ", ".join(str(part) for part in (customer.get("address"), city) if part)),
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


def _agreed(letter: Letter, promises: Sequence[Doc], receipts: Sequence[Doc], say: Wording) -> None:
    if receipts:
        letter.section(say("payments"))
        paid = [
            (each["number"], Money.from_json(each["total"], each["currency"])) for each in _in_order(receipts)
        ]
        letter.facts([(f"{say('receipt')} {number}", say.money(total)) for number, total in paid], columns=1)
    if promises:
        letter.section(say("promises"))
        for each in _in_order(promises):
            amount = say.money(Money.from_json(each["amount"], each["currency"]))
            text = say("promise_of", amount=amount, date=date_text(parse_date(each["promised_on"])))
            numbers = ", ".join(map(str, each.get("invoices") or ()))
            letter.prose(f"{text} ({numbers})." if numbers else f"{text}.")


def _pictures(letter: Letter, photos: Sequence[ActaPhoto], say: Wording, zone: ZoneInfo) -> None:
    if not photos:
        return
    letter.section(say("annexes"), room=_PICTURE_HEIGHT + 12)
    ordered = sorted(photos, key=lambda each: (str(each.fact["taken_at"]), str(each.fact["_id"])))
    for start in range(0, len(ordered), 2):
        letter.keep(_PICTURE_HEIGHT + 12)
        top = letter.get_y()
        for place, photo in enumerate(ordered[start : start + 2]):
            x = MARGIN + place * (_PICTURE_WIDTH + 8)
            missing = _picture(letter, photo, x=x, y=top)
            letter.set_y(top + _PICTURE_HEIGHT + 1)
            letter.style(SMALL - 1)
            taken = _when(parse_instant(photo.fact["taken_at"]), zone)
            named = say("photo", number=start + place + 1)
            caption = [named, _subject(photo.fact, say), taken, say.where(photo.fact.get("place"))]
            letter.paragraph(
                " · ".join([*caption, *([say(missing)] if missing else [])]), x=x, width=_PICTURE_WIDTH
            )
        letter.set_y(top + _PICTURE_HEIGHT + 12)


def _subject(photo: Doc, say: Wording) -> str:
    """What it shows: a subject that the app gives, in words, or what somebody wrote."""
    phrase = f"subject_{photo['subject']}"
    return say(phrase) if phrase in PHRASES else str(photo["subject"])


def _picture(letter: Letter, photo: ActaPhoto, *, x: float, y: float) -> str:
    """Draw the picture, or its empty frame; return the phrase that says why it is empty."""
    letter.set_draw_color(190)
    letter.set_line_width(0.2)
    if photo.picture is None:
        letter.rect(x, y, _PICTURE_WIDTH, _PICTURE_HEIGHT)
        return "photo_missing"
    if hashlib.sha256(photo.picture).hexdigest() != photo.fact["sha256"] or not is_picture(photo.picture):
        letter.rect(x, y, _PICTURE_WIDTH, _PICTURE_HEIGHT)
        return "photo_differs"
    letter.image(
        io.BytesIO(photo.picture), x=x, y=y, w=_PICTURE_WIDTH, h=_PICTURE_HEIGHT, keep_aspect_ratio=True
    )
    return ""


def _sign(letter: Letter, visit: Doc, collector: Doc, say: Wording) -> None:
    letter.section(say("signatures"))
    signature = visit.get("signature") or {}
    attended = str(signature.get("name") or visit.get("attended_by") or "")
    role = say("attendee_role") if signature else f"{say('attendee_role')}: {say('unsigned')}"
    letter.signatures([
        Signed(name=attended, role=role, strokes=signature.get("strokes") or ()),
        Signed(name=str(collector.get("name") or visit["collector"]), role=say("collector")),
    ])  # fmt: skip
    letter.prose(say("acta_legend"), size=SMALL - 1, grey=SOFT)


def _in_order(facts: Iterable[Doc]) -> list[Doc]:
    return sorted(facts, key=lambda each: (str(each["created_at"]), str(each["_id"])))


def _when(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%d-%m-%Y %H:%M")


def _distance(start: Doc | None, visit: Doc) -> str:
    """How far from the customer's point the visit began, and why, where that was said."""
    distance = (start or {}).get("distance_m")
    far = [] if distance is None else [f"{round(distance)} m"]
    return " · ".join([*far, *([str(visit["away_reason"])] if visit.get("away_reason") else [])])


def _contact(check: Doc | None, say: Wording) -> str:
    """Which pack was asked and what it said, with the exception under which the visit went on."""
    if not check:
        return ""
    pack = " ".join(str(check[name]) for name in ("pack", "version") if check.get(name))
    phrase = f"contact_{check['outcome']}"
    said = say(phrase) if phrase in PHRASES else str(check["outcome"])
    parts = [pack, said, ", ".join(map(str, check.get("codes") or ())), check.get("exception")]
    return " · ".join(str(part) for part in parts if part)
