"""Annotations as types of the schema."""
