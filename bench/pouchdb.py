"""Where PouchDB is, and its scripts run: what `bench/store.py` and `bench/replication.py` stand beside."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.figures import Lacking

HERE = Path(__file__).parent
PEERS = HERE.parent / "build" / "peers" / "client"


def run(script: str, *arguments: str, documents: list[dict[str, Any]]) -> dict[str, float]:
    """Run `bench/<script>` with `documents` as its input; return the JSON it prints. Raise `Lacking`."""
    if shutil.which("node") is None or not (PEERS / "node_modules" / "pouchdb").exists():
        raise Lacking("PouchDB is not installed: `make peers` (needs Node)")
    done = subprocess.run(
        ["node", str(HERE / script), str(PEERS), *arguments],
        input=json.dumps(documents), capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Lacking(f"bench/{script} failed: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)  # type: ignore[no-any-return]
