"""The server programs' one door to CouchDB, embedded or a cluster: nothing else opens a connection to it."""

from __future__ import annotations

from types import TracebackType

from ibm_cloud_sdk_core.authenticators import BasicAuthenticator

from backend.config import Settings
from backend.couch.databases import Databases
from backend.couch.documents import Documents
from backend.couch.feeds import ChangesPage, Feeds, UpdatesPage
from backend.couch.transport import Json, new_service

__all__ = ["ChangesPage", "Couch", "Json", "UpdatesPage", "connect"]


class Couch(Documents, Feeds, Databases):
    """A connection as the server's administrator. Close it, or use it in a `with`."""

    def __enter__(self) -> Couch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(settings: Settings) -> Couch:
    """Open nothing yet: the first call does. Raises no error of the network."""
    authenticator = BasicAuthenticator(settings.couchdb_user, settings.couchdb_password)
    return Couch(new_service(settings.couchdb_url, authenticator))
