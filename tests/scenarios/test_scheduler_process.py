"""The scheduler as the platform runs it: a process, its health command, and SIGTERM."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.erp_exchange import Exchange, an_exchange
from tests.support.reconciling import a_company, a_server
from tests.support.stack import ROOT, Stack, eventually


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def exchange(house: Stack, tmp_path: Path) -> Iterator[Exchange]:
    """Its mapping file is the only one in the folder that the scheduler is told of."""
    with an_exchange(house, tmp_path) as made:
        (made.erp.config / "andina.toml").rename(made.erp.config / f"{made.code}.toml")
        made.erp.add_customer("C0001")
        made.erp.add_invoice("F-1", "C0001", 10_000)
        yield made


def environment(exchange: Exchange) -> dict[str, str]:
    return {"RECAUDO_ERP_CONFIG": str(exchange.erp.config)}


def test_the_process_imports_posts_and_stops_when_told(house: Stack, exchange: Exchange) -> None:
    house.start("scheduler", **environment(exchange))
    eventually(lambda: exchange.couch.get(exchange.code, "invoice:F-1"), what="the invoice is in the centre")
    receipt = exchange.collect(1, {"F-1": 4_000})
    eventually(
        lambda: (exchange.couch.get(exchange.code, "invoice:F-1") or {}).get("reflects") == [receipt],
        what="the receipt is posted and the balance says so",
    )
    assert exchange.posting(receipt)["erp_number"] == "COB-000001"
    assert health(house).returncode == 0
    house.stop("scheduler")
    assert "no scheduler is running" in health(house).stdout


def test_one_company_whose_erp_is_gone_stops_nobody_else(house: Stack, exchange: Exchange) -> None:
    with a_company(house) as other:
        mapping = (exchange.erp.config / f"{exchange.code}.toml").read_text(encoding="utf-8")
        elsewhere = mapping.replace("erp.sqlite", "nowhere/erp.sqlite")
        (exchange.erp.config / f"{other.code}.toml").write_text(elsewhere, encoding="utf-8")
        done = once(house, "erp_in", exchange)
        assert done.returncode == 1
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert {event["company"] for event in events if event["level"] == "error"} == {other.code}
        assert exchange.invoice("F-1")["balance"] == 10_000


def test_a_job_run_once_says_that_it_went_well(house: Stack, exchange: Exchange) -> None:
    assert once(house, "erp_in", exchange).returncode == 0
    exchange.collect(1, {"F-1": 4_000})
    assert once(house, "erp_out", exchange).returncode == 0
    assert exchange.erp.balance("F-1") == 6_000


def test_an_unknown_job_is_a_sentence_and_not_a_trace(house: Stack, exchange: Exchange) -> None:
    done = once(house, "backup", exchange)
    assert done.returncode == 2
    jobs = "erp_in, erp_out, erp_compare, dunning, receipt_mail, contact_rules, tidy"
    assert done.stderr.strip() == f"there is no job 'backup'; there are {jobs}"


def test_the_holidays_of_this_year_and_the_next_are_written_once(house: Stack, exchange: Exchange) -> None:
    assert once(house, "contact_rules", exchange).returncode == 0
    rows = exchange.couch.all_docs(exchange.code, start_key="holidays:EC:", end_key="holidays:EC:\ufff0")
    years = [int(row["id"].rpartition(":")[2]) for row in rows]
    assert years == [years[0], years[0] + 1]
    pack = exchange.couch.get(exchange.code, "compliance_pack:EC") or {}
    exchange.couch.put(exchange.code, pack | {"version": 0, "origin": "office"})
    assert once(house, "contact_rules", exchange).returncode == 0
    revisions = [row["value"]["rev"] for row in rows]
    again = exchange.couch.all_docs(exchange.code, start_key="holidays:EC:", end_key="holidays:EC:\ufff0")
    assert [row["value"]["rev"] for row in again] == revisions
    assert (exchange.couch.get(exchange.code, "compliance_pack:EC") or {})["version"] == 0, "the office's own"


def once(house: Stack, job: str, exchange: Exchange) -> subprocess.CompletedProcess[str]:
    return command(house, "--once", job, **environment(exchange))


def health(house: Stack) -> subprocess.CompletedProcess[str]:
    return command(house, "--health")


def command(house: Stack, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "schedulers", *arguments],
        cwd=ROOT, env=house.env | extra, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
