"""Design functions: CouchDB's JavaScript, run by QuickJS with limits of time, memory and stack."""
