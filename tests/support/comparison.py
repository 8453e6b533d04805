"""Whether two databases hold the same: every leaf with its history's length, body and attachments."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from replica.peer import Peer


def leaves(peer: Peer) -> dict[tuple[str, str], Any]:
    """`{(id, rev): (body, {attachment: digest of its bytes})}` of every leaf, tombstones too, of ordinary
    documents.
    """
    rows = peer.changes(since=0, style="all_docs").results
    wanted = [
        {"id": row["id"], "rev": change["rev"]}
        for row in rows
        if not row["id"].startswith("_design/")
        for change in row["changes"]
    ]
    found: dict[tuple[str, str], Any] = {}
    for answer in peer.bulk_get(wanted, attachments=True) if wanted else []:
        document = answer["ok"]
        body = {name: value for name, value in document.items() if not name.startswith("_")}
        attachments = {
            name: (entry["content_type"], hashlib.sha256(base64.b64decode(entry["data"])).hexdigest())
            for name, entry in document.get("_attachments", {}).items()
        }
        found[document["_id"], document["_rev"]] = (bool(document.get("_deleted")), body, attachments)
    return found


def winners(peer: Peer) -> dict[str, str]:
    """`{id: winning rev}`, tombstones too."""
    return {row["id"]: row["changes"][0]["rev"] for row in peer.changes(since=0, style="main_only").results}
