"""Arguments are checked by schemas that pydantic-core takes, with the author's limits."""

import pytest
from corpus import sample_settings
from pydantic_core import SchemaValidator, ValidationError, core_schema
from sample_shop import MODULE, SCHEMA, SIZE, STATUS, scalar

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.argument_schema import NO_CONSTRAINTS, CoreSchemas
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import flat
from starmodel_generator.emission.python.type_expressions import AuthorsClasses
from starmodel_schemas import (
    AnyType,
    AppSchema,
    ConstrainedType,
    Constraints,
    DictType,
    FieldSchema,
    ListType,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RefType,
    RequiredDefault,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)


def written(
    type_: TypeRef, constraints: Constraints = NO_CONSTRAINTS, *, app: AppSchema = SCHEMA
) -> str:
    context = Context(app, sample_settings())
    names = ModuleNames(context.first_party)
    return flat(
        CoreSchemas(names, context, AuthorsClasses(names, context)).layout(type_, constraints)
    )


@pytest.mark.parametrize(
    ("type_", "constraints", "wanted"),
    [
        (scalar("int"), Constraints(), "int_schema()"),
        (
            scalar("int"),
            Constraints(ge="1", lt="10", strict=True),
            "int_schema(ge=1, lt=10, strict=True)",
        ),
        (
            scalar("str"),
            Constraints(min_length=1, pattern='^"a"$'),
            "str_schema(pattern='^\"a\"$', min_length=1)",
        ),
        (
            scalar("Decimal"),
            Constraints(gt="0.50", max_digits=6),
            'decimal_schema(max_digits=6, gt=Decimal("0.50"))',
        ),
        (
            scalar("date"),
            Constraints(ge="2024-01-31"),
            'date_schema(ge=date.fromisoformat("2024-01-31"))',
        ),
        (
            scalar("timedelta"),
            Constraints(le="60.0"),
            "timedelta_schema(le=timedelta(seconds=60.0))",
        ),
        (scalar("UUID"), Constraints(), "uuid_schema()"),
        (STATUS, Constraints(), 'enum_schema(Status, list(Status), sub_type="str")'),
        (LiteralType(values=("a", 1)), Constraints(), 'literal_schema(["a", 1])'),
        (
            OptionalType(item=scalar("int")),
            Constraints(ge="1"),
            "nullable_schema(core_schema.int_schema(ge=1))",
        ),
        (
            ListType(
                item=ConstrainedType(item=scalar("str"), constraints=Constraints(max_length=5))
            ),
            Constraints(max_length=3),
            "list_schema(core_schema.str_schema(max_length=5), max_length=3)",
        ),
        (
            SetType(item=scalar("int"), frozen=True),
            Constraints(),
            "frozenset_schema(core_schema.int_schema())",
        ),
        (
            TupleType(items=(scalar("int"),), variadic=True),
            Constraints(),
            "tuple_schema([core_schema.int_schema()], variadic_item_index=0)",
        ),
        (AnyType(), Constraints(), "any_schema()"),
    ],
)
def test_schemas(type_: TypeRef, constraints: Constraints, wanted: str) -> None:
    text = written(type_, constraints)
    assert text == f"core_schema.{wanted}"


def test_value_objects_bring_their_own_schema() -> None:
    assert written(ObjectType(object=f"{MODULE}.Note")) == "web.object_schema(Note)"


def test_members_of_a_union_are_known_by_their_tag() -> None:
    kinds = {"Cat": LiteralType(values=("cat", "tom")), "Dog": LiteralType(values=("dog",))}
    objects = tuple(
        ObjectSchema(
            name=name,
            module=MODULE,
            fields=(FieldSchema(name="kind", type=kind, default=RequiredDefault()),),
        )
        for name, kind in kinds.items()
    )
    app = SCHEMA.model_copy(update={"objects": (*SCHEMA.objects, *objects)})
    cat, dog = (ObjectType(object=f"{MODULE}.{name}") for name in kinds)
    pet = UnionType(members=(cat, dog), discriminator="kind")
    assert written(ListType(item=pet), app=app) == (
        'core_schema.list_schema(core_schema.tagged_union_schema({"cat": web.object_schema(Cat),'
        ' "tom": web.object_schema(Cat), "dog": web.object_schema(Dog)}, discriminator="kind"))'
    )
    mixed = UnionType(members=(cat, scalar("int")), discriminator="kind")
    for other in (mixed, pet.model_copy(update={"discriminator": None})):
        assert written(other, app=app).startswith(
            "core_schema.union_schema([web.object_schema(Cat),"
        )


def test_references_are_made_of_ids() -> None:
    product = RefType(entity=f"{MODULE}.Product")
    assert written(product) == "web.reference_schema(Product)"
    listed = OptionalType(item=ListType(item=product))
    assert written(listed, Constraints(max_length=3)) == (
        "core_schema.nullable_schema(core_schema.list_schema(web.reference_schema(Product),"
        " max_length=3))"
    )


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (
            ListType(item=UnionType(members=(scalar("int"), scalar("date")))),
            [1, "2024-01-31"],
            ["x"],
        ),
        (DictType(key=scalar("int"), value=scalar("bool")), {"1": "true"}, {"a": True}),
        (TupleType(items=(scalar("str"), scalar("float"))), ["a", 1.5], ["a"]),
        (TupleType(items=()), [], [1]),
        (LiteralType(values=("low", None)), None, "high"),
        (OptionalType(item=scalar("bytes")), None, 5),
        (scalar("time"), "10:30", "25:00"),
    ],
)
def test_pydantic_core_takes_them(type_: TypeRef, good: object, bad: object) -> None:
    schema = eval(written(type_), {"core_schema": core_schema})
    validator = SchemaValidator(schema)
    validator.validate_python(good)
    with pytest.raises(ValidationError):
        validator.validate_python(bad)


def test_enums_of_numbers_are_numbers() -> None:
    assert written(SIZE) == 'core_schema.enum_schema(Size, list(Size), sub_type="int")'
