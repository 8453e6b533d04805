"""The client that the backend uses, IBM's SDK for CouchDB, unchanged against this peer."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from ibm_cloud_sdk_core import ApiException
from ibmcloudant.cloudant_v1 import BulkGetQueryDocument, CloudantV1, Document
from ibmcloudant.couchdb_session_authenticator import CouchDbSessionAuthenticator
from ibmcloudant.features.changes_follower import ChangesFollower

from tests.conformance.http.conftest import Peer


@pytest.fixture
def service(peer: Peer) -> Iterator[CloudantV1]:
    service = CloudantV1(authenticator=CouchDbSessionAuthenticator(peer.user, peer.password))
    service.set_service_url(peer.url)
    yield service
    service.get_http_client().close()


@pytest.fixture
def name(db: str) -> str:
    return db[1:]


def test_session_sign_in_gives_the_administrator(service: CloudantV1, peer: Peer) -> None:
    context = service.get_session_information().get_result()["userCtx"]
    assert context["name"] == peer.user
    assert "_admin" in context["roles"]


def test_documents_are_written_read_and_deleted(service: CloudantV1, name: str) -> None:
    rev = service.put_document(name, "a", Document(total=51378)).get_result()["rev"]
    assert service.get_document(name, "a").get_result() == {"_id": "a", "_rev": rev, "total": 51378}
    assert service.head_document(name, "a").get_headers()["ETag"] == f'"{rev}"'
    assert service.delete_document(name, "a", rev=rev).get_result()["ok"] is True
    with pytest.raises(ApiException) as absent:
        service.get_document(name, "a")
    assert absent.value.status_code == 404


def test_conflicts_arrive_as_409(service: CloudantV1, name: str) -> None:
    service.put_document(name, "a", Document(n=1))
    with pytest.raises(ApiException) as conflict:
        service.put_document(name, "a", Document(n=2))
    assert (conflict.value.status_code, conflict.value.message.split(":")[0]) == (409, "conflict")


def test_bulk_writes_and_reads(service: CloudantV1, name: str) -> None:
    docs = [{"_id": f"d{n}", "n": n} for n in range(5)]
    written = service.post_bulk_docs(name, {"docs": docs}).get_result()
    assert [entry["id"] for entry in written] == ["d0", "d1", "d2", "d3", "d4"]
    wanted = [BulkGetQueryDocument(id="d1", rev=written[1]["rev"])]
    (got,) = service.post_bulk_get(name, wanted).get_result()["results"]
    assert got["docs"][0]["ok"]["n"] == 1
    listed = service.post_all_docs(name, include_docs=True, start_key="d3").get_result()
    assert [row["doc"]["n"] for row in listed["rows"]] == [3, 4]
    missing = service.post_revs_diff(name, {"d1": [written[1]["rev"], "9-absent"]}).get_result()
    assert missing["d1"]["missing"] == ["9-absent"]


def test_changes_are_read_and_followed(service: CloudantV1, name: str) -> None:
    service.post_bulk_docs(name, {"docs": [{"_id": f"d{n}"} for n in range(3)]})
    result = service.post_changes(name, include_docs=True).get_result()
    assert [row["id"] for row in result["results"]] == ["d0", "d1", "d2"]
    assert service.post_changes(name, since=result["last_seq"]).get_result()["results"] == []
    follower = ChangesFollower(service, db=name)
    assert sorted(change.id for change in follower.start_one_off()) == ["d0", "d1", "d2"]


def test_mango_queries_and_indexes(service: CloudantV1, name: str) -> None:
    docs = [{"_id": f"d{n}", "n": n, "type": "x"} for n in range(10)]
    service.post_bulk_docs(name, {"docs": docs})
    created = service.post_index(name, {"fields": [{"n": "asc"}]}, ddoc="by-n", name="n").get_result()
    assert created["result"] == "created"
    found = service.post_find(name, {"n": {"$gte": 7}}, sort=[{"n": "desc"}], fields=["_id"]).get_result()
    assert [doc["_id"] for doc in found["docs"]] == ["d9", "d8", "d7"]
    plan = service.post_explain(name, {"n": {"$gte": 7}}).get_result()
    assert plan["index"]["name"] == "n"
    assert len(service.get_indexes_information(name).get_result()["indexes"]) == 2
    service.delete_index(name, "by-n", "json", "n")


def test_views_are_queried(service: CloudantV1, name: str) -> None:
    service.post_bulk_docs(name, {"docs": [{"_id": f"d{n}", "n": n} for n in range(10)]})
    views = {"by_n": {"map": "function (doc) { emit(doc.n % 2, doc.n); }", "reduce": "_sum"}}
    service.put_design_document(name, "stats", {"views": views})
    grouped = service.post_view(name, "stats", "by_n", group=True).get_result()
    assert grouped["rows"] == [{"key": 0, "value": 20}, {"key": 1, "value": 25}]
    rows = service.post_view(name, "stats", "by_n", key=1, reduce=False, include_docs=True).get_result()
    assert [row["doc"]["n"] for row in rows["rows"]] == [1, 3, 5, 7, 9]


def test_attachments_go_up_and_come_down(service: CloudantV1, name: str) -> None:
    rev = service.put_document(name, "a", Document()).get_result()["rev"]
    photo = bytes(range(256)) * 40
    service.put_attachment(name, "a", "photo.jpg", io.BytesIO(photo), "image/jpeg", rev=rev)
    assert service.get_attachment(name, "a", "photo.jpg").get_result().content == photo


def test_security_and_databases_are_administered(service: CloudantV1, name: str) -> None:
    service.put_security(
        name, members={"names": [], "roles": ["d:phone-1"]}, admins={"names": [], "roles": []}
    )
    assert service.get_security(name).get_result()["members"]["roles"] == ["d:phone-1"]
    info = service.get_database_information(name).get_result()
    assert info["db_name"] == name
    (entry,) = service.post_dbs_info([name]).get_result()
    assert entry["info"]["doc_count"] == info["doc_count"]
    assert name in service.get_all_dbs().get_result()
    with pytest.raises(ApiException) as exists:
        service.put_database(name)
    assert exists.value.status_code == 412


def test_local_documents_hold_checkpoints(service: CloudantV1, name: str) -> None:
    service.put_local_document(name, "checkpoint", Document(seq="5-x"))
    assert service.get_local_document(name, "checkpoint").get_result()["seq"] == "5-x"


def test_database_updates_tell_what_moved(service: CloudantV1, name: str) -> None:
    before = service.get_db_updates(descending=True, limit=1).get_result()["last_seq"]
    service.put_document(name, "a", Document())
    for _ in range(50):
        updates = service.get_db_updates(since=before, feed="longpoll", timeout=2000).get_result()["results"]
        if any(update["db_name"] == name for update in updates):
            break
    else:
        pytest.fail("the update was never told")
