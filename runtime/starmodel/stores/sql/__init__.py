"""Entities in an SQL database."""
