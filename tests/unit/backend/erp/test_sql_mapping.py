"""The mapping file: every fault is named with its key, and no secret stands in it."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from backend.erp.port import ErpMisconfigured
from backend.erp.registry import companies_with_erp, open_connector

WHOLE = files("backend.demo").joinpath("andina.toml").read_text(encoding="utf-8")


def fault_of(folder: Path, content: str, **environment: str) -> str:
    (folder / "andina.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ErpMisconfigured) as caught:
        open_connector(folder, "andina", environment=environment)
    return str(caught.value)


def test_the_demos_mapping_is_whole(tmp_path: Path) -> None:
    (tmp_path / "andina.toml").write_text(WHOLE.replace("@url@", "sqlite:///erp.sqlite"), encoding="utf-8")
    connector = open_connector(tmp_path, "andina", environment={})
    assert [str(kind) for kind in connector.kinds()] == [
        "customers",
        "credit_limits",
        "addresses",
        "contacts",
        "invoices",
        "withholdings",
        "credit_notes",
        "electronic_invoices",
        "electronic_withholdings",
        "sales",
        "goals",
        "performance",
    ]
    connector.close()


def test_all_faults_are_told_at_once_each_with_its_key(tmp_path: Path) -> None:
    broken = (
        WHOLE.replace('currency = "USD"', "")
        .replace('money = "minor"', 'money = "cents"')
        .replace("[in.goals]", "[in.salaries]")
        .replace("process =", "proces =")
    )
    told = fault_of(tmp_path, broken.replace("@url@", "sqlite:///erp.sqlite"))
    for key in (
        "erp.currency",
        "erp.money must be one of decimal, minor",
        "in.salaries",
        "out.proces is not",
    ):
        assert key in told


def test_invoices_without_the_receipts_they_reflect_are_no_mapping(tmp_path: Path) -> None:
    assert "in.invoices.reflects" in fault_of(
        tmp_path, re.sub(r"reflects = \"\"\".*?\"\"\"", "", WHOLE, flags=re.S)
    )


def test_the_variable_that_should_hold_the_url_is_named_when_it_is_not_set(tmp_path: Path) -> None:
    assert "names ANDINA_ERP_URL, which is not set" in fault_of(tmp_path, WHOLE.replace('url = "@url@"', ""))


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = fault_of(tmp_path, WHOLE.replace("@url@", "postgresql://erp:hunter2@db/andina"))
    assert "url carries a password" in told
    assert "hunter2" not in told


def test_an_unknown_kind_of_erp_names_those_there_are(tmp_path: Path) -> None:
    assert "erp.type must be one of sql" in fault_of(tmp_path, WHOLE.replace('type = "sql"', 'type = "sap"'))


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    assert "andina.toml" in fault_of(tmp_path, "[erp")


def test_companies_are_the_names_of_the_mapping_files(tmp_path: Path) -> None:
    for name in ("andina.toml", "norte.toml", "README.toml", "andina.toml.bak"):
        (tmp_path / name).touch()
    assert companies_with_erp(tmp_path) == ["andina", "norte"]
    assert companies_with_erp(tmp_path / "absent") == []
