"""One JSON object a line, for whatever collects the platform's logs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

# Set by `extra=`; everything else of a record is Python's own bookkeeping.
FIELDS = ("job", "company", "seconds", "outcome")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name in FIELDS if (value := getattr(record, name, None)) is not None},
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def log_to_stdout() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # It says at INFO whenever a job starts and ends; so do we, with the outcome.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
