"""Statements on the tables of entities: reading, saving, deleting, searching."""
