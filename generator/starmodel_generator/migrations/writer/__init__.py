"""A migration as the text of an Alembic revision, and in words."""
