"""Old facts leave the phone once the centre has them and nothing here is computed from them.

They are purged, which is local and no deletion: nothing of it travels. The centre says in `received` up to
which day it has everything; what this phone has not sent is never among what goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import date

from flet_app.collector.portfolio import Portfolio
from flet_app.collector.standing import Outbox, unsent_facts
from flet_app.collector.store import Store
from receivables.retention import ANSWERED, forgettable
from replica import Database

TOGETHER = 200
"""Documents purged in one transaction, so that a receipt never waits long for the disk."""


async def forget_old_facts(store: Store) -> int:
    """Purge them and return how many. The screens let go of them at the next start."""
    portfolio = store.portfolio
    if portfolio.kept_since is None or not portfolio.facts:
        return 0
    facts, needed = sorted(portfolio.facts), _needed(portfolio, store.outbox)
    return await asyncio.to_thread(_forget, store.database, facts, portfolio.kept_since, needed)


def _forget(database: Database, facts: Sequence[str], before: date, needed: Collection[str]) -> int:
    rows = database.all_docs(keys=facts, include_docs=True, conflicts=True)["rows"]
    documents = {row["id"]: row["doc"] for row in rows if row.get("doc")}
    gone = sorted(
        fact
        for fact in forgettable(documents.values(), before=before, needed=needed)
        if "_conflicts" not in documents[fact]  # the other body would come to light, as if it were new
    )
    for start in range(0, len(gone), TOGETHER):
        some = gone[start : start + TOGETHER]
        database.purge({fact: [documents[fact]["_rev"]] for fact in some})
    if gone:
        database.compact()  # a purge leaves the pictures of photos behind
    return len(gone)


def _needed(portfolio: Portfolio, outbox: Outbox) -> Collection[str]:
    """What only this phone has, what the ERP owes an answer, and from which receipt each series counts on."""
    unanswered = {
        receipt
        for receipt in portfolio.receipts
        if portfolio.postings.get(receipt, {}).get("state") not in ANSWERED
    }
    last = {portfolio.receipts[each]["series"]: each for each in sorted(portfolio.receipts)}
    return {*portfolio.waiting, *unsent_facts(portfolio, outbox), *unanswered, *last.values()}
