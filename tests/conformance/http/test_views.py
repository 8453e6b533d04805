"""Map/reduce views and their queries (CouchDB API reference, "Design Documents" and "Views")."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import Peer, bulk, error, put, until

VIEW = "_design/sales/_view"


@pytest.fixture
def sales(admin: httpx.Client, db: str) -> str:
    """Twelve sales in two cities; the path of the design document's views."""
    docs = [
        {"_id": f"s{n:02}", "city": "quito" if n % 3 else "loja", "month": n % 4, "amount": n}
        for n in range(12)
    ]
    bulk(admin, db, docs)
    put(
        admin,
        db,
        "_design/sales",
        views={
            "lib": {"money": "exports.cents = function (n) { return n * 100; };"},
            "by_city": {
                "map": "function (doc) { emit([doc.city, doc.month], doc.amount); }",
                "reduce": "_sum",
            },
            "amounts": {"map": "function (doc) { emit(doc.amount, null); }"},
            "cents": {
                "map": "function (doc) { emit(doc._id, require('views/lib/money').cents(doc.amount)); }",
                "reduce": "function (keys, values, rereduce) { return Math.max.apply(null, values); }",
            },
            "counted": {"map": "function (doc) { emit(doc.city); }", "reduce": "_count"},
            "stats": {"map": "function (doc) { emit(doc.city, doc.amount); }", "reduce": "_stats"},
            "distinct": {"map": "function (doc) { emit(doc.month); }", "reduce": "_approx_count_distinct"},
        },
    )
    return f"{db}/{VIEW}"


