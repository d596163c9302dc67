"""Types as a person writes them."""

from typing import assert_never

from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    EntityType,
    EnumType,
    FragmentType,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)


def type_text(type_: TypeRef) -> str:
    """A type in Python's own notation; classes by their name, without the module."""
    match type_:
        case ScalarType():
            return type_.name
        case EnumType():
            return _class_name(type_.enum)
        case ObjectType():
            return _class_name(type_.object)
        case EntityType():
            return _class_name(type_.entity)
        case RefType():
            return f"Ref[{_class_name(type_.entity)}]"
        case LiteralType():
            return f"Literal[{', '.join(map(repr, type_.values))}]"
        case OptionalType():
            return f"{type_text(type_.item)} | None"
        case ListType():
            return f"list[{type_text(type_.item)}]"
        case SetType():
            return f"{'frozenset' if type_.frozen else 'set'}[{type_text(type_.item)}]"
        case DictType():
            return f"dict[{type_text(type_.key)}, {type_text(type_.value)}]"
        case TupleType():
            items = [type_text(item) for item in type_.items]
            return f"tuple[{', '.join([*items, '...'] if type_.variadic else items)}]"
        case UnionType():
            return " | ".join(map(type_text, type_.members))
        case ConstrainedType():
            bounds = type_.constraints.model_dump(exclude_defaults=True)
            listed = ", ".join(f"{name}={value}" for name, value in bounds.items())
            return f"Annotated[{type_text(type_.item)}, Field({listed})]"
        case AnyType():
            return "Any"
        case FragmentType():
            return "fragment"
        case _:
            assert_never(type_)


def _class_name(qualified_name: str) -> str:
    return qualified_name.rpartition(".")[2]
