"""A database at the other end of HTTP: CouchDB, PouchDB's server, or `replica.server`.

Satisfies `replica.peer.Peer` with one request per method, so that counting requests is counting calls.
Adds what only a remote side needs: the streamed changes feed of a first sync, and streamed attachments.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from replica.errors import FileExists, Forbidden, NotFound, Unauthorized, Unreachable
from replica.peer import ChangesPage, Json, PeerInfo
from replica.remote.auth import Auth
from replica.remote.exchange import Exchange, encode, without_credentials
from replica.remote.feed import ChangesStream
from replica.remote.multipart import MultipartUpload
from replica.tuning import ANSWER_SECONDS, LONGPOLL_MARGIN_SECONDS, SILENCE_SECONDS


class RemoteDatabase:
    """`Peer` over HTTP. Close it, or use it as a context manager; safe to use from several threads.

    `url` is the database's address; a name and password inside it become `BasicAuth`. `timeout` is how
    many seconds of silence within a request mean `Unreachable`. A `client` given is used and not closed.
    `compress` sends JSON gzipped (answers always may come so): worth it on a mobile link, not within a
    machine. `feed_filter` is a design function of that database (`design/name`) which its feed passes
    through, called with `query_params`.
    """

    def __init__(
        self,
        url: str,
        *,
        auth: Auth | None = None,
        client: httpx.Client | None = None,
        timeout: float = SILENCE_SECONDS,
        compress: bool = False,
        feed_filter: str | None = None,
        query_params: Mapping[str, Any] | None = None,
    ) -> None:
        self._feed_filter = {} if feed_filter is None else {**_as_words(query_params), "filter": feed_filter}
        self.url, own_auth = without_credentials(url)
        self.name = self.url.rpartition("/")[2]
        self._exchange = Exchange(
            self.url, auth=auth or own_auth, client=client, timeout=timeout, compress=compress
        )
        self._server: Json | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._exchange.close()

    @property
    def bytes_moved(self) -> int:
        """Bytes of request and answer bodies since this object was made."""
        return self._exchange.meter.bytes

    # -- the database as a whole -----------------------------------------------------------------------------

    def create(self, **options: str) -> bool:
        """PUT the database (`q="1"` for one shard). False where it is there already."""
        try:
            self._exchange.json("PUT", "", params=options)
        except FileExists:
            return False
        return True

    def destroy(self) -> None:
        """DELETE the database."""
        self._exchange.json("DELETE", "")

    def info(self) -> PeerInfo:
        said = _with(self._exchange.json("GET", ""), "update_seq")
        said_at = self._exchange.said_at
        return PeerInfo(
            name=str(said.get("db_name", self.name)),
            uuid=str(said.get("uuid") or self._uuid()),
            instance_start_time=str(said.get("instance_start_time", "0")),
            update_seq=said.get("update_seq"),
            doc_count=int(said.get("doc_count", 0)),
            said_at=said_at,
        )

    def _uuid(self) -> str:
        """The server's uuid with the database's name; its address where the server doesn't tell.

        The uuid survives a change of host name, which would otherwise restart every replication from nothing.
        """
        uuid = self._server_words().get("uuid")
        return f"{uuid}/{self.name}" if uuid else self.url

    def _server_words(self) -> Json:
        if self._server is None:
            root = f"{self.url.rpartition('/')[0]}/"
            try:
                said = self._exchange.at(root).json("GET", "")
            except (NotFound, Forbidden, Unauthorized):
                said = {}
            self._server = said if isinstance(said, dict) else {}
        return self._server

    def ensure_full_commit(self) -> None:
        """Ask for it only where it still does something: CouchDB made every write durable with version 3."""
        said = self._server_words()
        if "couchdb" in said and str(said.get("version", "0")).partition(".")[0] >= "3":
            return
        with contextlib.suppress(NotFound):
            self._exchange.json("POST", "/_ensure_full_commit", body={})

    # -- changes ---------------------------------------------------------------------------------------------

    def changes(
        self,
        *,
        since: Any = 0,
        limit: int | None = None,
        style: str = "all_docs",
        include_docs: bool = False,
        doc_ids: Sequence[str] | None = None,
        selector: Json | None = None,
        wait_seconds: float | None = None,
    ) -> ChangesPage:
        params, body = _changes_request(since, style, include_docs, doc_ids, selector)
        params = self._feed_filter | params
        silence = None
        if limit is not None:
            params["limit"] = str(limit)
        if wait_seconds:
            params |= {"feed": "longpoll", "timeout": str(int(wait_seconds * 1000))}
            silence = wait_seconds + LONGPOLL_MARGIN_SECONDS
        try:
            said = self._exchange.json(
                "POST" if body else "GET", "/_changes", params=params, body=body, silence=silence
            )
        except Unreachable as error:
            # Some peers ignore `timeout` and stay silent for ever: hanging up is how a long poll ends there.
            if wait_seconds and isinstance(error.__cause__, httpx.ReadTimeout):
                return ChangesPage([], since, 0)
            raise
        said = _with(said, "results", "last_seq")
        return ChangesPage(said["results"], said["last_seq"], said.get("pending"))

    @contextlib.contextmanager
    def stream_changes(
        self,
        *,
        since: Any = 0,
        style: str = "all_docs",
        doc_ids: Sequence[str] | None = None,
        selector: Json | None = None,
    ) -> Iterator[ChangesStream]:
        """Open the whole feed after `since` with documents, to be read row by row."""
        params, body = _changes_request(since, style, True, doc_ids, selector)
        params = self._feed_filter | params
        content = None if body is None else encode(body)
        method = "POST" if body else "GET"
        with self._exchange.stream(method, "/_changes", params=params, content=content) as response:
            # A first sync may take long; its own bound on inactivity stands in for one on the whole answer.
            yield ChangesStream(
                self._exchange.meter.count(response.iter_bytes()), f"{method} {self.url}/_changes"
            )

    # -- documents -------------------------------------------------------------------------------------------

    def revs_diff(self, revisions: Mapping[str, Sequence[str]]) -> Json:
        return _object(
            self._exchange.json(
                "POST", "/_revs_diff", body={id: list(revs) for id, revs in revisions.items()}
            )
        )

    def bulk_get(self, wanted: Sequence[Json], *, attachments: bool = True) -> list[Json]:
        params = {"revs": "true", "latest": "true", "attachments": "true" if attachments else "false"}
        said = self._exchange.json("POST", "/_bulk_get", params=params, body={"docs": list(wanted)})
        said = _with(said, "results")
        return [_one_result(result["id"], entry) for result in said["results"] for entry in result["docs"]]

    def bulk_docs(self, documents: Sequence[Json], *, new_edits: bool = True) -> list[Json]:
        body = {"docs": list(documents), "new_edits": new_edits}
        said = self._exchange.json("POST", "/_bulk_docs", body=body)
        if not isinstance(said, list):
            raise Unreachable(f"POST {self.url}/_bulk_docs: the answer is not a list")
        # pouchdb-server lists successes here too; the contract is failures only.
        return said if new_edits else [entry for entry in said if "error" in entry]

    def all_docs(
        self,
        *,
        include_docs: bool = False,
        keys: Sequence[str] | None = None,
        start_key: str | None = None,
        end_key: str | None = None,
        limit: int | None = None,
    ) -> Json:
        """`{total_rows, offset, rows: [{id, key, value: {rev, deleted?}, doc?} | {key, error}]}`."""
        body: Json = {"include_docs": include_docs}
        given = {"keys": keys, "start_key": start_key, "end_key": end_key, "limit": limit}
        body |= {name: value for name, value in given.items() if value is not None}
        said = self._exchange.json("POST", "/_all_docs", params=_as_query(body), body=_only_keys(body))
        return _with(said, "rows")

    def get(self, id: str, *, rev: str | None = None, revs: bool = False, conflicts: bool = False) -> Json:
        """One document. Raise `NotFound`."""
        params = {"rev": rev} if rev else {}
        params |= {name: "true" for name, asked in (("revs", revs), ("conflicts", conflicts)) if asked}
        return _object(self._exchange.json("GET", f"/{document_path(id)}", params=params))

    # -- local documents -------------------------------------------------------------------------------------

    def get_local(self, key: str) -> Json | None:
        try:
            return _object(self._exchange.json("GET", f"/_local/{quote(key, safe='')}"))
        except NotFound:
            # An absent database answers 404 as well, and that is not an absent checkpoint: info() has told
            # already.
            return None

    def put_local(self, key: str, document: Json) -> str:
        body = {**document, "_id": f"_local/{key}"}
        said = _with(self._exchange.json("PUT", f"/_local/{quote(key, safe='')}", body=body), "rev")
        return str(said["rev"])

    # -- attachments -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def open_attachment(
        self, id: str, name: str, *, rev: str | None = None, start: int = 0
    ) -> Iterator[Iterator[bytes]]:
        """Open an attachment's bytes from `start`, to be read in pieces: a cut download goes on where it
        stopped.

        Raise `NotFound`; raise `Unreachable` where the bytes are cut short.
        """
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        path = f"/{document_path(id)}/{quote(name, safe='/')}"
        with self._exchange.stream(
            "GET", path, params={"rev": rev} if rev else {}, headers=headers
        ) as response:
            pieces = self._exchange.chunks(response, within=ANSWER_SECONDS)
            # 200 to a Range request: the peer doesn't know ranges and begins at the beginning.
            yield _without_first(pieces, start) if start and response.status_code == 200 else pieces

    def put_revision(self, document: Json, bodies: Mapping[str, Iterator[bytes]]) -> None:
        """PUT one revision as it is (`new_edits=false`), its attachments streamed behind it as
        multipart/related.

        `document` carries `_revisions`, and `follows: true` with `length` and `content_type` for each name
        in `bodies`, in the same order. Raise what the peer answers, `Unreachable` where a token had to be
        renewed on the way.
        """
        upload = MultipartUpload(document, bodies)
        params = {"new_edits": "false"}
        path = f"/{document_path(document['_id'])}"
        with self._exchange.stream(
            "PUT", path, params=params, content=upload.content(), headers=upload.headers
        ) as response:
            self._exchange.read(response)


def document_path(id: str) -> str:
    """Path of a document below its database; only the slash of `_design/` stays one."""
    return f"_design/{quote(id[8:], safe='')}" if id.startswith("_design/") else quote(id, safe="")


def _changes_request(
    since: Any, style: str, include_docs: bool, doc_ids: Sequence[str] | None, selector: Json | None
) -> tuple[dict[str, str], Json | None]:
    params = {"since": _sequence(since), "style": style}
    if include_docs:
        params["include_docs"] = "true"
    if doc_ids is not None:
        return params | {"filter": "_doc_ids"}, {"doc_ids": list(doc_ids)}
    if selector is not None:
        return params | {"filter": "_selector"}, {"selector": selector}
    return params, None


def _sequence(since: Any) -> str:
    """A sequence is opaque: strings travel as they are, everything else as JSON."""
    return since if isinstance(since, str) else encode(since).decode()


def _as_query(options: Json) -> dict[str, str]:
    return {name: encode(value).decode() for name, value in options.items() if name != "keys"}


def _as_words(params: Mapping[str, Any] | None) -> dict[str, str]:
    """Parameters of a filter function as a query string: texts as they are, everything else as JSON."""
    return {
        name: value if isinstance(value, str) else encode(value).decode()
        for name, value in (params or {}).items()
    }


def _only_keys(options: Json) -> Json:
    return {"keys": list(options["keys"])} if "keys" in options else {}


def _object(said: Any) -> Json:
    if not isinstance(said, dict):
        raise Unreachable("the answer is not a JSON object")
    return said


def _with(said: Any, *members: str) -> Json:
    """The answer, which has at least these members: anything else is not the peer's own."""
    found = _object(said)
    if not found.keys() >= set(members):
        raise Unreachable(f"the answer lacks {' and '.join(members)}")
    return found


def _one_result(id: str, entry: Json) -> Json:
    """Bring the ways in which peers say "not here" to CouchDB's."""
    if "ok" in entry:
        return {"ok": entry["ok"]}
    told = entry.get("error")
    said = told if isinstance(told, dict) else {}
    rev = said.get("rev") or entry.get("missing")
    return {
        "error": {
            "id": id,
            "rev": rev,
            "error": said.get("error", "not_found"),
            "reason": said.get("reason", "missing"),
        }
    }


def _without_first(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        if count < len(piece):
            yield piece[count:]
        count = max(0, count - len(piece))
