"""Map/reduce views: CouchDB's collation, incremental indexes in SQLite files of their own, and queries over
them.
"""
