"""`python -m backend.demo run` is what `make run` calls.

`prepare` makes the company on a running database.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from backend.config import SettingError
from backend.couch.errors import CouchError
from backend.demo.company import prepare
from backend.demo.processes import ROOT, with_our_python
from backend.demo.runner import Demo
from backend.demo.settings import DemoError, DemoSettings, data_folder, unplugged
from backend.erp.port import ErpError

COMMANDS = {
    "run": "start everything until Ctrl-C",
    "prepare": "make the demo ERP and the company on the database that COUCHDB_URL names",
    "job": "run one of the scheduler's jobs now, with the demo's settings: erp_in, erp_out, dunning",
    "unplug": "take the network away from a running demo",
    "plug": "give it back",
}


def run_job(settings: DemoSettings, job: str) -> int:
    command = [sys.executable, "-m", "schedulers", "--once", job]
    return subprocess.run(
        command, cwd=ROOT, env=with_our_python(settings.environment), check=False
    ).returncode


def plug(data: Path, *, in_: bool) -> int:
    """Put the network cable of a running demo in, or pull it out."""
    cable = unplugged(data)
    if not cable.parent.is_dir():
        print(f"No hay una demostración en {data}.", file=sys.stderr)
        return 1
    if in_:
        cable.unlink(missing_ok=True)
    else:
        cable.touch()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.demo", description="Distribuidora Andina")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in COMMANDS.items():
        subparser = commands.add_parser(name, help=what)
        if name == "job":
            subparser.add_argument("job")
    arguments = parser.parse_args()
    command = arguments.command
    try:
        match command:
            case "run":
                return Demo(DemoSettings.from_environment(os.environ)).run()
            case "prepare":
                prepare(DemoSettings.from_environment(os.environ))
            case "job":
                return run_job(DemoSettings.from_environment(os.environ), arguments.job)
            case _:
                return plug(data_folder(os.environ), in_=command == "plug")
    except (DemoError, SettingError, CouchError, ErpError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
