"""The store of `replica`, served over CouchDB's HTTP API: a CouchDB that pip installs.

What speaks to CouchDB 3.x (PouchDB, nano, ibmcloudant, CouchDB's own replicator, our phones) speaks to this
server unchanged; where an answer differs on purpose, docs/couchdb-compatibility.md says so.

    configuration    CouchDB's ini sections, those that mean something here
    authentication   who is asking (basic, cookie, JWT, proxy)
    authorization    what they may do (`_security`, server admins)
    registry         the databases on disk, kept open with a bound
    served           one database: its store, its rules, its design functions
    javascript/      design functions, sandboxed
    views/           map/reduce indexes
    routes/          one file per CouchDB resource
    serving          threads, sockets, stopping
    assembly         puts the parts together

The phone's bundle leaves this package out, so the engine never imports it.
"""

from __future__ import annotations
