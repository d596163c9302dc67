"""Drivers: how statements reach SQLite and PostgreSQL, and what their errors mean."""
