"""Which files the generator makes of a schema: a table, and nothing about what is in them."""

from starmodel_generator.planning.artifact import Artifact
from starmodel_generator.planning.output_files import (
    has_list,
    has_queries,
    is_document,
    is_in_sql,
    plan,
)
from starmodel_generator.planning.output_settings import EmissionSettings

__all__ = [
    "Artifact",
    "EmissionSettings",
    "has_list",
    "has_queries",
    "is_document",
    "is_in_sql",
    "plan",
]
