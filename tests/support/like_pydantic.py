"""What a schema says of models, compared with what pydantic says of the classes themselves."""

import json
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any, Literal

import pydantic
from pydantic_core import PydanticUndefined

from starmodel import Ref
from starmodel_schemas import (
    AnyType,
    AppSchema,
    ConstrainedType,
    Constraints,
    DictType,
    EntitySchema,
    EnumType,
    ExpressionDefault,
    FieldSchema,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    UnionType,
)
from starmodel_schemas.types import TypeRef

BOUNDS = ("gt", "ge", "lt", "le", "multiple_of")
PLAIN = ("min_length", "max_length", "pattern", "max_digits", "decimal_places")


def differences(app: AppSchema, module: ModuleType) -> Iterator[str]:
    """Tell where the schema says something else than the classes of the module."""
    for schema in app.objects:
        if schema.generic is not None:
            arguments = tuple(_python_type(each, module) for each in schema.arguments)
            generic = getattr(module, schema.generic.rpartition(".")[2])
            setattr(module, schema.name, generic[arguments])
    for schema in (*app.entities, *app.objects):
        cls = getattr(module, schema.name, None)
        if isinstance(cls, type) and issubclass(cls, pydantic.BaseModel):
            yield from _of_class(schema, cls, module)


def _of_class(
    schema: EntitySchema | ObjectSchema, cls: type[pydantic.BaseModel], module: ModuleType
) -> Iterator[str]:
    cls.model_rebuild()
    stored = [field for field in schema.fields if not field.computed]
    names = [name for name in cls.model_fields if name != "id" or _declares_id(schema)]
    if sorted(field.name for field in stored) != sorted(names):
        yield f"{schema.name} has the fields {names}, not {[field.name for field in stored]}"
        return
    computed = sorted(field.name for field in schema.fields if field.computed)
    if computed != sorted(cls.model_computed_fields):
        yield f"{schema.name} has the computed fields {list(cls.model_computed_fields)}"
    for field in stored:
        for problem in _of_field(field, cls, module):
            yield f"{schema.name}.{field.name} {problem}"


def _declares_id(schema: EntitySchema | ObjectSchema) -> bool:
    return isinstance(schema, ObjectSchema) or schema.declares_id


def _of_field(
    field: FieldSchema, cls: type[pydantic.BaseModel], module: ModuleType
) -> Iterator[str]:
    info = cls.model_fields[field.name]
    if isinstance(field.default, RequiredDefault) != info.is_required():
        yield f"is required: {info.is_required()}"
    match field.default:
        case LiteralDefault(value=value):
            if info.default is PydanticUndefined or not _same(value, info.default):
                yield f"is {info.default!r} by default, and not {value!r}"
        case ExpressionDefault(expression=expression, imports=imports):
            names = {"timezone": import_module("datetime").timezone}
            for name in imports:
                holder, _, attribute = name.rpartition(".")
                source = module if holder == module.__name__ else import_module(holder)
                names[attribute] = getattr(source, attribute)
            value = eval(expression, names)
            found = info.get_default(call_default_factory=True, validated_data={})
            if not _same(value, found):
                yield f"is {found!r} by default, and not {value!r}"
        case _:
            pass
    alias = info.validation_alias
    if isinstance(alias, str) and (field.read_as or field.name) != alias:
        yield f"is read as {alias!r}, and not {field.read_as!r}"
    is_sent = cls.model_config.get("serialize_by_alias", True)
    if is_sent and (info.serialization_alias or field.name) != (field.sent_as or field.name):
        yield f"is sent as {info.serialization_alias!r}, and not {field.sent_as!r}"
    if bool(info.frozen) and not field.frozen:
        yield "is frozen"
    if field.title != info.title and info.title:
        yield f"has the title {info.title!r}"
    if field.identity or field.private:
        return
    ours = _json_schema(_with_limits(_python_type(field.type, module), field.constraints), cls)
    theirs = _without_words(cls.model_json_schema(by_alias=False)["properties"][field.name])
    if field.constraints.format == "email" or "email" in str(ours):
        return
    if "{}" in str(theirs) or "None" in str(theirs) or "base64" in str(theirs):
        return
    if ours not in (None, {}) and theirs is not None and ours != theirs:
        yield f"has the schema {theirs}, and not {ours}"


