"""Compiles components, and renders them."""
