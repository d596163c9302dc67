"""Entities and what they consist of: fields, events, relations, access."""
