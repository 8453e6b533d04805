"""`python -m schedulers`.

Run the jobs; `--once JOB` runs one now; `--health` says whether the process lives.
"""

from __future__ import annotations

import argparse
import os
import sys

from backend.config import SettingError
from backend.couch.errors import CouchError
from backend.logs import log_to_stdout
from schedulers.heartbeat import is_alive
from schedulers.jobs import JOBS, job_named, utc_now
from schedulers.process import SchedulerProcess, run_once
from schedulers.settings import SchedulerSettings, heartbeat_path


def main() -> int:
    jobs = "\n".join(f"  {job.id:<10} {job.what}" for job in JOBS)
    parser = argparse.ArgumentParser(
        prog="python -m schedulers",
        description="Runs the jobs of every company until it is stopped.",
        epilog=f"jobs:\n{jobs}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--once", metavar="JOB", help="run one job now for every company, then end")
    what.add_argument(
        "--health", action="store_true", help="say whether the process of this data folder lives"
    )
    arguments = parser.parse_args()
    if arguments.health:
        alive, sentence = is_alive(heartbeat_path(os.environ), now=utc_now())
        print(sentence)
        return 0 if alive else 1
    log_to_stdout()
    try:
        settings = SchedulerSettings.from_environment(os.environ)
        if arguments.once:
            return 0 if run_once(settings, job_named(arguments.once)) else 1
        SchedulerProcess(settings).run()
    except (SettingError, CouchError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
