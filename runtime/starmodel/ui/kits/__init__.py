"""Kits: how components look."""
