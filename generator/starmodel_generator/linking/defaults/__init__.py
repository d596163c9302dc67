"""Defaults of fields and parameters: what they are made of, and whether they fit."""
