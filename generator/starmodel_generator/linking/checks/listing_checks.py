"""What records are called by, and what lists of them are sorted by: SM112."""

from collections.abc import Iterator
from difflib import get_close_matches

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_OPTION
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.fields import LinkedField
from starmodel_generator.linking.field_storage import stored_value
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas import EnumType, LiteralType, ScalarType, TypeRef


def check_listing(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM112: `label` or `order_by` names a field that will not do."""
    for entity in app.entities:
        problem = _label_problem(entity)
        if problem is not None:
            yield entity.subject.diagnose(problem, entity.options.place_of("label"))
        problem = _order_problem(entity, app)
        if problem is not None:
            yield entity.subject.diagnose(problem, entity.options.place_of("order_by"))


def _label_problem(entity: LinkedEntity) -> Problem | None:
    name = entity.schema.label
    if name is None:
        return None
    texts = [field.schema.name for field in entity.fields if _is_text(field)]
    if name in texts:
        return None
    reason = _unseen(name, entity) or "is no text that is always there"
    return Problem(INVALID_OPTION, f"has `label={name!r}`, which {reason}", _one_of(name, texts))


def _is_text(field: LinkedField) -> bool:
    type_ = field.schema.type
    while type_.kind == "constrained":
        type_ = type_.item
    return type_ == ScalarType(name="str") and not field.schema.private


def _order_problem(entity: LinkedEntity, app: LinkedApp) -> Problem | None:
    names = [name.removeprefix("-") for name in entity.schema.order_by]
    if not names:
        return None
    if not entity.is_record_in_sql:
        text = "has `order_by`, but there is no list of it: it is no record in SQL"
        return Problem(INVALID_OPTION, text, "remove `order_by`")
    sortable = ["id", *(one.schema.name for one in entity.fields if _is_sortable(one, app))]
    for name in names:
        if name not in sortable:
            reason = _unseen(name, entity) or "has no order in a column of its own"
            text = f"has `{name}` in `order_by`, which {reason}"
            return Problem(INVALID_OPTION, text, _one_of(name, sortable))
        if names.count(name) > 1:
            text = f"has `{name}` twice in `order_by`"
            return Problem(INVALID_OPTION, text, "name each field once")
    return None


def _is_sortable(field: LinkedField, app: LinkedApp) -> bool:
    if field.schema.private or field.schema.computed:
        return False
    type_: TypeRef = field.schema.type
    while type_.kind in ("optional", "constrained"):
        type_ = type_.item
    is_single = isinstance(type_, EnumType | ScalarType) or (
        isinstance(type_, LiteralType)
        and len({type(value) for value in type_.values if value is not None}) == 1
    )
    return (
        is_single
        and type_ != ScalarType(name="bytes")
        and stored_value(field, app).kind == "column"
    )


def _unseen(name: str, entity: LinkedEntity) -> str:
    """Return why a name is that of nothing which may be seen; `""` where it is."""
    field = next((one for one in entity.fields if one.schema.name == name), None)
    if field is None:
        return "" if name == "id" else "is no field of it"
    return "is private" if field.schema.private else ""


def _one_of(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"name one of {', '.join(f'`{each}`' for each in names)}" if names else "remove it"
