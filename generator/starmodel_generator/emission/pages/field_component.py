"""The component that shows a field: `ui.Number(bindings.price)`."""

from typing import TypeAlias, get_args

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.filters import QUERY_NAMES
from starmodel_generator.emission.entity.record_labels import label_field, reference_of
from starmodel_generator.emission.entity.type_shape import is_flat, is_single, unwrap
from starmodel_generator.emission.pages.choices import PageChoices
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.planning import has_list
from starmodel_schemas import (
    DictType,
    EntitySchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    ManySchema,
    ObjectType,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.types import AddressName, ScalarName, UrlName

SCALARS: dict[ScalarName, str] = {
    "bool": "Boolean",
    "int": "Number",
    "float": "Number",
    "Decimal": "Number",
    "str": "Text",
    "UUID": "Text",
    "date": "Date",
    "time": "Time",
    "datetime": "DateTime",
    "timedelta": "Duration",
    "bytes": "File",
    **dict.fromkeys(get_args(UrlName), "Url"),
    **dict.fromkeys(get_args(AddressName), "Text"),
}

ITEM = '"item"'
"""What an item of a list and a value of a mapping are named by."""

Items: TypeAlias = "tuple[Layout, ...]"


class FieldComponents:
    """Writes the components that show the fields of one entity.

    Args:
        entity: The entity.
        context: The app.
        choices: The choices of the module.
    """

    def __init__(self, entity: EntitySchema, context: Context, choices: PageChoices) -> None:
        self.entity = entity
        self.context = context
        self.choices = choices
        self.has_links = has_list(entity)

    def field(self, field: FieldSchema) -> Layout:
        """Write the component of a field of the entity."""
        of = f"bindings.{field.name}"
        target = reference_of(field.seen_type)
        if target is not None and self.has_links:
            other = self.context.entities[target[0]]
            if has_list(other):
                items = (of, *link_items(other), *_described(field))
                return Group(f"ui.{'Links' if target[1] else 'Link'}(", items, ")")
        if field.name == "id" and field.type == ScalarType(name="int"):
            return _call("Number", of, *_described(field), "grouped=False")
        bare, _, limits = unwrap(field.seen_type, field.constraints)
        if bare == ScalarType(name="datetime") and limits.timezone == "aware":
            return _call("DateTime", of, "zoned=True", *_described(field))
        return self._component(field.seen_type, of, _described(field), field.name, ())

    def many(self, many: ManySchema) -> Layout:
        """Write the component that leads to the records which refer to one."""
        target = self.context.entities[many.entity]
        # A field that is called like another parameter of a list has its filter elsewhere.
        name = f"{many.field}__in" if many.field in QUERY_NAMES else many.field
        path = python_string(f"/{target.snake_name}")
        items = (python_string(many.name), f"to={path}", f"by={python_string(name)}")
        if many.single:
            items = (*items, "single=True")
        return Group("ui.Related(", items, ")")

    def _component(
        self, type_: TypeRef, of: str, described: Items, name: str, seen: tuple[str, ...]
    ) -> Layout:
        """Write a component; `seen` are the value objects that it is part of."""
        bare, is_optional, _ = unwrap(type_)
        match bare:
            case ScalarType():
                return _call(SCALARS[bare.name], of, *described)
            case RefType():
                return _call("Text", of, *described)
            case EnumType() if self.context.enums[bare.enum].is_flag:
                return _call("Flags", of, self.choices.use(bare, name), *described)
            case EnumType():
                return _call("Choice", of, self.choices.use(bare, name), *described)
            case LiteralType() if is_single(bare):
                if isinstance(bare.values[0], bool):
                    return _call("Boolean", of, *described)
                return _call("Choice", of, self.choices.use(bare, name), *described)
            case ObjectType() if bare.object not in seen:
                is_group = not is_optional and is_flat(bare, self.context)
                parts = self._parts(bare, seen)
                return _call("Group" if is_group else "Details", of, parts, *described)
            case ListType() | SetType():
                return self._items(bare.item, of, described, name, seen)
            case TupleType() if bare.variadic:
                return self._items(bare.items[0], of, described, name, seen)
            case DictType():
                shown = self._component(bare.value, ITEM, (), name, seen)
                return _call("Pairs", of, shown, *described)
            case _:
                return _call("Json", of, *described)

    def _items(
        self, item: TypeRef, of: str, described: Items, name: str, seen: tuple[str, ...]
    ) -> Layout:
        """Show a list: as a table where all items have the same parts, and it is no part itself."""
        bare, is_missing, _ = unwrap(item)
        is_table = isinstance(bare, ObjectType) and not is_missing and not seen and of != ITEM
        if isinstance(bare, ObjectType) and is_table and self._has_parts(bare):
            return _call("Table", of, self._parts(bare, seen), *described)
        return _call("Items", of, self._component(item, ITEM, (), name, seen), *described)

    def _has_parts(self, type_: ObjectType) -> bool:
        return bool(public_fields(self.context.objects[type_.object]))

    def _parts(self, type_: ObjectType, seen: tuple[str, ...]) -> Layout:
        """Write the components of a value object's parts, which go by their names."""
        inside = (*seen, type_.object)
        parts = [
            self._component(
                part.type, python_string(part.name), _described(part), part.name, inside
            )
            for part in public_fields(self.context.objects[type_.object])
        ]
        return Group("[", tuple(parts), "]")


def link_items(target: EntitySchema) -> Items:
    """Write where records are, and what they are called by."""
    label = label_field(target)
    by = () if label is None else (f"by={python_string(label)}",)
    return (f"to={python_string(f'/{target.snake_name}')}", *by)


def first_line(text: str | None) -> str:
    """Return the first line of a docstring or a description that says anything."""
    return next((line.strip() for line in (text or "").split("\n") if line.strip()), "")


def _described(field: FieldSchema) -> Items:
    # What is expected of a field is said where it is typed, and not with each value of it.
    return (f"label={python_string(field.title)}",) if field.title else ()


def _call(component: str, *items: Layout) -> Layout:
    return Group(f"ui.{component}(", items, ")")