def _same(ours: object, theirs: object) -> bool:
    return (type(ours) is type(theirs) and repr(ours) == repr(theirs)) or ours == theirs


def _json_schema(type_: Any, cls: type[pydantic.BaseModel]) -> Any:
    said: Any = {name: value for name, value in cls.model_config.items() if name[:4] == "str_"}
    make_model: Any = pydantic.create_model
    try:
        model = make_model("Compared", __config__=said, compared=(type_, ...))
        return _without_words(model.model_json_schema()["properties"]["compared"])
    except pydantic.errors.PydanticUserError:
        return None


def _without_words(made: dict[str, Any]) -> Any:
    for each in made.get("anyOf", ()):
        _without_words(each)
    for name in ("title", "description", "default", "examples", "deprecated", "$defs", "writeOnly"):
        made.pop(name, None)
    if "$ref" in made:
        return made["$ref"]
    return json.loads(json.dumps(made, sort_keys=True))


def _with_limits(type_: Any, limits: Constraints) -> Any:
    given: dict[str, Any] = {}
    for name in PLAIN:
        if getattr(limits, name) is not None:
            given[name] = getattr(limits, name)
    for name in BOUNDS:
        text = getattr(limits, name)
        if text is not None:
            given[name] = _bound(type_, text)
    made = Annotated[type_, pydantic.Field(**given)] if given else type_
    if limits.format == "email":
        return Annotated[pydantic.EmailStr, pydantic.Field(**given)] if given else pydantic.EmailStr
    return made


def _bound(type_: Any, text: str) -> Any:
    bare = type_
    while hasattr(bare, "__origin__") and type(None) not in getattr(bare, "__args__", ()):
        bare = bare.__origin__
    members = [each for each in getattr(bare, "__args__", ()) if each is not type(None)]
    bare = members[0] if members else bare
    name = getattr(bare, "__name__", "")
    if name == "timedelta":
        return import_module("datetime").timedelta(seconds=float(text))
    if name in ("date", "datetime", "time"):
        return getattr(import_module("datetime"), name).fromisoformat(text)
    if name == "Decimal":
        return import_module("decimal").Decimal(text)
    number = float(text)
    return int(text) if number.is_integer() and text.lstrip("-").isdigit() else number


def _python_type(type_: TypeRef, module: ModuleType) -> Any:
    match type_:
        case ScalarType(name=name):
            for holder in ("builtins", "decimal", "datetime", "uuid", "ipaddress", "pydantic"):
                found = getattr(import_module(holder), name, None)
                if found is not None:
                    return found
        case EnumType(enum=name) | ObjectType(object=name):
            return getattr(module, name.rpartition(".")[2], Any)
        case LiteralType(values=values):
            return Literal[values]
        case OptionalType(item=item):
            return _python_type(item, module) | None
        case ListType(item=item):
            return list[_python_type(item, module)]
        case SetType(item=item, frozen=frozen):
            inner = _python_type(item, module)
            return frozenset[inner] if frozen else set[inner]
        case DictType(key=key, value=value):
            return dict[_python_type(key, module), _python_type(value, module)]
        case TupleType(items=items, variadic=variadic):
            inner = tuple(_python_type(item, module) for item in items)
            return tuple[inner[0], ...] if variadic else tuple[inner]
        case UnionType(members=members, discriminator=discriminator):
            kinds: list[Any] = [_python_type(member, module) for member in members]
            made = reduce(lambda one, other: one | other, kinds)
            if discriminator is not None:
                return Annotated[made, pydantic.Field(discriminator=discriminator)]
            return made
        case ConstrainedType(item=item, constraints=constraints):
            return _with_limits(_python_type(item, module), constraints)
        case RefType(entity=name):
            return Ref[getattr(module, name.rpartition(".")[2])]
        case AnyType():
            return Any
        case _:
            pass
    raise AssertionError(type_)
