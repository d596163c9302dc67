"""What the record of an event says of its arguments: nothing that is kept from the outside.

Records go to the bus, to the outbox and wherever subscribers put them, so a secret stands in none.
"""

import re
from collections.abc import Iterator

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import references
from starmodel_schemas import EntitySchema, ObjectType, ParameterSchema, TypeRef


def is_recorded(parameter: ParameterSchema, entity: EntitySchema, context: Context) -> bool:
    """Return whether the record of an event of an entity has an argument.

    It has not where the argument is private itself, is called like a private field of the entity
    (`new_pin` is called like `pin`), or has private parts.
    """
    return not (
        parameter.private
        or any(
            re.search(rf"(^|_){re.escape(field.name)}(_|$)", parameter.name)
            for field in entity.fields
            if field.private
        )
        or _has_private_parts(parameter.type, context)
    )


def _has_private_parts(type_: TypeRef, context: Context) -> bool:
    seen: set[str] = set()
    pending = [type_]
    while pending:
        for name in _objects(pending.pop()):
            if name not in seen:
                seen.add(name)
                fields = context.objects[name].fields
                if any(field.private for field in fields):
                    return True
                pending += [field.type for field in fields]
    return False


def _objects(type_: TypeRef) -> Iterator[str]:
    for reference in references(type_):
        if isinstance(reference, ObjectType):
            yield reference.object
