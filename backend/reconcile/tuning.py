"""Every number that reconcile could have otherwise, each with its reason."""

from __future__ import annotations

from datetime import timedelta

CHANGES_PER_BATCH = 500
"""Rows of a feed in one go: what a crash repeats, and about 500 KB of documents in memory."""

CUSTOMERS_PER_MOVE = 50
"""Customers that change hands in one go: with their invoices about a thousand documents."""

DOCUMENTS_PER_WRITE = 500
"""Documents in one `_bulk_docs`: well under CouchDB's request limit, and one fsync for all."""

ATTEMPTS = 12
"""Rounds over one document before another process is said to be in the way; a lost race means it won."""

SWEEP_SECONDS = 60.0
"""How often all databases are compared: the longest that a lost notice delays a fact."""

POLL_SECONDS = 2.0
"""Between two looks where the server has no `_db_updates`."""

NOTICE_WAIT_SECONDS = 5.0
"""How long the server may hold back a notice; a connection that died unnoticed is left soon after."""

BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses after consecutive failures; the last one repeats."""

CHECKPOINT_BUCKETS = 64
"""Documents over which the checkpoints are spread: a start reads at most these, a receipt rewrites one."""

ACTIVITY_ITEMS = 20
"""What a collector reads before knocking at a door."""

RECEIVED_ENTRIES = 1000
"""More than a phone writes between two synchronisations."""

EVIDENCE_BYTES = 64 * 1024
"""Text of a document kept in an exception, as in a refusal."""

MANIFEST_IDS = 1000
"""What a day's route is at most, and what comes in one answer before the rest."""

FACTS_KEPT = timedelta(days=62)
"""How long a phone keeps what its collector did: this month and the one before. Longer than the interval of
backups, so that phones can fill a restored server again.
"""

TRACKS_LONGER = timedelta(days=8)
"""The centre keeps a track at least so much longer than its phone, which would otherwise bring it back."""

PURGED_TOGETHER = 100
"""Ids in one `_purge`: CouchDB's own limit."""

RECENT = {
    "invoice": timedelta(days=90),
    "credit_note": timedelta(days=90),
    "withholding": timedelta(days=365),  # the fiscal year in which it may still be claimed
    "posting": timedelta(days=90),
    "reversal": timedelta(days=90),
    "route": timedelta(days=7),
    "goal": timedelta(days=62),  # this month's and the one before, whole
    "performance": timedelta(days=62),
}
"""How far back a closed document is brought to a phone that does not hold it."""
