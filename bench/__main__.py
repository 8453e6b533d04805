"""`python -m bench`: run every script, print one table and, as the last line, the same as JSON."""

from __future__ import annotations

import importlib
import importlib.util
import json
import platform
import sys
import time

from bench.figures import Figure, Lacking, table

SCRIPTS = (
    "store",
    "replication",
    "server",
    "server_load",
    "reconcile",
    "routing",
    "erp",
    "app",
    "first_sync",
)


def main(names: tuple[str, ...]) -> int:
    found: list[Figure] = []
    for name in names:
        if importlib.util.find_spec(f"bench.{name}") is None:
            print(f"{name}: there is no bench/{name}.py")
            continue
        began = time.monotonic()
        script = importlib.import_module(f"bench.{name}")
        if not hasattr(script, "figures"):
            print(f"{name}: bench/{name}.py gives no figures()")
            continue
        try:
            figures = list(script.figures())
        except Lacking as lack:
            print(f"{name}: {lack}")
            continue
        print(f"{name}: {len(figures)} figures in {time.monotonic() - began:.0f} s", flush=True)
        found += figures
    print()
    print(table(found))
    print()
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(
        json.dumps(
            {"machine": machine, "figures": [figure.to_json() for figure in found]}, ensure_ascii=False
        )
    )
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or SCRIPTS))
