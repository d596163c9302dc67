"""All checks of linked entities, in the order in which they speak."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.linking.app import LinkedApp
from starmodel_generator.linking.checks import (
    bases,
    columns,
    crud,
    defaults,
    exposure,
    fields,
    indexes,
    models,
    names,
    relations,
    reserved,
    routes,
    tables,
    unions,
)

Check: TypeAlias = Callable[[LinkedApp], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    fields.check_datetimes,
    fields.check_money,
    fields.check_record_ids,
    fields.check_required_fields,
    fields.check_protected_parts,
    fields.check_aliases,
    defaults.check_defaults,
    models.check_input,
    models.check_frozen,
    unions.check_discriminators,
    bases.check_table_marks,
    bases.check_sql_models,
    relations.check_targets,
    relations.check_owners,
    relations.check_places,
    relations.check_on_delete,
    columns.check_exactness,
    defaults.check_stored_defaults,
    indexes.check_indexes,
    indexes.check_keys,
    crud.check_crud,
    exposure.check_secrets,
    exposure.check_namespaces,
    exposure.check_access,
    routes.check_paths,
    routes.check_route_collisions,
    names.check_entity_names,
    names.check_signal_names,
    names.check_member_names,
    names.check_class_names,
    reserved.check_class_names,
    reserved.check_field_names,
    reserved.check_event_names,
    tables.check_tables,
    tables.check_columns,
    tables.check_index_names,
)


def check(app: LinkedApp) -> list[Diagnostic]:
    """What all checks have to say."""
    return [diagnostic for rule in CHECKS for diagnostic in rule(app)]
