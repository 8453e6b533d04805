"""Keeps the central database and the collectors' small databases true: facts go up, projections come down.

It follows what changed and scans nothing; it may be killed at any instant, run twice, or be split by
collector, and the end is the same. docs/reconcile.md tells why.
"""
