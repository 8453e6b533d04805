"""The table of jobs: what runs for each company, when, and what happens to a run that comes too late.

A job is a function of a connection, a company and an instant. It may be stopped at any point and run again;
what it does is in `backend.services`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from backend.companies import company_codes, find_company
from backend.compliance.refresh import refresh_rules
from backend.config import SettingError
from backend.couch.client import Couch
from backend.erp.registry import companies_with_erp
from backend.mail.smtp import SmtpMailer, SmtpServer
from backend.reconcile.tidying import tidy
from backend.services.dunning import run_dunning
from backend.services.erp_sync import compare_with_erp, import_from_erp, post_to_erp
from backend.services.receipt_mail import mails_receipts, run_receipt_mail
from backend.services.sessions import forget_expired
from receivables.documents import local_on, rfc3339
from schedulers.settings import SchedulerSettings

Outcome = Mapping[str, Any]
"""What a run did, as figures for the log and the heartbeat."""

AGAIN_AT = "again_at"
"""In an outcome: the instant (RFC 3339) of more to do, or None; the job then runs once more at that time."""

HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`grace_seconds`: how late a run may still start. Runs that were missed meanwhile become one."""

    id: str
    what: str
    run: Callable[[SchedulerSettings, Couch, str], Outcome]
    companies: Callable[[SchedulerSettings, Couch], list[str]]
    trigger: Callable[[SchedulerSettings, Couch, str], BaseTrigger]
    grace_seconds: int


def utc_now() -> datetime:
    return datetime.now(UTC)


