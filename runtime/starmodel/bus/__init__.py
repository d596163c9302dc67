"""Adapters of the event bus port, one module each."""
