"""All checks of linked entities, in the order in which they speak."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from starmodel_generator.diagnostics import Diagnostic
from starmodel_generator.linking.app import LinkedApp
from starmodel_generator.linking.checks import exposure, fields, names, reserved, routes

Check: TypeAlias = Callable[[LinkedApp], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    fields.check_datetimes,
    fields.check_money,
    fields.check_record_ids,
    fields.check_required_fields,
    fields.check_aliases,
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
)


def check(app: LinkedApp) -> list[Diagnostic]:
    """What all checks have to say."""
    return [diagnostic for rule in CHECKS for diagnostic in rule(app)]
