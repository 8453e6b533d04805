"""Every batch size, limit and delay of the engine, each with its reason."""

from __future__ import annotations

# -- store ---------------------------------------------------------------------------------------------------

# -- remote peers --------------------------------------------------------------------------------------------

CONNECT_SECONDS = 10.0
"""A phone on a weak cell needs a few seconds to connect; after ten the radio is better asked again later."""

SILENCE_SECONDS = 30.0
"""How long a peer may send or take nothing within one request. CouchDB's own replicator waits as long."""

ANSWER_SECONDS = 240.0
"""How long one whole answer may take, however it dribbles. The reverse proxy in front of us cuts at five
minutes.
"""

LONGPOLL_MARGIN_SECONDS = 10.0
"""Added to a long poll's own timeout before we hang up: some peers ignore the timeout they are given."""

# -- replication ---------------------------------------------------------------------------------------------

BATCH_DOCUMENTS = 500
"""Changes in one batch. Round trips dominate below 200; above 1,000 only memory and the cost of a cut
still grow.
"""

BATCH_DOCUMENTS_LEAST = 25
"""A batch shrinks no further than this when the link fails: smaller ones spend more on round trips than
they save.
"""

BATCH_BYTES = 4 * 1024 * 1024
"""Documents sent in one request. CouchDB takes 8 MB of document and nginx 1 MB by default, which a 413
teaches us.
"""

FIRST_SYNC_COMMIT_DOCUMENTS = 1000
"""Streamed documents in one local transaction: with an fsync each, larger ones gain nothing and lose more
in a cut.
"""

FIRST_SYNC_COMMIT_SECONDS = 2.0
"""On a slow link, what has arrived is made durable at least this often."""

HISTORY_ENTRIES = 50
"""Sessions kept in a checkpoint (CouchDB keeps as many)."""

ATTEMPTS = 5
"""How often a one-shot replication tries the same batch before it gives up."""

DOCUMENT_ATTEMPTS = 10
"""How many runs try again a document that the peer could not take for a reason of its own, such as a
time-out.
"""

BACKOFF_FIRST_SECONDS = 2.0
BACKOFF_MOST_SECONDS = 600.0
"""Delay after the first failure, doubling to this. Ten minutes is what a collector accepts on leaving a
dead zone.
"""

IDLE_SECONDS = 60.0
"""How soon a live session that had nothing to do asks again, when nobody wakes it."""

MANIFEST_WORTH = 200
"""Pending changes from which it pays to fetch the manifest's documents ahead of the stream (two requests
more).
"""

INACTIVITY_SECONDS = 300.0
"""A run that made no progress for so long ends as unreachable: no sync is ever "in progress" for ever."""
