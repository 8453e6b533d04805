"""The small print of a receipt: who collected, with which device and where, and what the ERP made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paperwork.labels import Labels
from receivables.figures import amount_text
from receivables.money import Money
from receivables.receipts import Receipt

Doc = Mapping[str, Any]

_SHORT_ID = 8


def receipt_traces(
    read: Receipt, collector: Doc, posting: Doc | None, void: Doc | None, *, labels: Labels, locale: str
) -> Iterable[tuple[str, str]]:
    """Pairs of a label and what it says: who collected, with which device, where, what the ERP answered."""
    name = collector.get("name")
    yield labels.collector, f"{name} ({read.collector})" if name else read.collector
    device = str(read.source.get("device") or "")
    visit = str(read.source.get("visit") or "")
    traces = [f"…{device[-_SHORT_ID:]}"] if device else []
    if visit:
        traces.append(f"{labels.visit.lower()} …{visit[-_SHORT_ID:]}")
    yield labels.device, " · ".join(traces)
    yield labels.place, _place_text(read.source.get("place"), labels)
    yield labels.status, _status_text(posting, labels) if void is None else labels.void.capitalize()
    if (
        posting
        and posting.get("state") == "posted"
        and (effective := _effective(read, posting, labels, locale))
    ):
        yield labels.effective, effective


def _place_text(place: Doc | None, labels: Labels) -> str:
    if not place:
        return labels.no_place
    accuracy = f" ±{round(place['accuracy'])} m" if place.get("accuracy") is not None else ""
    return f"{place['lat']:.4f}, {place['lon']:.4f}{accuracy}"


def _status_text(posting: Doc | None, labels: Labels) -> str:
    if not posting:
        return labels.pending_status
    text = labels.states.get(posting.get("state") or "", labels.pending_status)
    if posting.get("state") == "posted" and posting.get("erp_number"):
        return f"{text} · {labels.erp_number}\u00a0{posting['erp_number']}"
    if posting.get("state") == "rejected" and posting.get("reason"):
        return f"{text}: {posting['reason']}"
    return text


def _effective(read: Receipt, posting: Doc, labels: Labels, locale: str) -> str:
    """How the money was applied in the end, where that differs from what the receipt says."""
    lines = posting.get("allocations")
    if lines is None:
        return ""
    currency = read.total.currency
    decided = {line["invoice"]: Money.from_json(line["amount"], currency) for line in lines}
    parts = [
        f"{each.invoice}:\u00a0{amount_text(decided.get(each.invoice, Money.zero(currency)), locale)}"
        for each in read.allocations
        if decided.get(each.invoice) != each.amount
    ]
    standing = {
        line["invoice"]: Money.from_json(line["amount"], currency) for line in posting.get("write_offs") or ()
    }
    parts += [
        f"{labels.write_off.lower()} {each.invoice}:\u00a0"
        f"{amount_text(standing.get(each.invoice, Money.zero(currency)), locale)}"
        for each in read.write_offs
        if standing.get(each.invoice) != each.amount
    ]
    if not parts:
        return ""
    on_account = Money.from_json(posting.get("on_account", 0), currency)
    if on_account:
        parts.append(f"{labels.on_account.lower()}:\u00a0{amount_text(on_account, locale)}")
    return " · ".join(parts)