def _erp_in(settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    reports = import_from_erp(
        couch, company, folder=settings.erp_folder, environment=settings.environment, clock=utc_now
    )
    return {
        "written": sum(report.written for report in reports),
        "unreadable": sum(len(report.unreadable) for report in reports),
    }


def _erp_out(settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    return asdict(
        post_to_erp(
            couch, company, folder=settings.erp_folder, environment=settings.environment, clock=utc_now
        )
    )


def _erp_compare(settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    zone = ZoneInfo((find_company(couch, company) or {})["timezone"])
    report = compare_with_erp(
        couch, company, on=local_on(utc_now(), zone).isoformat(), folder=settings.erp_folder,
        environment=settings.environment, clock=utc_now,
    )  # fmt: skip
    return {
        "differ": sorted(report["left"]),
        "kept_back": report["kept_back"],
        "receipts_lost": report["receipts"]["lost_count"],
    }


def _post_office(settings: SchedulerSettings) -> tuple[SmtpMailer, str]:
    """The server that takes our mails, and who sends them; raise `SettingError` where either is missing."""
    backend = settings.backend
    if not backend.smtp_host or not backend.mail_from:
        raise SettingError("SMTP_HOST and MAIL_FROM are missing: server and sender of mails")
    server = SmtpServer(
        host=backend.smtp_host,
        port=backend.smtp_port,
        user=backend.smtp_user,
        password=backend.smtp_password,
        starttls=backend.smtp_starttls,
    )
    return SmtpMailer(server), backend.mail_from


def _receipt_mail(settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    mailer, sender = _post_office(settings)
    report = asdict(run_receipt_mail(couch, company, mailer, sender=sender, now=utc_now()))
    return report | {"sent": len(report["sent"]), "voided": len(report["voided"])}


def _dunning(settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    mailer, sender = _post_office(settings)
    report = run_dunning(couch, company, mailer, sender=sender, now=utc_now())
    return {
        "sent": len(report.sent),
        "suppressed": report.suppressed,
        "failed": report.failed,
        "postponed": {customer: rfc3339(at) for customer, at in report.postponed.items()},
        AGAIN_AT: rfc3339(min(report.postponed.values())) if report.postponed else None,
        "uncertain": report.uncertain,
        "stopped": report.stopped,
    }


def _rules(_settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    profile = find_company(couch, company) or {}
    on = local_on(utc_now(), ZoneInfo(profile["timezone"]))
    return {"written": refresh_rules(couch, company, country=profile["country"], on=on)}


def _tidy(_settings: SchedulerSettings, couch: Couch, company: str) -> Outcome:
    profile = find_company(couch, company) or {}
    tidied = asdict(tidy(couch, company, local_on(utc_now(), ZoneInfo(profile["timezone"]))))
    return tidied | {"sessions": forget_expired(couch, company, now=utc_now())}


def _with_erp(settings: SchedulerSettings, couch: Couch) -> list[str]:
    known = set(company_codes(couch))
    return [company for company in companies_with_erp(settings.erp_folder) if company in known]


def _all(_settings: SchedulerSettings, couch: Couch) -> list[str]:
    return company_codes(couch)


def _mailing_receipts(_settings: SchedulerSettings, couch: Couch) -> list[str]:
    return [company for company in company_codes(couch) if mails_receipts(couch, company)]


def _often(settings: SchedulerSettings, _couch: Couch, _company: str) -> BaseTrigger:
    return IntervalTrigger(seconds=settings.erp_seconds, start_date=utc_now() + timedelta(seconds=1))


def _soon(_settings: SchedulerSettings, _couch: Couch, _company: str) -> BaseTrigger:
    return IntervalTrigger(minutes=2, start_date=utc_now() + timedelta(seconds=1))


def _daily(_settings: SchedulerSettings, _couch: Couch, _company: str) -> BaseTrigger:
    return IntervalTrigger(days=1, start_date=utc_now() + timedelta(seconds=1))


def _dunning_hours(settings: SchedulerSettings, couch: Couch, company: str) -> BaseTrigger:
    return _by_the_company_clock(settings.dunning_cron, couch, company)


def _comparison_hours(settings: SchedulerSettings, couch: Couch, company: str) -> BaseTrigger:
    return _by_the_company_clock(settings.comparison_cron, couch, company)


def _by_the_company_clock(cron: str, couch: Couch, company: str) -> BaseTrigger:
    document = find_company(couch, company) or {}
    return CronTrigger.from_crontab(cron, timezone=ZoneInfo(document["timezone"]))


JOBS: tuple[Job, ...] = (
    Job(
        id="erp_in",
        what="customers, invoices and the rest from the ERP",
        run=_erp_in,
        companies=_with_erp,
        trigger=_often,
        grace_seconds=HOUR,
    ),
    Job(
        id="erp_out",
        what="receipts into the ERP",
        run=_erp_out,
        companies=_with_erp,
        trigger=_often,
        grace_seconds=HOUR,
    ),
    Job(
        id="erp_compare",
        what="everything in the ERP beside everything here, and what differs put right",
        run=_erp_compare,
        companies=_with_erp,
        trigger=_comparison_hours,
        grace_seconds=3 * HOUR,
    ),
    Job(
        id="dunning",
        what="claims by e-mail to overdue customers",
        run=_dunning,
        companies=_all,
        trigger=_dunning_hours,
        grace_seconds=3 * HOUR,
    ),
    Job(
        id="receipt_mail",
        what="receipts by e-mail, and word of those that were voided",
        run=_receipt_mail,
        companies=_mailing_receipts,
        trigger=_soon,
        grace_seconds=HOUR,
    ),
    Job(
        id="contact_rules",
        what="the holidays of this year and the next, and the newest rules of contact",
        run=_rules,
        companies=_all,
        trigger=_daily,
        grace_seconds=24 * HOUR,
    ),
    Job(
        id="tidy",
        what="old facts and closed papers off the collectors' databases, and sessions that are over",
        run=_tidy,
        companies=_all,
        trigger=_daily,
        grace_seconds=24 * HOUR,
    ),
)


def job_named(job_id: str) -> Job:
    """The job with this id; raise `SettingError` naming those there are."""
    for job in JOBS:
        if job.id == job_id:
            return job
    raise SettingError(f"there is no job {job_id!r}; there are {', '.join(job.id for job in JOBS)}")
