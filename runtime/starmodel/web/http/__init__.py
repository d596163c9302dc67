"""Requests, responses and sessions: HTTP without anything of an app."""
