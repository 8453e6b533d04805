"""What every command needs: a company that is there, who runs it, and a refusal in a sentence."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable
from typing import Protocol

from backend.companies import find_company
from backend.config import Settings
from backend.couch.client import Couch
from backend.couch.errors import NotFound

Run = Callable[[argparse.Namespace, Settings], int]


class CommandFailed(Exception):
    """The message is what the operator reads."""


class AddCommand(Protocol):
    """Makes the parser of a command of this name that runs `run`."""

    def __call__(self, name: str, run: Run, summary: str) -> argparse.ArgumentParser: ...


def require_company(couch: Couch, company: str) -> None:
    """Raise CommandFailed where there is no such company."""
    try:
        found = find_company(couch, company)
    except NotFound:
        found = None
    if found is None:
        raise CommandFailed(f"there is no company {company}: python -m backend create-company")


def operator() -> str:
    """Who runs the command, as the audit names him or her."""
    return f"command:{getpass.getuser()}"
