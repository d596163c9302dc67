"""Ids whose type changes, with all that refers to them."""
