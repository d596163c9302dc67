"""The version of this distribution; equal to the runtime's, which it is pinned to."""

__version__ = "0.2.0"
