"""All checks of linked entities, in the order in which they speak."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.linking import field_checks, store_checks
from starmodel_generator.linking.checks import (
    base_class_checks,
    column_checks,
    crud_checks,
    default_checks,
    exposure_checks,
    index_checks,
    model_checks,
    name_checks,
    relation_checks,
    reserved_name_checks,
    route_checks,
    table_checks,
    union_checks,
)
from starmodel_generator.linking.linked_app import LinkedApp

Check: TypeAlias = Callable[[LinkedApp], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    field_checks.check_datetimes,
    field_checks.check_money,
    field_checks.check_record_ids,
    field_checks.check_required_fields,
    field_checks.check_protected_parts,
    default_checks.check_defaults,
    default_checks.check_shown_defaults,
    model_checks.check_input,
    model_checks.check_frozen,
    model_checks.check_serializers,
    union_checks.check_discriminators,
    base_class_checks.check_table_marks,
    base_class_checks.check_sql_models,
    relation_checks.check_targets,
    relation_checks.check_owners,
    relation_checks.check_places,
    relation_checks.check_on_delete,
    column_checks.check_exactness,
    column_checks.check_running_numbers,
    column_checks.check_kinds,
    column_checks.check_comparisons,
    default_checks.check_stored_defaults,
    default_checks.check_server_defaults,
    index_checks.check_indexes,
    index_checks.check_keys,
    crud_checks.check_crud,
    crud_checks.check_hooks,
    name_checks.check_renamed,
    store_checks.check_browser_states,
    store_checks.check_browser_arguments,
    store_checks.check_caches,
    index_checks.check_listing,
    index_checks.check_searchable,
    relation_checks.check_lookups,
    exposure_checks.check_secrets,
    exposure_checks.check_write_only,
    exposure_checks.check_moments,
    exposure_checks.check_namespaces,
    exposure_checks.check_access,
    route_checks.check_paths,
    route_checks.check_route_collisions,
    name_checks.check_entity_names,
    name_checks.check_signal_names,
    name_checks.check_member_names,
    name_checks.check_class_names,
    reserved_name_checks.check_class_names,
    reserved_name_checks.check_field_names,
    reserved_name_checks.check_event_names,
    table_checks.check_tables,
    table_checks.check_columns,
    table_checks.check_named_links,
    table_checks.check_index_names,
)


def check(app: LinkedApp) -> list[Diagnostic]:
    """Return what all checks have to say."""
    return [diagnostic for rule in CHECKS for diagnostic in rule(app)]
