"""A day in the field as the office reads it: totals to the cent, states, pages, customers, exceptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from backend.config import Settings
from receivables.access import Role
from tests.support.builders import a_receipt, an_invoice
from tests.support.office import Bearer, Office, an_office

ON = "2026-11-21"
Json = dict[str, Any]


def receipt(counter: int, collector: str, total: int, method: str = "cash", **fields: Any) -> Json:
    document = a_receipt(
        counter,
        allocations={"F-1": total},
        payments=[{"method": method, "amount": total}],
        collector=collector,
        created_at=f"{ON}T15:{counter:02d}:00Z",
        customer=f"C{counter % 3:04d}",
    )
    return document | fields


def start(ulid: str, collector: str, customer: str = "C0001") -> Json:
    return {
        "_id": f"visit_start:{collector}:{ulid}", "schema": 1, "company": "x", "collector": collector,
        "device": "d", "created_at": f"{ON}T14:00:00Z", "local_on": ON, "customer": customer,
        "place": {"lat": -0.2, "lon": -78.5, "accuracy": 9.0, "mock": False}, "distance_m": 12,
    }  # fmt: skip


def visit(begun: Json, ulid: str, outcome: str, on: str = ON) -> Json:
    collector = begun["collector"]
    return {
        "_id": f"visit:{collector}:{ulid}", "schema": 1, "company": "x", "collector": collector,
        "device": "d", "created_at": f"{on}T14:30:00Z", "local_on": on,
        "customer": begun["customer"], "start": begun["_id"],
        "started_at": begun["created_at"], "finished_at": f"{on}T14:30:00Z", "place": None,
        "outcome": outcome, "comment": "Conversado", "next_visit_at": None,
    }  # fmt: skip


def customer(number: int, name: str, **fields: Any) -> Json:
    code = f"C{number:04d}"
    return {
        "_id": f"customer:{code}", "schema": 1, "code": code, "name": name, "tax_id": f"17900{number:05d}001",
        "currency": "USD", "location": {"lat": -0.1, "lon": -78.4}, "city": "Quito", "active": True,
    } | fields  # fmt: skip


def posting(counter: int, state: str, **fields: Any) -> Json:
    return {
        "_id": f"posting:R0001:{counter:08d}", "schema": 1, "receipt": f"receipt:R0001:{counter:08d}",
        "customer": "C0001", "collector": "ana", "state": state, "attempts": 1, "on_account": 0,
        "allocations": [{"invoice": "F-1", "amount": 100}], "claimed_at": f"{ON}T16:00:00Z",
    } | fields  # fmt: skip


RECEIPTS = [
    receipt(1, "ana", 10000),
    receipt(2, "ana", 2550, "cheque"),
    receipt(3, "bruno", 333),
    receipt(4, "bruno", 7, "withholding"),
    receipt(5, "bruno", 5000, "transfer"),
    receipt(6, "ana", 100000),  # voided
    receipt(7, "ana", 999, local_on="2026-11-20", created_at="2026-11-20T15:07:00Z"),
]
STARTS = [start(f"01K000000000000000000000{n}0", "ana" if n < 3 else "bruno") for n in range(5)]


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana", "bruno")
        office.hire("sofia", Role.SUPERVISOR)
        office.put(
            *RECEIPTS,
            {
                "_id": "receipt_void:ana:01K00000000000000000000000", "schema": 1, "collector": "ana",
                "created_at": f"{ON}T18:00:00Z", "local_on": ON,
                "receipt": RECEIPTS[5]["_id"], "reason": "typing",
            },
            posting(1, "posted", erp_number="RC-77", posted_at=f"{ON}T16:01:00Z"),
            posting(2, "rejected", reason="Factura anulada"),
            posting(3, "retry", reason="sin conexión"),
            *STARTS,
            visit(STARTS[0], "01K00000000000000000000001", "paid"),
            visit(STARTS[1], "01K00000000000000000000002", "absent"),
            visit(STARTS[3], "01K00000000000000000000003", "paid", on="2026-11-22"),
            customer(0, "Ñandú & Hijos"),
            customer(1, "Comercial El Sol"),
            customer(2, "comercial andes", location=None),
            *(customer(number, f"Tienda {number:02d}") for number in range(3, 15)),
            an_invoice("F-1", 10000, customer="C0001", due_on="2026-11-01"),
            an_invoice("F-2", 2500, customer="C0001", due_on="2030-01-01"),
            an_invoice("F-3", 0, customer="C0001", state="paid"),
            *(
                {"_id": f"assignment:C{number:04d}", "customer": f"C{number:04d}", "collector": "ana"}
                for number in range(3)
            ),
            {
                "_id": "goal:ana:2026-11", "collector": "ana", "currency": "USD", "amount_day": 50000,
                "visits_day": 8,
            },
            {
                "_id": "exception:over_allocation:R0001-00000001", "schema": 1, "kind": "over_allocation",
                "state": "open", "raised_at": f"{ON}T16:00:00Z", "customer": "C0001",
            },
        )  # fmt: skip
        yield office


@pytest.fixture(scope="module")
def sofia(office: Office) -> Bearer:
    return office.as_("sofia")


def pages(bearer: Bearer, path: str, limit: int) -> list[list[Json]]:
    read: list[list[Json]] = []
    cursor = ""
    while len(read) < 50:
        mark = "&" if "?" in path else "?"
        page = bearer.read(f"{path}{mark}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        read.append(page["items"])
        if page["next_cursor"] is None:
            return read
        cursor = page["next_cursor"]
    raise AssertionError(f"{path} never ends")


def test_the_days_total_is_the_sum_of_its_valid_receipts_by_method(sofia: Bearer) -> None:
    valid = [doc for doc in RECEIPTS if doc["local_on"] == ON and doc is not RECEIPTS[5]]
    by_method: Counter[str] = Counter()
    for doc in valid:
        by_method[doc["payments"][0]["method"]] += doc["total"]
    summary = sofia.read(f"/summary?on={ON}")
    assert summary["collected"] == {"total": sum(doc["total"] for doc in valid), "by_method": by_method}
    assert sofia.read(f"/receipts?on={ON}")["total"] == {
        "count": len(valid), "amount": summary["collected"]["total"], "by_method": by_method,
    }  # fmt: skip


def test_the_collectors_together_make_the_company(sofia: Bearer) -> None:
    summary = sofia.read(f"/summary?on={ON}")
    collectors = sofia.read(f"/collectors?on={ON}")["items"]
    assert sum(row["collected"] for row in collectors) == summary["collected"]["total"]
    assert {row["collector"]: row["receipts"] for row in collectors} == {"ana": 2, "bruno": 3}
    assert {row["collector"]: row["visits"] for row in collectors} == {"ana": 2, "bruno": 0}
    assert {row["collector"]: row["customers"] for row in collectors} == {"ana": 3, "bruno": 0}


def test_each_receipt_is_in_one_state(sofia: Bearer) -> None:
    states = sofia.read(f"/summary?on={ON}")["receipts"]
    stands = {"received": 3, "sending": 0, "posted": 1, "retry": 1, "rejected": 1, "voided": 0}
    assert states == {"count": 6, **stands}
    for state in ("received", "posted", "retry", "rejected", "sending"):
        listed = sofia.read(f"/receipts?on={ON}&state={state}")["items"]
        assert len(listed) == states[state]
        assert {item["state"] for item in listed} <= {state}


def test_visits_are_counted_and_effective_by_their_outcome(sofia: Bearer) -> None:
    assert sofia.read(f"/summary?on={ON}")["visits"] == {"started": 5, "finished": 2, "effective": 1}


def test_goals_add_up_over_those_who_have_one(sofia: Bearer) -> None:
    assert sofia.read(f"/summary?on={ON}")["goal"] == {
        "amount_day": 50000,
        "visits_day": 8,
        "effective_day": None,
    }
    nothing = {"amount_day": None, "visits_day": None, "effective_day": None}
    assert sofia.read("/summary?on=2026-12-01")["goal"] == nothing


def test_a_collector_is_seen_where_the_last_fact_was(sofia: Bearer) -> None:
    (ana, _bruno) = sofia.read(f"/collectors?on={ON}")["items"]
    assert ana["last_position"] == {"at": f"{ON}T15:06:00Z", "lat": -0.18, "lon": -78.48, "accuracy": 12.0}
    (ana, bruno) = sofia.read("/collectors?on=2026-11-20")["items"]
    assert ana["last_position"]["at"] == "2026-11-20T15:07:00Z"
    assert bruno["last_position"] is None


def test_a_receipt_says_what_the_erp_answered(sofia: Bearer) -> None:
    posted = sofia.read("/receipts/R0001-00000001")
    assert (posted["state"], posted["erp_number"]) == ("posted", "RC-77")
    assert posted["allocations"] == [{"invoice": "F-1", "amount": 100}], "as decided when it was claimed"
    rejected = sofia.read("/receipts/R0001-00000002")
    assert (rejected["state"], rejected["reason"]) == ("rejected", "Factura anulada")
    assert sofia.read("/receipts/R0001-00000006")["void"]["reason"] == "typing"
    assert sofia.read("/receipts/R0001-00000004")["void"] is None


@pytest.mark.parametrize("path", ["/receipts?on=2026-11-21", "/receipts?on=2026-11-21&collector=ana"])
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_receipts_are_the_whole_newest_first(sofia: Bearer, path: str, limit: int) -> None:
    whole = [item["id"] for page in pages(sofia, path, limit) for item in page]
    own = [
        doc for doc in RECEIPTS if doc["local_on"] == ON and ("ana" not in path or doc["collector"] == "ana")
    ]
    assert whole == [doc["_id"] for doc in sorted(own, key=lambda doc: doc["created_at"], reverse=True)]


@pytest.mark.parametrize("limit", [1, 2])
def test_pages_of_one_state_are_full(sofia: Bearer, limit: int) -> None:
    read = pages(sofia, f"/receipts?on={ON}&state=received", limit)
    assert [item["number"][-1] for page in read for item in page] == ["6", "5", "4"]
    assert all(len(page) == limit for page in read[:-1])


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_visits_never_cut_one_in_two(sofia: Bearer, limit: int) -> None:
    read = [item for page in pages(sofia, f"/visits?on={ON}", limit) for item in page]
    assert len(read) == 5
    assert {item["id"] for item in read if item["open"]} == {STARTS[2]["_id"], STARTS[4]["_id"]}


def test_a_visit_that_ended_on_another_day_is_not_open(sofia: Bearer) -> None:
    begun = [item for item in sofia.read(f"/visits?on={ON}&collector=bruno")["items"] if not item["open"]]
    assert [item["finished_at"] for item in begun] == ["2026-11-22T14:30:00Z"]


def test_a_visit_tells_outcome_customer_and_place(sofia: Bearer) -> None:
    finished = next(
        i
        for i in sofia.read(f"/visits?on={ON}")["items"]
        if i["outcome"] == "paid" and i["collector"] == "ana"
    )
    assert finished["outcome_label"] == {"es": "Pagó", "en": "Paid"}
    assert finished["customer_name"] == "Comercial El Sol"
    assert finished["place"]["lat"] == -0.2
    assert finished["distance_m"] == 12


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("comercial", ["C0001", "C0002"]),
        ("COMERCIÁL s", ["C0001"]),
        ("nandu", ["C0000"]),
        ("ñandú hijos", ["C0000"]),
        ("c0002", ["C0002"]),
        ("1790000001001", ["C0001"]),
        ("sol mar", []),
        ("%", []),
    ],
)
def test_customers_are_found_by_beginnings_of_words(sofia: Bearer, query: str, found: list[str]) -> None:
    listed = sofia.read("/customers", query_string={"q": query})["items"]
    assert sorted(item["code"] for item in listed) == found


@pytest.mark.parametrize("path", ["/customers", "/customers?q=tienda", "/customers?collector=ana"])
@pytest.mark.parametrize("limit", [1, 5, 50])
def test_pages_of_customers_are_the_whole_once_each(sofia: Bearer, path: str, limit: int) -> None:
    codes = [item["code"] for page in pages(sofia, path, limit) for item in page]
    expected = {"/customers": 15, "/customers?q=tienda": 12, "/customers?collector=ana": 3}[path]
    assert len(codes) == len(set(codes)) == expected


def test_a_customer_owes_what_is_open_and_is_overdue_by_what_is_past_due(sofia: Bearer) -> None:
    listed = {item["code"]: item for item in sofia.read("/customers?collector=ana")["items"]}
    assert (listed["C0001"]["balance"], listed["C0001"]["overdue"]) == (12500, 10000)
    assert listed["C0001"]["collector"] == "ana"
    assert listed["C0002"]["balance"] == 0
    sheet = sofia.read("/customers/C0001")
    assert [invoice["number"] for invoice in sheet["invoices"]] == ["F-1", "F-2", "F-3"]
    assert sheet["activity"] == []


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("on=yesterday", ("on", "not_a_date")),
        ("on=2026-02-30", ("on", "not_a_date")),
        ("limit=0", ("limit", "not_a_number")),
        ("limit=501", ("limit", "not_a_number")),
        ("limit=-1", ("limit", "not_a_number")),
        ("state=lost", ("state", "not_a_choice")),
        ("collector=Ana!", ("collector", "not_a_code")),
        ("cursor=nonsense", ("cursor", "not_a_cursor")),
        ("cursor=W10=", ("cursor", "not_a_cursor")),
        ("cursor=WyJ4IiwgIngiXQ==", ("cursor", "not_a_cursor")),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_field(
    sofia: Bearer, query: str, fault: tuple[str, str]
) -> None:
    answer = sofia.send("GET", f"/receipts?{query}")
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.get_json()["errors"]] == [fault]


def test_a_cursor_of_another_day_is_refused(sofia: Bearer) -> None:
    cursor = sofia.read(f"/receipts?on={ON}&limit=1")["next_cursor"]
    assert sofia.send("GET", f"/receipts?on=2026-11-20&cursor={cursor}").status_code == 400


def test_the_paper_is_a_pdf(sofia: Bearer) -> None:
    answer = sofia.send("GET", "/receipts/R0001-00000001/pdf")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert sofia.send("GET", "/receipts/R0001-00000099/pdf").status_code == 404


def test_an_assignment_is_written_once_and_may_be_taken_back(office: Office, sofia: Bearer) -> None:
    given = sofia.put("/assignments/C0005", {"collector": "bruno"}).get_json()
    assert (given["collector"], given["by"]) == ("bruno", office.email("sofia"))
    stored = office.couch.get(office.company, "assignment:C0005")
    sofia.put("/assignments/C0005", {"collector": "bruno"})
    assert office.couch.get(office.company, "assignment:C0005") == stored
    assert sofia.put("/assignments/C0005", {"collector": None}).get_json()["collector"] is None
    assert sofia.read("/customers/C0005")["collector"] is None


@pytest.mark.parametrize(
    ("customer_code", "body", "code"),
    [
        ("C9999", {"collector": "ana"}, "customer_unknown"),
        ("C0005", {"collector": "zoe"}, "collector_unknown"),
        ("C0005", {"collector": "office"}, "request_invalid"),
        ("C0005", {"collector": 7}, "request_invalid"),
        ("C0005", {}, "request_invalid"),
    ],
)
def test_an_assignment_that_can_not_be_is_refused(
    sofia: Bearer, customer_code: str, body: Json, code: str
) -> None:
    assert sofia.put(f"/assignments/{customer_code}", body).get_json()["code"] == code


def test_an_exception_is_closed_with_a_comment_and_stays_closed(office: Office, sofia: Bearer) -> None:
    (waiting,) = sofia.read("/exceptions")["items"]
    assert sofia.read(f"/summary?on={ON}")["exceptions_open"] == 1
    assert sofia.post(f"/exceptions/{waiting['id']}/close", {}).status_code == 400
    closed = sofia.post(f"/exceptions/{waiting['id']}/close", {"comment": "A favor del cliente"}).get_json()
    assert (closed["state"], closed["closed_by"]) == ("closed", office.email("sofia"))
    again = sofia.post(f"/exceptions/{waiting['id']}/close", {"comment": "otra cosa"}).get_json()
    assert again["comment"] == "A favor del cliente"
    assert sofia.read("/exceptions")["items"] == []
    assert [item["id"] for item in sofia.read("/exceptions?state=closed")["items"]] == [waiting["id"]]
    assert sofia.read(f"/summary?on={ON}")["exceptions_open"] == 0


def test_an_unknown_address_and_method_are_problems_too(office: Office) -> None:
    assert office.client.get("/api/v1/nothing").get_json()["code"] == "not_found"
    answer = office.client.delete("/api/v1/auth/login")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]
