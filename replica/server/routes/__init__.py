"""One file per CouchDB resource. `ALL` is every blueprint, in the order of CouchDB's API reference."""

from __future__ import annotations

from replica.server.routes import (
    all_docs,
    attachments,
    bulk,
    changes,
    configuration,
    databases,
    design,
    documents,
    find,
    local,
    maintenance,
    replication,
    security,
    server,
    session,
    updates,
    views,
)

ALL = [
    server.routes,
    updates.routes,
    configuration.routes,
    session.routes,
    replication.routes,
    databases.routes,
    security.routes,
    maintenance.routes,
    bulk.routes,
    all_docs.routes,
    changes.routes,
    find.routes,
    design.routes,
    views.routes,
    local.routes,
    documents.routes,
    attachments.routes,
]
