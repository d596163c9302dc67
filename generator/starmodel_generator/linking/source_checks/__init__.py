"""Checks of source that Python or pydantic refuses, or that fails when it first runs.

They read the modules as written, without running them; `source.check` runs them all.
"""
