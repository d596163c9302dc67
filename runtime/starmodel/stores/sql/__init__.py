"""Entities in an SQL database: SQLite or PostgreSQL.

`SQLModelBackend` in `backend` is the store. It turns what is to be saved into statements, and a
`Driver` carries them out: `sqlite` or `postgres`. What a table looks like stands in generated
code, as an `EntityTable`.
"""
