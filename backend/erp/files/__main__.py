"""`python -m backend.erp.files <folder>`: make the folders of an exchange, with empty templates."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from backend.erp.files.blank import make_exchange
from backend.erp.files.mapping import Format


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when everything is there."""
    parser = argparse.ArgumentParser(prog="python -m backend.erp.files", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--format", choices=list(Format), type=Format, default=Format.XLSX)
    options = parser.parse_args(arguments)
    try:
        for path in make_exchange(options.folder, options.format):
            print(path)
    except OSError as error:
        print(f"{error.filename or options.folder}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
