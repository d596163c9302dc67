"""The modules of a typed client."""
