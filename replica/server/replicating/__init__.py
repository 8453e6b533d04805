"""Replications that this server runs: for `_replicate`, and for the documents of `_replicator`."""
