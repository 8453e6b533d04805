"""Whatever is sent, the answer is CouchDB-shaped: no 500, no hang, nothing half written."""

from __future__ import annotations

import json
import os
import time
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.http.conftest import Peer, only_ours

SLOWEST_SECONDS = 20.0


def words(text: str) -> list[str]:
    return text.split()


# Methods that mean something, and the resource; `.` is the database itself.
DOORS = words("""
GET,POST .                      GET,POST _all_docs             POST _all_docs/queries
POST _bulk_docs                 POST _bulk_get                 GET,POST _changes
POST _compact                   GET,POST _design_docs          POST _ensure_full_commit
POST _explain                   POST _find                     GET,POST _index
GET,POST _local_docs            POST _missing_revs             POST _purge
GET,PUT _purged_infos_limit     POST _revs_diff                GET,PUT _revs_limit
GET,PUT _security               GET _shards                    POST _view_cleanup
GET,PUT,DELETE _local/x         GET,PUT,DELETE,COPY _design/d  GET _design/d/_info
GET,POST _design/d/_view/v      POST _design/d/_view/v/queries POST,PUT _design/d/_update/u
POST,PUT _design/d/_update/u/a  GET,POST _design/d/_show/s/a   GET,POST _design/d/_list/l/v
GET,PUT,DELETE,COPY a           GET,PUT,DELETE a/att           GET,PUT b
GET _nonsense                   GET _design/none/_view/v       DELETE _index/x/json/y
GET / GET /_up GET /_uuids GET /_all_dbs GET,POST /_dbs_info GET /_active_tasks GET /_membership
GET,POST,DELETE /_session GET /_db_updates GET /_node/_local/_config GET,PUT,DELETE /_node/_local/_config/x/y
GET /_scheduler/jobs GET /_scheduler/docs POST /_replicate GET /_nonsense PUT /_nonsense GET /_utils
GET,PUT /_users/org.couchdb.user:x GET,PUT /_replicator/x GET /_users/_all_docs
""")
PARAMETERS = words("""
rev revs revs_info conflicts meta latest open_revs attachments atts_since new_edits batch key keys startkey
end_key startkey_docid limit skip descending inclusive_end include_docs reduce group group_level update stale
update_seq since style filter view doc_ids seq_interval count q n partitioned basic next
""")
WORDS = words("""
true false null 0 1 -1 1e99 "" "a" [] ["a",1] {} now all all_docs 1-a 2-aa ["1-a"]
_doc_ids _selector _view _design d/f d/v d/none 99999999999999999999 % 1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
""")
MEMBERS = words("""
_id _rev _deleted _attachments _revisions _nonsense docs keys selector index fields sort limit id rev
queries members admins names roles new_edits stub data follows content_type start ids a $gt $or $regex
source target doc_ids views map reduce name type password language validate_doc_update
""")

texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(MEMBERS), st.text(max_size=6)), inner, max_size=4),
    ),
    max_leaves=12,
)
objects = st.dictionaries(st.sampled_from(MEMBERS), values, max_size=4)
bodies = st.one_of(
    objects.map(lambda value: json.dumps(value).encode()),
    st.lists(objects, max_size=3).map(lambda docs: json.dumps({"docs": docs}).encode()),
    objects.map(lambda selector: json.dumps({"selector": selector}).encode()),
    values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
    st.integers(1, 3000).map(lambda depth: b"[" * depth + b"]" * depth),
    st.sampled_from(
        [b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'{"_id":"\\ud800"}', b'{"a":1e999}', b'{"a":NaN}']
    ),
)
doors = st.sampled_from(
    [
        (method, path if path.startswith("/") else f"{{db}}/{path}".removesuffix("/."))
        for methods, path in zip(DOORS[::2], DOORS[1::2], strict=True)
        for method in methods.split(",")
    ]
)
odd_doors = st.tuples(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "COPY", "PATCH", "OPTIONS"]),
    st.one_of(
        doors.map(lambda door: door[1]),
        st.text(min_size=1, max_size=8).map(
            lambda text: "{db}/" + quote(text.encode("utf-8", "replace"), safe="")
        ),
    ),
)
headers = st.fixed_dictionaries(
    {
        "Content-Type": st.sampled_from(
            ["application/json"] * 5 + ["text/plain", "multipart/related; boundary=x"]
        )
    },
    optional={
        "Accept": st.sampled_from(["*/*", "application/json", "multipart/mixed", "multipart/related"]),
        "If-Match": st.sampled_from(['"1-a"', "*", "x"]),
        "Destination": st.sampled_from(["c", "c?rev=1-a", "http://x/y", ""]),
        "Content-Encoding": st.sampled_from(["gzip", "deflate"]),
        "Range": st.sampled_from(["bytes=0-1", "bytes=-", "bytes=9-2", "lines=1-2"]),
    },
)
requests = st.fixed_dictionaries(
    {
        "door": st.one_of(doors, doors, doors, odd_doors),
        "query": st.dictionaries(st.sampled_from(PARAMETERS), texts, max_size=2),
        "body": bodies,
        "headers": st.one_of(st.just({"Content-Type": "application/json"}), headers),
    }
)


@pytest.fixture
def furnished(peer: Peer, admin: httpx.Client, db: str) -> str:
    """A database with something behind every door."""
    only_ours(peer, "CouchDB answers some nonsense with a 500 of its own")
    attachment = {"content_type": "text/plain", "data": "aGk="}
    admin.put(f"{db}/a", json={"n": 1, "_attachments": {"att": attachment}})
    admin.put(
        f"{db}/_design/d",
        json={
            "views": {"v": {"map": "function (doc) { emit(doc.n, 1); }", "reduce": "_sum"}},
            "filters": {"f": "function (doc, req) { return true; }"},
            "updates": {"u": "function (doc, req) { return [null, 'x']; }"},
            "shows": {"s": "function (doc, req) { return 'x'; }"},
            "lists": {"l": "function (head, req) { return 'x'; }"},
        },
    )
    return db


def answered(admin: httpx.Client, db: str, request: dict[str, Any]) -> None:
    method, path = request["door"]
    path = path.replace("{db}", db)
    if path == db and method in ("DELETE", "PUT"):
        return
    query = {name: text.encode("utf-8", "replace") for name, text in request["query"].items()}
    began = time.monotonic()
    url = path + ("?" + urlencode(query) if query else "")
    answer = admin.request(method, url, content=request["body"], headers=request["headers"])
    assert time.monotonic() - began < SLOWEST_SECONDS
    assert answer.status_code < 500 or answer.status_code == 501, (request, answer.text)
    if answer.status_code >= 400 and method != "HEAD":
        assert {"error", "reason"} <= answer.json().keys(), (request, answer.text)
    assert admin.get("/_up").status_code == 200


LENIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@given(request=requests)
@settings(
    max_examples=int(os.environ.get("ANY_REQUEST_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=LENIENT,
)
def test_any_request_has_an_answer(admin: httpx.Client, furnished: str, request: dict[str, Any]) -> None:
    answered(admin, furnished, request)


@pytest.mark.slow
@given(request=requests)
@settings(max_examples=10_000, deadline=None, suppress_health_check=LENIENT)
def test_ten_thousand_requests_have_answers(
    admin: httpx.Client, furnished: str, request: dict[str, Any]
) -> None:
    answered(admin, furnished, request)
