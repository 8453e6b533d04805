"""Databases, who may enter them, and the server's own configuration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast
from urllib.parse import quote

from backend.couch.errors import AlreadyExists, NotFound
from backend.couch.transport import Json, Transport

NAMES_PER_REQUEST = 100  # CouchDB's [chttpd] max_db_number_for_dbs_info_req


class Databases(Transport):
    """What needs a server administrator."""

    def create_database(self, name: str, *, q: int = 1) -> bool:
        """Create a database of `q` shards; False where it was there already."""
        try:
            self.call(name, self.service.put_database, name, q=q)
        except AlreadyExists:
            return False
        return True

    def delete_database(self, name: str) -> bool:
        """Delete a database and all it holds; False where it was absent."""
        try:
            self.call(name, self.service.delete_database, name)
        except NotFound:
            return False
        return True

    def database_info(self, name: str) -> Json | None:
        """`{db_name, update_seq, doc_count, instance_start_time, …}`, or None where there is no database."""
        try:
            return cast(Json, self.call(name, self.service.get_database_information, name, idempotent=True))
        except NotFound:
            return None

    def dbs_info(self, names: Sequence[str]) -> dict[str, Json]:
        """`database_info` of many databases, a hundred to a request; absent ones are left out."""
        found: dict[str, Json] = {}
        for start in range(0, len(names), NAMES_PER_REQUEST):
            keys = list(names[start : start + NAMES_PER_REQUEST])
            answer = self.call("_dbs_info", self.service.post_dbs_info, keys, idempotent=True)
            found.update((row["key"], row["info"]) for row in answer if row.get("info"))
        return found

    def all_dbs(self, *, start_key: str | None = None, end_key: str | None = None) -> list[str]:
        """Names of the databases, in order, optionally only those between two names."""
        # ibmcloudant puts keys of this one into the query as they are, where CouchDB reads JSON
        bounds = {"start_key": start_key, "end_key": end_key}
        quoted: Json = {name: json.dumps(key) for name, key in bounds.items() if key is not None}
        answer = self.call("_all_dbs", self.service.get_all_dbs, idempotent=True, **quoted)
        return cast(list[str], answer)

    def get_security(self, db: str) -> Json:
        """`{admins: {names, roles}, members: {names, roles}}`."""
        return cast(Json, self.call(f"{db}/_security", self.service.get_security, db, idempotent=True))

    def put_security(self, db: str, security: Json) -> None:
        self.request("PUT", f"/{quote(db, safe='')}/_security", body=security, idempotent=True)

    def put_revs_limit(self, db: str, limit: int) -> None:
        """How many ancestors of a revision the database remembers."""
        self.request("PUT", f"/{quote(db, safe='')}/_revs_limit", body=limit, idempotent=True)

    def server_info(self) -> Json:
        """`{couchdb: "Welcome", version, uuid, vendor}`."""
        return cast(Json, self.call("/", self.service.get_server_information, idempotent=True))

    def nodes(self) -> list[str]:
        """Names of the cluster's nodes; a server on its own has one."""
        answer = self.call("_membership", self.service.get_membership_information, idempotent=True)
        return cast(list[str], answer["cluster_nodes"])

    def get_node_config(self, node: str, section: str, key: str) -> str | None:
        """One value of a node's configuration, or None where it is not set."""
        try:
            return cast(str, self.request("GET", _config_path(node, section, key), idempotent=True))
        except NotFound:
            return None

    def put_node_config(self, node: str, section: str, key: str, value: str) -> None:
        self.request("PUT", _config_path(node, section, key), body=value, idempotent=True)


def _config_path(node: str, section: str, key: str) -> str:
    return f"/_node/{quote(node, safe='@.')}/_config/{quote(section, safe='')}/{quote(key, safe='')}"