def rows(admin: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    encoded = {
        name: value if isinstance(value, str) and name == "update" else json.dumps(value)
        for name, value in params.items()
    }
    answer = admin.get(path, params=encoded)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def test_rows_come_in_order_with_total_and_offset(admin: httpx.Client, sales: str) -> None:
    answer = admin.get(f"{sales}/amounts", params={"start_key": 9}).json()
    assert (answer["total_rows"], answer["offset"]) == (12, 9)
    assert answer["rows"][0] == {"id": "s09", "key": 9, "value": None}


@pytest.mark.parametrize(
    ("params", "keys"),
    [
        ({"start_key": 2, "end_key": 4}, [2, 3, 4]),
        ({"start_key": 2, "end_key": 4, "inclusive_end": False}, [2, 3]),
        ({"start_key": 4, "end_key": 2, "descending": True}, [4, 3, 2]),
        ({"start_key": 4, "end_key": 2, "descending": True, "inclusive_end": False}, [4, 3]),
        ({"descending": True, "limit": 2}, [11, 10]),
        ({"skip": 10}, [10, 11]),
        ({"key": 5}, [5]),
        ({"keys": [7, 99, 3]}, [7, 3]),
        ({"keys": [7, 5, 3], "skip": 1, "limit": 1}, [5]),
        ({"start_key": "text"}, []),
        ({"limit": 0}, []),
    ],
)
def test_ranges(admin: httpx.Client, sales: str, params: dict[str, Any], keys: list[int]) -> None:
    assert [row["key"] for row in rows(admin, f"{sales}/amounts", **params)] == keys


def test_keys_may_come_in_the_body(admin: httpx.Client, sales: str) -> None:
    found = admin.post(f"{sales}/amounts", json={"keys": [1, 2]}).json()["rows"]
    assert [row["key"] for row in found] == [1, 2]


def test_documents_come_along(admin: httpx.Client, sales: str) -> None:
    (row,) = rows(admin, f"{sales}/amounts", key=5, include_docs=True)
    assert row["doc"]["amount"] == 5


def test_linked_documents_come_along(admin: httpx.Client, db: str) -> None:
    bulk(
        admin, db, [{"_id": "a", "friend": "b"}, {"_id": "b", "name": "bruno"}, {"_id": "c", "friend": "no"}]
    )
    view = {"map": "function (doc) { if (doc.friend) { emit(doc._id, {_id: doc.friend}); } }"}
    put(admin, db, "_design/d", views={"friends": view})
    found = rows(admin, f"{db}/_design/d/_view/friends", include_docs=True)
    assert [row["doc"] and row["doc"]["name"] for row in found] == ["bruno", None]


def test_sums_of_groups(admin: httpx.Client, sales: str) -> None:
    assert rows(admin, f"{sales}/by_city") == [{"key": None, "value": 66}]
    assert rows(admin, f"{sales}/by_city", group_level=1) == [
        {"key": ["loja"], "value": 18},
        {"key": ["quito"], "value": 48},
    ]
    exact = rows(admin, f"{sales}/by_city", group=True)
    assert len(exact) == 8
    assert exact[0] == {"key": ["loja", 0], "value": 0}
    assert rows(admin, f"{sales}/by_city", group_level=2) == exact
    assert len(rows(admin, f"{sales}/by_city", group=True, group_level=1)) == 2
    assert rows(admin, f"{sales}/by_city", group_level=1, descending=True)[0]["key"] == ["quito"]
    assert rows(admin, f"{sales}/by_city", group=True, skip=1, limit=2) == exact[1:3]
    within = {"start_key": ["quito"], "end_key": ["quito", {}]}
    assert rows(admin, f"{sales}/by_city", **within) == [{"key": None, "value": 48}]
    part = rows(admin, f"{sales}/by_city", group_level=1, start_key=["loja", 2], end_key=["quito", 1])
    assert part[0] == {"key": ["loja"], "value": sum(n for n in range(12) if n % 3 == 0 and n % 4 >= 2)}
    assert part[1] == {"key": ["quito"], "value": sum(n for n in range(12) if n % 3 and n % 4 <= 1)}


def test_reduce_of_no_rows_is_no_row(admin: httpx.Client, sales: str) -> None:
    assert rows(admin, f"{sales}/by_city", start_key=["z"]) == []


def test_groups_of_keys(admin: httpx.Client, sales: str) -> None:
    found = rows(admin, f"{sales}/counted", keys=["quito", "nowhere", "loja"], group=True)
    assert found == [{"key": "quito", "value": 8}, {"key": "loja", "value": 4}]


def test_reduce_in_javascript(admin: httpx.Client, sales: str) -> None:
    assert rows(admin, f"{sales}/cents") == [{"key": None, "value": 1100}]
    assert rows(admin, f"{sales}/cents", reduce=False, key="s02")[0]["value"] == 200


def test_javascript_reduce_is_told_keys_and_rereduce(admin: httpx.Client, db: str) -> None:
    bulk(admin, db, [{"n": n} for n in range(1500)])
    count = "function (keys, values, rereduce) { return rereduce ? sum(values) : keys.length; }"
    put(admin, db, "_design/d", views={"n": {"map": "function (doc) { emit(doc.n, 1); }", "reduce": count}})
    assert rows(admin, f"{db}/_design/d/_view/n") == [{"key": None, "value": 1500}]


def test_built_in_reduces(admin: httpx.Client, sales: str) -> None:
    assert rows(admin, f"{sales}/counted") == [{"key": None, "value": 12}]
    expected = {"sum": 18, "count": 4, "min": 0, "max": 9, "sumsqr": 126}
    assert rows(admin, f"{sales}/stats", group=True)[0] == {"key": "loja", "value": expected}
    assert rows(admin, f"{sales}/distinct") == [{"key": None, "value": 4}]


@pytest.mark.parametrize(
    ("reduce", "loja", "quito"),
    [("_first", 0, 4), ("_last", 3, 11), ("_top_2", [9, 6], [11, 10]), ("_bottom_2", [0, 3], [1, 2])],
)
def test_ends_and_ranks_of_groups(
    admin: httpx.Client, db: str, sales: str, reduce: str, loja: Any, quito: Any
) -> None:
    view = {"map": "function (doc) { emit([doc.city, doc.month], doc.amount); }", "reduce": reduce}
    put(admin, db, "_design/d", views={"v": view})
    path = f"{db}/_design/d/_view/v"
    told = [{"key": ["loja"], "value": loja}, {"key": ["quito"], "value": quito}]
    assert rows(admin, path, group_level=1) == told
    assert rows(admin, path, group_level=1, descending=True) == told[::-1]
    assert rows(admin, path, start_key=["z"]) == []


def test_sum_adds_lists_and_objects(admin: httpx.Client, db: str) -> None:
    bulk(admin, db, [{"v": [1, 2]}, {"v": [10, 20, 30]}, {"o": {"x": 1}}, {"o": {"x": 2, "y": {"z": 5}}}])
    code = "function (doc) { if (doc.v) { emit('v', doc.v); } if (doc.o) { emit('o', doc.o); } }"
    put(admin, db, "_design/d", views={"s": {"map": code, "reduce": "_sum"}})
    assert rows(admin, f"{db}/_design/d/_view/s", group=True) == [
        {"key": "o", "value": {"x": 3, "y": {"z": 5}}},
        {"key": "v", "value": [11, 22, 30]},
    ]


def test_sum_of_text_is_an_error(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a")
    put(admin, db, "_design/d", views={"s": {"map": "function (doc) { emit(1, 'x'); }", "reduce": "_sum"}})
    answer = admin.get(f"{db}/_design/d/_view/s")
    assert "builtin_reduce_error" in answer.text


def test_order_of_keys_is_couchdbs(admin: httpx.Client, db: str) -> None:
    ordered: list[Any] = [None, False, True, -1, 0, 1.5, 2, 10]
    ordered += ["", "_", "-", "1", "a", "A", "á", "aa", "b", "B", "ba", "ñ", "z"]
    ordered += [[], ["a"], ["b"], ["b", "c"], ["b", "c", "a"], ["b", "d"]]
    ordered += [{}, {"a": 1}, {"a": 2}, {"b": 1}, {"b": 2}, {"b": 2, "c": 2}]
    bulk(admin, db, [{"_id": f"d{n:02}", "key": key} for n, key in enumerate(reversed(ordered))])
    put(admin, db, "_design/d", views={"k": {"map": "function (doc) { emit(doc.key, null); }"}})
    assert [row["key"] for row in rows(admin, f"{db}/_design/d/_view/k")] == ordered


def test_index_follows_changes_and_deletions(admin: httpx.Client, db: str, sales: str) -> None:
    assert rows(admin, f"{sales}/counted") == [{"key": None, "value": 12}]
    rev = admin.get(f"{db}/s05").json()["_rev"]
    put(admin, db, "s05", city="cuenca", amount=100, month=1, _rev=rev)
    rev = admin.get(f"{db}/s06").json()["_rev"]
    admin.delete(f"{db}/s06", params={"rev": rev})
    assert [row["value"] for row in rows(admin, f"{sales}/counted", group=True)] == [1, 3, 7]
    assert len(rows(admin, f"{sales}/amounts")) == 11
    stale = rows(admin, f"{sales}/amounts", update="false")
    assert len(stale) == 11


def test_changed_functions_make_a_new_index(admin: httpx.Client, db: str, sales: str) -> None:
    assert len(rows(admin, f"{sales}/amounts")) == 12
    design = admin.get(f"{db}/_design/sales").json()
    design["views"]["amounts"]["map"] = "function (doc) { emit(1, 1); emit(2, 2); }"
    assert admin.put(f"{db}/_design/sales", json=design).status_code == 201
    until(lambda: len(rows(admin, f"{sales}/amounts")) == 24, "the new function counts")


def test_writes_do_not_wait_for_an_index(peer: Peer, admin: httpx.Client, db: str) -> None:
    """Also those that a design function judges, while another one is busy with every document."""
    bulk(admin, db, [{"_id": f"d{n:02}"} for n in range(20)])
    busy = "function (doc) { var began = Date.now(); while (Date.now() - began < 150) {} emit(doc._id); }"
    put(admin, db, "_design/slow", views={"v": {"map": busy}})
    put(admin, db, "_design/guard", validate_doc_update="function (doc) {}")
    order: list[str] = []

    def query() -> None:
        with httpx.Client(base_url=peer.url, auth=peer.auth, timeout=60) as client:
            client.get(f"{db}/_design/slow/_view/v")
            order.append("index built")

    building = threading.Thread(target=query)
    building.start()
    for n in range(5):
        put(admin, db, f"new{n}")
    order.append("written")
    building.join()
    assert order == ["written", "index built"]


def test_map_that_throws_skips_its_document(admin: httpx.Client, db: str) -> None:
    bulk(admin, db, [{"_id": "a", "x": {"y": 1}}, {"_id": "b"}])
    put(admin, db, "_design/d", views={"v": {"map": "function (doc) { emit(doc.x.y, 1); }"}})
    assert [row["id"] for row in rows(admin, f"{db}/_design/d/_view/v")] == ["a"]


def test_several_queries_in_one_request(admin: httpx.Client, sales: str) -> None:
    queries = {"queries": [{"key": 1}, {"start_key": 10}]}
    results = admin.post(f"{sales}/amounts/queries", json=queries).json()["results"]
    assert [[row["key"] for row in result["rows"]] for result in results] == [[1], [10, 11]]


@pytest.mark.parametrize(
    ("view", "params"),
    [
        ("amounts", {"reduce": "true"}),
        ("amounts", {"group": "true"}),
        ("by_city", {"include_docs": "true"}),
        ("by_city", {"keys": "[1]"}),
        ("amounts", {"limit": "-1"}),
        ("amounts", {"limit": "many"}),
        ("amounts", {"descending": "perhaps"}),
        ("amounts", {"keys": "1"}),
        ("amounts", {"start_key": "4", "end_key": "2"}),
        ("amounts", {"start_key": "2", "end_key": "4", "descending": "true"}),
        ("amounts", {"update": "perhaps"}),
        ("amounts", {"stable": "perhaps"}),
        ("amounts", {"keys": "[1]", "start_key": "1"}),
        ("by_city", {"group": "false", "group_level": "1"}),
        ("by_city", {"keys": "[1]", "group_level": "1"}),
        ("by_city", {"conflicts": "true"}),
    ],
)
def test_impossible_queries_are_refused(
    admin: httpx.Client, sales: str, view: str, params: dict[str, str]
) -> None:
    assert error(admin.get(f"{sales}/{view}", params=params))[:2] == (400, "query_parse_error")


def test_unknown_views_and_designs(admin: httpx.Client, db: str, sales: str) -> None:
    assert error(admin.get(f"{sales}/none")) == (404, "not_found", "missing_named_view")
    assert error(admin.get(f"{db}/_design/none/_view/x")) == (404, "not_found", "missing")


def test_information_of_an_index(admin: httpx.Client, db: str, sales: str) -> None:
    rows(admin, f"{sales}/amounts")
    info = admin.get(f"{db}/_design/sales/_info").json()
    assert info["name"] == "sales"
    assert info["view_index"]["language"] == "javascript"
    assert len(info["view_index"]["signature"]) == 32
    assert {"update_seq", "sizes", "updater_running"} <= info["view_index"].keys()


@pytest.mark.parametrize(
    ("views", "word"),
    [
        ({"v": {"map": "function (doc) {"}}, "compilation_error"),
        ({"v": {"map": "not a function"}}, "compilation_error"),
        ({"v": {"map": "function (doc) {}", "reduce": "_nonsense"}}, "invalid_design_doc"),
        ({"v": {"map": "function (doc) {}", "reduce": "_top_0"}}, "invalid_design_doc"),
        ({"v": {"map": "function (doc) {}", "reduce": "_top_101"}}, "invalid_design_doc"),
        ([], "invalid_design_doc"),
    ],
)
def test_views_that_can_not_work_are_refused(admin: httpx.Client, db: str, views: Any, word: str) -> None:
    answer = admin.put(f"{db}/_design/d", json={"views": views})
    assert (answer.status_code, answer.json()["error"]) == (400, word)


def test_cleanup_and_compaction_of_views_are_accepted(admin: httpx.Client, db: str, sales: str) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("_view_cleanup", "_compact/sales"):
        answer = admin.post(f"{db}/{path}", headers=headers)
        assert (answer.status_code, answer.json()) == (202, {"ok": True})


def test_update_show_and_list_functions(admin: httpx.Client, db: str) -> None:
    put(
        admin,
        db,
        "_design/app",
        views={"ids": {"map": "function (doc) { emit(doc._id, 1); }"}},
        updates={
            "touch": "function (doc, req) { doc = doc || {_id: req.id}; doc.by = req.query.by;"
            " return [doc, 'ok ' + doc.by]; }"
        },
        shows={
            "text": "function (doc, req) { return {headers: {'Content-Type': 'text/plain'}, body: doc._id}; }"
        },
        lists={"names": "function (head, req) { var row; while (row = getRow()) { send(row.key + ';'); } }"},
    )
    app = f"{db}/_design/app"
    touched = admin.put(f"{app}/_update/touch/a", params={"by": "ana"})
    assert (touched.status_code, touched.text) == (201, "ok ana")
    assert touched.headers["x-couch-update-newrev"].startswith("1-")
    assert admin.get(f"{db}/a").json()["by"] == "ana"
    shown = admin.get(f"{app}/_show/text/a")
    assert (shown.text, shown.headers["content-type"]) == ("a", "text/plain")
    assert admin.get(f"{app}/_list/names/ids").text == "a;"
    assert admin.get(f"{app}/_show/none/a").status_code == 404
