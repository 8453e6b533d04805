"""Following the collector in worked hours: asked for, answered, paused, and what was measured written down.

The rule is `receivables.tracking`; here is what of it depends on this phone. Positions are gathered in memory
and become a fact every few minutes: a phone that dies loses those of the last batch and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any

from flet_app.collector.actions.authorship import record
from flet_app.collector.phone import Phone
from receivables.compliance import Holidays
from receivables.documents import BadDocument
from receivables.tracking import Answer, Fix, Following, Trail, following

log = logging.getLogger(__name__)

ANSWER = "tracking_answer"
ENDED_ON = "tracking_ended_on"
RESUMED_ON = "tracking_resumed_on"
"""Preferences of this phone: what was answered, and the dates of a day's end and of its taking up."""


def tracking_state(phone: Phone) -> Following:
    """Whether this phone follows its collector now, or why not."""
    answer = _chosen(phone, ANSWER)
    return following(
        phone.portfolio.tracking,
        Answer(answer) if answer else None,
        until=tracking_until(phone, phone.now()),
        ended=_is_done_for_today(phone),
    )


def tracking_until(phone: Phone, at: datetime) -> datetime | None:
    """When the worked hours end in which `at` lies; None outside, or where a holiday can't be read."""
    policy = phone.portfolio.tracking
    if policy is None or not policy.active:  # every screen asks: what is off costs nothing
        return None
    try:
        holidays = Holidays.from_documents(phone.portfolio.holidays.values())
    except BadDocument:
        return None
    return policy.until(at, zone=phone.zone, holidays=holidays)


async def answer_tracking(phone: Phone, answer: Answer) -> None:
    """Keep what the collector said; it can be changed whenever he or she likes."""
    await _choose(phone, **{ANSWER: answer.value})


async def end_the_day(phone: Phone) -> None:
    """The collector is done for today, before the hours end."""
    await _choose(phone, **{ENDED_ON: phone.today().isoformat(), RESUMED_ON: ""})


async def take_up_the_day(phone: Phone) -> None:
    """The collector goes on working after all."""
    await _choose(phone, **{ENDED_ON: "", RESUMED_ON: phone.today().isoformat()})


async def note_position(phone: Phone, fix: Fix) -> None:
    """Keep `fix` where it says something new; nothing measured outside of the hours or before the start."""
    policy, since = phone.portfolio.tracking, phone.followed_since
    if policy is None or since is None or fix.at < since or phone.locked:
        return
    if tracking_state(phone) is Following.ON and tracking_until(phone, fix.at):
        phone.trail = phone.trail.extended(fix, policy)
        await write_trail(phone)


async def write_trail(phone: Phone, *, whole: bool = False) -> None:
    """Write down what was gathered, where it is time to; `whole` does not wait for that.

    What can't be written (a full disk) is kept for the next time: nobody stands there to be told.
    """
    policy, trail, store = phone.portfolio.tracking, phone.trail, phone.store
    if policy is None or not trail.kept or not (whole or trail.is_due(policy, phone.now())):
        return
    phone.trail = trail.written()
    try:
        await record(phone, lambda _portfolio, author: trail.fact(author))
    except Exception:
        log.exception("%d positions wait for the next time", len(trail.kept))
        if phone.store is store:  # what was measured for one company is not told to another
            phone.trail = Trail((*trail.kept, *phone.trail.kept), phone.trail.last)


def _is_done_for_today(phone: Phone) -> bool:
    """The collector said so, or closed the cash of today and did not take the day up again."""
    today = phone.today().isoformat()
    if _chosen(phone, ENDED_ON) == today:
        return True
    closed = any(close.get("closes_on") == today for close in phone.portfolio.closes.values())
    return closed and _chosen(phone, RESUMED_ON) != today


def _chosen(phone: Phone, name: str) -> str:
    return str((phone.store.chosen if phone.store else {}).get(name) or "")


async def _choose(phone: Phone, **values: Any) -> None:
    if phone.store:
        await asyncio.to_thread(phone.store.choose, **values)
        phone.announce()
