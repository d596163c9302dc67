"""The one version number of both distributions."""

__version__ = "0.2.0"
