"""Adapters of web frameworks, one module each."""
