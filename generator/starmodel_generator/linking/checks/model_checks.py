"""What pydantic does when it reads or writes an entity, and generated code: SM220, SM221, SM225."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place
from starmodel_generator.diagnostics.rules.pydantic_rules import (
    FROZEN_UPDATE,
    INPUT_IN_PYTHON,
    SERIALIZER,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.types.unions import entities_in, references
from starmodel_schemas import CrudName
from starmodel_schemas.crud import is_written


def check_input(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM221: `crud` reads a field from a request, which pydantic would read another way."""
    for entity in app.entities:
        if not {"create", "update"} & {*entity.schema.crud}:
            continue
        kind = "create" if "create" in entity.schema.crud else "update"
        for written, place in entity.options.by_pydantic:
            yield entity.subject.diagnose(_read_before(written, kind, _LEAVE_OUT), place)
        yield from _inherited_settings(entity, kind, app)
        for subject, place, written in _readers(entity):
            help = _CHECK_AFTER if "alidator" in written else _LEAVE_OUT
            yield subject.diagnose(_read_before(written, kind, help), place)


def _inherited_settings(
    entity: LinkedEntity, kind: CrudName, app: LinkedApp
) -> Iterator[Diagnostic]:
    """Report what pydantic does inside of a dataclass, which has no configuration of its own."""
    settings = [
        key
        for key, value in entity.options.settings.items()
        if key.startswith("str_") and value is not False
    ]
    settings += ["strict"] if entity.options.is_strict else []
    for field in entity.fields if settings else ():
        if not is_written(field.schema, kind):
            continue
        for _, name in references(field.schema.type):
            linked = app.objects.get(name)
            if linked is not None and linked.schema.form != "model":
                text = f"holds a `{linked.schema.name}`, which is no pydantic model, so that the"
                text += f" `{settings[0]}` of the entity counts for it in pydantic alone"
                help = f"make `{linked.schema.name}` a pydantic model"
                yield field.at_type(Problem(INPUT_IN_PYTHON, text, help))


def _readers(entity: LinkedEntity) -> Iterator[tuple[Subject, Place, str]]:
    taken = [
        field
        for field in entity.fields
        if any(is_written(field.schema, kind) for kind in entity.schema.crud)
    ]
    for field in taken:
        for written, place in field.by_pydantic:
            yield field.subject, place, written
        if field.is_read_by_class and any(entities_in(field.schema.type)):
            yield field.subject, field.subject.place, "a validator of a reference"
    for hook in entity.hooks:
        is_about = any(hook.is_about(field.schema.name) for field in taken)
        if hook.reads_input and is_about and not hook.is_of_field:
            noun = f"`{hook.owner.name}.{hook.name}`"
            subject = Subject(noun, hook.place, hook.owner.name)
            decorator = hook.decorator.rpartition(".")[2]
            mode = f'(mode="{hook.mode}")' if hook.mode else ""
            yield subject, hook.place, f"@{decorator}{mode}"


def _read_before(written: str, kind: CrudName, help: str) -> Problem:
    text = f"has `{written}`, but `{kind}` reads requests before pydantic does"
    return Problem(INPUT_IN_PYTHON, text, help)


_EVENT = "or write an event of your own that takes what clients send"
_LEAVE_OUT = f"leave it out, {_EVENT}"
_CHECK_AFTER = f"""use a validator of `mode="after"`, {_EVENT}"""


def check_serializers(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM220: what a serializer makes of a field could have private parts in it."""
    for entity in app.entities:
        for field in entity.fields:
            objects = [
                app.objects[name].schema
                for _, name in references(field.schema.type)
                if field.schema.sent is not None and name in app.objects
            ]
            for schema in objects:
                if any(part.private for part in schema.fields):
                    text = f"has a serializer, and holds a `{schema.name}`, which has private parts"
                    help = "send a computed field, which has what may be seen"
                    yield field.at_type(Problem(SERIALIZER, text, help))
                    break


def check_frozen(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM225: there is nothing that an update could change."""
    for entity in app.entities:
        if "update" not in entity.schema.crud:
            continue
        help = 'write `crud={"create", "delete"}`'
        fields = [field.schema for field in entity.fields]
        if entity.options.is_frozen:
            text = "is frozen, so `crud` cannot generate an `update`"
            place = entity.options.place_of("frozen")
            yield entity.subject.diagnose(Problem(FROZEN_UPDATE, text, help), place)
        elif any(each.frozen for each in fields) and not any(
            is_written(each, "update") for each in fields
        ):
            text = "has only frozen fields, so `crud` cannot generate an `update`"
            place = entity.options.place_of("crud")
            yield entity.subject.diagnose(Problem(FROZEN_UPDATE, text, help), place)
