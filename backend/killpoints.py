"""Named instants between two writes at which a test may end the process, as a power cut would.

A crash between two writes is what loses or doubles money, so every such place has a name.
`RECAUDO_KILL_AT=name` ends the process the first time it gets there, `name:3` the third time.
Without the variable `reach` does nothing.
"""

from __future__ import annotations

import os
from collections import Counter

KILL_STATUS = 137  # what a shell reports for `kill -9`

POINTS: tuple[str, ...] = (
    "assignment.rows_written",
    "dunning.claimed",
    "dunning.mailed",
    "dunning.noted",
    "dunning.settled",
    "erp.files.delivered",
    "erp.files.noted",
    "erp.files.written",
    "erp.in.finished",
    "erp.in.page_stored",
    "erp.out.announced",
    "erp.out.exception_raised",
    "erp.out.page_done",
    "erp.out.recorded",
    "erp.out.retry_recorded",
    "erp.out.sending",
    "erp.out.sent",
    "erp.sql.processed",
    "erp.sql.staged",
    "erp.tryton.drafted",
    "erp.tryton.linked",
    "erp.tryton.posted",
    "erp.tryton.reconciled",
    "receipt_mail.claimed",
    "receipt_mail.mailed",
    "reconcile.derived",
    "reconcile.down_checkpointed",
    "reconcile.equipped",
    "reconcile.facts_copied",
    "reconcile.leaf_removed",
    "reconcile.move_announced",
    "reconcile.move_settled",
    "reconcile.parked",
    "reconcile.placed",
    "reconcile.up_checkpointed",
    "reversal.claimed",
    "tidy.facts_purged",
    "tidy.papers_removed",
)
"""Every name that the program reaches, kept true by tests/unit/backend/test_killpoints.py."""

_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """End the process at once, without cleaning up, where the environment asks for it; otherwise nothing."""
    wanted = os.environ.get("RECAUDO_KILL_AT")
    if not wanted:
        return
    point, _, occurrence = wanted.partition(":")
    if point != name:
        return
    _reached[name] += 1
    if _reached[name] >= int(occurrence or 1):
        os._exit(KILL_STATUS)
