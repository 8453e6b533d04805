"""Mango queries over HTTP (CouchDB API reference, "Find"). What selectors mean is tested with the store."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import ONE_FILE, bulk, error


@pytest.fixture
def people(admin: httpx.Client, db: str) -> str:
    docs = [
        {"_id": f"p{n}", "age": 20 + n, "name": name} for n, name in enumerate(["ana", "eva", "leo", "max"])
    ]
    bulk(admin, db, docs)
    return db


def found(admin: httpx.Client, db: str, **query: Any) -> list[str]:
    answer = admin.post(f"{db}/_find", json=query)
    assert answer.status_code == 200, answer.text
    return [doc["_id"] for doc in answer.json()["docs"]]


def test_selector_without_an_index_warns(admin: httpx.Client, people: str) -> None:
    answer = admin.post(f"{people}/_find", json={"selector": {"age": {"$gt": 21}}}).json()
    assert [doc["_id"] for doc in answer["docs"]] == ["p2", "p3"]
    assert "index" in answer["warning"].lower()
    assert isinstance(answer["bookmark"], str)


def test_index_is_created_once_listed_used_and_deleted(admin: httpx.Client, people: str) -> None:
    body = {"index": {"fields": ["age"]}, "ddoc": "ages", "name": "by-age", "type": "json"}
    first = admin.post(f"{people}/_index", json=body).json()
    assert first == {"result": "created", "id": "_design/ages", "name": "by-age"}
    assert admin.post(f"{people}/_index", json=body).json()["result"] == "exists"
    listed = admin.get(f"{people}/_index").json()
    assert listed["total_rows"] == 2
    assert [index["name"] for index in listed["indexes"]] == ["_all_docs", "by-age"]
    query = {"selector": {"age": {"$gt": 20}}, "sort": [{"age": "desc"}], "limit": 2, "skip": 1}
    assert found(admin, people, **query) == ["p2", "p1"]
    plan = admin.post(f"{people}/_explain", json=query).json()
    assert (plan["index"]["name"], plan["dbname"]) == ("by-age", people[1:])
    assert admin.delete(f"{people}/_index/ages/json/by-age").json() == {"ok": True}
    assert admin.delete(f"{people}/_index/ages/json/by-age").status_code == 404


def test_pages_follow_the_bookmark(admin: httpx.Client, people: str) -> None:
    query: dict[str, Any] = {"selector": {"age": {"$gt": 0}}, "limit": 3}
    first = admin.post(f"{people}/_find", json=query).json()
    second = admin.post(f"{people}/_find", json={**query, "bookmark": first["bookmark"]}).json()
    assert [doc["_id"] for doc in first["docs"] + second["docs"]] == ["p0", "p1", "p2", "p3"]


def test_fields_and_statistics(admin: httpx.Client, people: str) -> None:
    query = {"selector": {"name": "eva"}, "fields": ["age"], "execution_stats": True}
    answer = admin.post(f"{people}/_find", json=query).json()
    assert answer["docs"] == [{"age": 21}]
    assert answer["execution_stats"]["results_returned"] == 1
    assert answer["execution_stats"]["total_docs_examined"] >= 1


def test_sort_that_no_index_gives_is_refused(admin: httpx.Client, people: str) -> None:
    answer = admin.post(f"{people}/_find", json={"selector": {"age": {"$gt": 0}}, "sort": ["age"]})
    assert error(answer)[:2] == (400, "no_usable_index")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"selector": "x"},
        {"selector": {"a": {"$nonsense": 1}}},
        {"selector": {}, "limit": -1},
        {"selector": {}, "fields": "a"},
        {"selector": {"a": {"$regex": "("}}},
    ],
)
def test_impossible_queries_are_refused(admin: httpx.Client, db: str, query: Any) -> None:
    assert admin.post(f"{db}/_find", json=query).status_code == 400


def test_an_index_is_a_design_document_of_language_query(admin: httpx.Client, people: str) -> None:
    """It is read and replicated like any other, and is built wherever it arrives."""
    body = {"index": {"fields": ["age"]}, "ddoc": "ages", "name": "by-age"}
    assert admin.post(f"{people}/_index", json=body).status_code == 200
    design = admin.get(f"{people}/_design/ages").json()
    assert design["language"] == "query"
    assert design["views"]["by-age"]["map"]["fields"] == {"age": "asc"}
    copy = f"{people}-copy"
    assert admin.put(copy, params=ONE_FILE).status_code == 201
    try:
        arrived = {key: value for key, value in design.items() if key != "_rev"}
        assert admin.put(f"{copy}/_design/ages", json=arrived).status_code == 201
        bulk(admin, copy, [{"_id": "young", "age": 3}, {"_id": "old", "age": 90}])
        assert found(admin, copy, selector={"age": {"$gt": 0}}, sort=["age"]) == ["young", "old"]
    finally:
        admin.delete(copy)
    assert admin.delete(f"{people}/_index/ages/json/by-age").status_code == 200
    assert admin.get(f"{people}/_design/ages").status_code == 404


def test_an_index_that_does_not_fit_is_passed_over_with_a_warning(admin: httpx.Client, people: str) -> None:
    admin.post(f"{people}/_index", json={"index": {"fields": ["age"]}, "ddoc": "ages", "name": "by-age"})
    query: dict[str, Any] = {"selector": {"name": "eva"}, "use_index": ["ages", "by-age"]}
    answer = admin.post(f"{people}/_find", json=query).json()
    assert [doc["_id"] for doc in answer["docs"]] == ["p1"]
    assert "_design/ages, by-age was not used" in answer["warning"]


def test_an_index_is_not_put_into_a_design_document_of_another_language(
    admin: httpx.Client, people: str
) -> None:
    views = {"v": {"map": "function (doc) { emit(doc._id); }"}}
    admin.put(f"{people}/_design/code", json={"language": "javascript", "views": views})
    answer = admin.post(f"{people}/_index", json={"index": {"fields": ["age"]}, "ddoc": "code"})
    assert answer.status_code in (400, 500)
    assert admin.get(f"{people}/_design/code").json()["views"] == views
