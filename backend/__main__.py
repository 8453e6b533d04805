"""`python -m backend <command>`: the processes and the office's own tools, each of which may be repeated."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from time import sleep

from backend.bootstrap import system_now
from backend.commands.common import CommandFailed, Run, operator, require_company
from backend.commands.people import add_people_commands
from backend.commands.phones import add_phone_commands
from backend.companies import (
    CompanyProfile,
    admit_devices,
    collector_databases,
    company_codes,
    create_company,
)
from backend.config import SettingError, Settings
from backend.couch.client import connect
from backend.couch.design_docs import DatabaseKind, deploy_design_docs
from backend.couch.errors import CouchError
from backend.couch.preparation import prepare_couchdb
from backend.doctor import Finding, compare, examine
from backend.errors import ApiProblem
from backend.logs import log_to_stdout
from backend.sealing import RecoveryKey
from backend.services.accounts import BadAccount
from backend.services.enrolment_codes import LIFETIME, EnrolmentCodes, NoSuchCollector
from backend.services.recovery import take_in
from backend.serving import serve
from receivables.documents import rfc3339
from receivables.identifiers import parse_collector_database
from receivables.office_link import OfficeLink
from receivables.recovery import BadRecovery

RECONCILE = "reconcile"  # has options of its own, which it reads itself
SECOND_LOOK_SECONDS = 5.0  # longer than reconcile takes for what has just happened


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where it did what was asked."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [RECONCILE]:
        reconcile: Callable[[list[str]], int] = import_module("backend.reconcile.process").main
        return reconcile(given[1:])
    options = _parser().parse_args(given)
    run: Run = options.run
    try:
        return run(options, Settings.from_environment(os.environ))
    except (SettingError, CommandFailed, CouchError, BadAccount, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve(_options: argparse.Namespace, settings: Settings) -> int:
    log_to_stdout()
    serve(settings)
    return 0


def _prepare_couchdb(_options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        verdict = prepare_couchdb(couch, settings, now=system_now())
    if not verdict.accepted:
        raise CommandFailed(verdict.advice)
    print(f"{settings.couchdb_url} accepts tokens signed with {settings.jwt_kid}")
    return 0


def _create_company(options: argparse.Namespace, settings: Settings) -> int:
    profile = CompanyProfile(
        code=options.code,
        name=options.name,
        tax_id=options.tax_id,
        address=options.address,
        phone=options.phone,
        currency=options.currency,
        locale=options.locale,
        timezone=options.timezone,
        country=options.country,
        legends=tuple(options.legend),
    )
    with connect(settings) as couch:
        created = create_company(couch, profile)
    print(
        f"{options.code} {'created' if created else 'was there already: design documents brought up to date'}"
    )
    return 0


def _push_design_docs(options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        for company in [options.company] if options.company else company_codes(couch):
            require_company(couch, company)
            for written in deploy_design_docs(couch, company, DatabaseKind.CENTRAL):
                print(f"{company}/{written}")
            for database in collector_databases(couch, company):
                parsed = parse_collector_database(database)
                if parsed is None:
                    continue
                for written in deploy_design_docs(couch, database, DatabaseKind.COLLECTOR):
                    print(f"{database}/{written}")
                admit_devices(couch, *parsed)
    return 0


def _take_in_recovery(options: argparse.Namespace, settings: Settings) -> int:
    key = RecoveryKey(settings.require_jwt_secret(), options.company)
    try:
        content = options.file.read_bytes()
        with connect(settings) as couch:
            require_company(couch, options.company)
            report = take_in(couch, options.company, content, key)
    except OSError as error:
        raise CommandFailed(f"{options.file}: {error.strerror}") from error
    except BadRecovery as bad:
        raise CommandFailed(f"{options.file}: {ApiProblem(str(bad)).to_json('en')['detail']}") from bad
    print(f"{report.collector}: {report.stored} facts taken in, {report.present} were there already")
    for refused in report.refused:
        print(f"refused {refused['id']}: {refused['reason']}")
    return 1 if report.refused else 0


def _issue_code(options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        require_company(couch, options.company)
        codes = EnrolmentCodes(couch, settings.require_jwt_secret(), secrets.token_bytes)
        lifetime = timedelta(days=options.days) if options.days else LIFETIME
        try:
            issued = codes.issue(
                options.company,
                collector=options.collector,
                by=operator(),
                now=system_now(),
                lifetime=lifetime,
            )
        except NoSuchCollector:
            raise CommandFailed(f"nobody collects for {options.company} as {options.collector}") from None
    print(f"{issued.code} lets one phone of {issued.email} in, once, until {rfc3339(issued.expires_at)}")
    print(f"or, for a phone that does not know the office yet: {OfficeLink(settings.api_url, issued.code)}")
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        healthy = _told(examine(couch, settings, now=system_now()))
        if not healthy:
            return 1  # on such ground a comparison says nothing
        for company in [options.company] if options.company else company_codes(couch):
            require_company(couch, company)
            found = compare(
                couch,
                company,
                repair=options.repair,
                now=system_now(),
                pause=lambda: sleep(SECOND_LOOK_SECONDS),
            )
            healthy &= _told(found)
    return 0 if healthy else 1


def _told(findings: Iterable[Finding]) -> bool:
    """Print each as soon as it is known; is all well?"""
    healthy = True
    for finding in findings:
        print(f"{'ok ' if finding.healthy else 'NOT'} {finding.subject}: {finding.says}", flush=True)
        healthy &= finding.healthy
    return healthy


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Run, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    command("serve", _serve, "the REST API, until SIGTERM")
    commands.add_parser(RECONCILE, help="between the central and the collectors' databases, until SIGTERM")
    command("prepare-couchdb", _prepare_couchdb, "give the database our signing key and its system databases")
    company = command("create-company", _create_company, "make a company's database, with its first settings")
    company.add_argument("code")
    company.add_argument("--name", required=True)
    for name, default in (
        ("tax-id", ""), ("address", ""), ("phone", ""), ("currency", "USD"), ("locale", "es_EC"),
        ("timezone", "America/Guayaquil"), ("country", "EC"),
    ):  # fmt: skip
        company.add_argument(f"--{name}", default=default)
    company.add_argument(
        "--legend", action="append", default=[], help="a sentence for paper; may be repeated"
    )
    add_people_commands(command)
    push = command("push-design-docs", _push_design_docs, "bring design documents and access up to date")
    push.add_argument("--company", help="only this company")
    add_phone_commands(command)
    recovery = command("take-in-recovery", _take_in_recovery, "the facts of a phone that could not send them")
    recovery.add_argument("file", type=Path, help="what the phone's button “Make a file for the office” gave")
    recovery.add_argument("--company", required=True)
    code = command("issue-code", _issue_code, "a one-time code that lets a new phone of a collector in")
    code.add_argument("collector")
    code.add_argument("--company", required=True)
    code.add_argument("--days", type=int, choices=range(1, 8), help="instead of half an hour")
    doctor = command(
        "doctor",
        _doctor,
        "say what is right and what is not, and whether centre and collectors agree; 1 on drift",
    )
    doctor.add_argument("--company", help="compare only this company's collectors; otherwise everyone's")
    doctor.add_argument(
        "--repair", action="store_true", help="put right where a collector's database drifted"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
