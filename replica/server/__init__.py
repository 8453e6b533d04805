"""The store of `replica`, served over CouchDB's HTTP API: a CouchDB that pip installs.

What speaks to CouchDB 3.x (PouchDB, nano, ibmcloudant, CouchDB's own replicator, our phones) speaks to this server
unchanged; where an answer differs on purpose, docs/couchdb-compatibility.md says so.

    authentication   who is asking (basic, cookie, JWT, proxy)         javascript/  design functions, sandboxed
    authorization    what they may do (`_security`, server admins)     views/       map/reduce indexes
    registry         the databases on disk, kept open with a bound     routes/      one file per CouchDB resource
    configuration    CouchDB's ini sections that mean something here   serving      threads, sockets, stopping

The phone's bundle leaves this package out, so the engine never imports it.
"""

from __future__ import annotations
