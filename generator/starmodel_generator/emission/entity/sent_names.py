"""What fields are called in the JSON that programs send and get, where that is not as in Python."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields, references
from starmodel_schemas import EntitySchema, EventSchema, ObjectSchema, ObjectType


def has_sent_aliases(schema: EntitySchema | ObjectSchema, context: Context) -> bool:
    """Return whether the JSON of a class has aliases, its own or those of its parts."""
    seen: set[str] = set()
    pending = [schema]
    while pending:
        for field in public_fields(pending.pop()):
            if field.sent_as is not None:
                return True
            for reference in references(field.type):
                if isinstance(reference, ObjectType) and reference.object not in seen:
                    seen.add(reference.object)
                    pending.append(context.objects[reference.object])
    return False


def read_names(entity: EntitySchema, event: EventSchema) -> dict[str, str]:
    """Return what `create` and `update` look for, by the names of their arguments."""
    if event.crud is None:
        return {}
    aliases = {field.name: field.read_as for field in entity.fields}
    names = {one.name: aliases.get(one.name) for one in event.parameters}
    return {name: alias for name, alias in names.items() if alias is not None}


def has_aliases(context: Context) -> bool:
    """Return whether any class of the app has an alias."""
    return any(
        field.sent_as is not None or field.read_as is not None
        for schema in (*context.app.entities, *context.app.objects)
        for field in public_fields(schema)
    )
