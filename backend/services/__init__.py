"""The verbs of the office: each takes what it needs as arguments and speaks to CouchDB by `backend.couch`."""
