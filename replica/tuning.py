"""Every batch size, limit and delay of the engine, each with its reason."""

from __future__ import annotations

# -- store ---------------------------------------------------------------------------------------------------

SQLITE_FLOOR = (3, 38, 0)
"""STRICT tables need 3.37 and `json_each` as a built-in 3.38; Android's Python carries a newer one."""

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another process: longer than any slice of work, shorter than a person's
patience.
"""

WRITER_CACHE_KIB = 8 * 1024
"""Page cache of the writing connection: what a bulk load touches between two commits, several times over."""

READER_CACHE_KIB = 2 * 1024
"""Page cache of each reading connection: the inner pages of a million documents' id index, and little more,
since the operating system keeps the file's pages too and there may be many readers.
"""

WAL_CHECKPOINT_PAGES = 4_000
"""Pages (4 KiB) between checkpoints. 16 MiB of log halve the rewriting of hot pages in a bulk load."""

WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024
"""A log that a long reader let grow is cut back to this after the next checkpoint."""

CACHED_STATEMENTS = 256
"""Prepared statements kept per connection: more than the engine has, so that none is compiled twice."""

ROWS_IN_STATEMENT = 100
"""Rows inserted by one statement of a batch. More gain nothing."""

IDLE_READERS = 8
"""Reading connections kept open between uses; beyond that a burst opens and closes its own."""

SEQUENCE_BLOCK = 1024
"""Sequences per counting block: `pending` adds up one row per block and counts inside one block only."""

DEFAULT_REVS_LIMIT = 1000
"""CouchDB's own default: how many ancestors of a leaf are remembered."""

ATTACHMENT_CHUNK_BYTES = 256 * 1024
"""One row of an attachment's body: what is held in memory while it streams."""

ATTACHMENT_CHUNKS_PER_COMMIT = 4
"""Chunks written in one transaction: a megabyte per fsync keeps other writers waiting a few milliseconds."""

UNUSED_ATTACHMENT_SECONDS = 24 * 3600
"""A body that no revision names is removed only when older: its document may still be on its way."""

DOCUMENTS_PARSED_AT_ONCE = 256
"""Bodies that one call of the JSON parser takes where many are read. More gain nothing."""

CHANGES_SLICE = 1_000
"""Rows read at a time where a filter decides."""

OTHER_PROCESS_POLL_SECONDS = 0.25
"""How soon a waiting reader notices a commit of another process; commits of this one wake it at once."""

INDEX_SLICE_ROWS = 500
"""Documents entered into a new index per transaction: about 10 ms."""

COMPACTION_SLICE_ROWS = 200
"""Superseded revisions removed per transaction at most."""

COMPACTION_SLICE_SECONDS = 0.010
"""A slice ends after this even if rows are left, so that a write waits far less than 50 ms."""

COMPACTION_REST_SECONDS = 0.002
"""The least rest between two slices: a thread that waits for the lock gets it."""

COMPACTION_SLICES_PER_CHECKPOINT = 16
"""Slices between checkpoints: the log stays well below the length at which a writer's commit would do it."""

VACUUM_SLICE_PAGES = 64
"""Free pages given back to the file system per transaction."""

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

GZIP_FROM_BYTES = 1024
"""Smaller bodies gain nothing: they fit one packet."""

GZIP_LEVEL = 1
"""JSON shrinks to a quarter at the fastest level already; a phone's battery pays for more."""

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

BATCH_BYTES_LEAST = 64 * 1024
"""A batch shrinks no further than this when the way to the target refuses bodies as too large."""

ATTACHMENT_INLINE_BYTES = 2 * 1024 * 1024
"""Attachments travel inside their documents up to this, per request; larger ones are streamed, each by
itself.
"""

ATTACHMENT_ATTEMPTS = 3
"""How often in a row a download goes on where it was cut without getting a single byte further."""

FIRST_SYNC_BATCHES_PER_COMMIT = 2
"""A first sync commits this many batches at once: with an fsync each, more gain nothing and lose more in a
cut.
"""

FIRST_SYNC_COMMIT_SECONDS = 2.0
"""On a slow link, what has arrived is made durable at least this often."""

HISTORY_ENTRIES = 50
"""Sessions kept in a checkpoint (CouchDB keeps as many)."""

ATTEMPTS = 5
"""How often a one-shot replication tries the same batch before it gives up."""

DOCUMENT_ATTEMPTS = 10
"""How many runs in a row try again a document that the peer could not take for a reason of its own, such as
a time-out. After that there are pauses, and a person is told.
"""

BACKOFF_FIRST_SECONDS = 2.0
BACKOFF_MOST_SECONDS = 600.0
"""Delay after the first failure, doubling to this. Ten minutes is what a collector accepts on leaving a
dead zone.
"""

IDLE_SECONDS = 60.0
"""How soon a live session that had nothing to do asks again, when nobody wakes it."""

OFFER_AGAIN_SECONDS = 300.0
"""How long a live session takes its own word for it that the peer has everything that was offered."""

PUSH_DURING_PULL_SECONDS = 10.0
"""How long a long pull may keep a local write waiting."""

INACTIVITY_SECONDS = 300.0
"""A run that made no progress for so long ends as unreachable: no sync is ever "in progress" for ever."""
