"""Puts the parts of a server together: the one place that knows them all."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from flask import Flask

from replica.errors import NotFound
from replica.server.account_rules import PREFIX, USERS, AccountRules
from replica.server.app import create_app
from replica.server.authentication import Authenticator
from replica.server.configuration import Configuration
from replica.server.global_changes import GlobalChanges
from replica.server.javascript.sandbox import Limits, ScriptPool
from replica.server.node import Node
from replica.server.registry import Registry
from replica.server.replicating.replicator import DATABASE, Replicator, ReplicatorRules
from replica.server.views.builder import IndexBuilder

# Script threads for what requests wait for (validation, filters), and for what runs beside them (indexes).
REQUEST_SCRIPTS, INDEX_SCRIPTS = 4, 2


class StoredAccounts:
    """The documents of `_users`, for the authenticator."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def find_account(self, name: str) -> dict[str, Any] | None:
        try:
            with self._registry.lease(USERS) as users:
                return users.store.get(PREFIX + name)
        except NotFound:
            return None


def assemble(
    directory: Path, configuration: Configuration, *, admin: tuple[str, str] | None, closing: threading.Event
) -> tuple[Node, Flask]:
    limits = Limits(
        seconds=configuration.number("couchdb", "os_process_timeout", 5000) / 1000,
        memory_bytes=configuration.number("quickjs", "memory_limit_bytes", 64 << 20),
        stack_bytes=configuration.number("quickjs", "stack_size_bytes", 1 << 20),
    )
    request_scripts = ScriptPool(limits, threads=REQUEST_SCRIPTS, name="scripts")
    index_scripts = ScriptPool(limits, threads=INDEX_SCRIPTS, name="index scripts")
    registry = Registry(
        directory, request_scripts, most_open=configuration.number("couchdb", "max_dbs_open", 500)
    )
    registry.add_own_rules(USERS, AccountRules(configuration))
    registry.add_own_rules(DATABASE, ReplicatorRules())
    node = Node(
        configuration=configuration,
        registry=registry,
        authenticator=Authenticator(configuration, StoredAccounts(registry), admin=admin),
        indexes=IndexBuilder(registry, index_scripts, closing),
        replicator=Replicator(registry, closing),
        global_changes=GlobalChanges(registry, closing),
        closing=closing,
    )
    node.start()
    return node, create_app(node)
