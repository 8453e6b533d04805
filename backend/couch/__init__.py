"""CouchDB as the server programs see it: one thin client, its errors, the deployment of design documents."""
