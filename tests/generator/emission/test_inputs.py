"""Every argument gets the input that fits it."""

from typing import Any

import pytest

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.pages.choices import PageChoices
from starmodel_generator.emission.pages.input_component import InputComponents
from starmodel_generator.emission.python.layout import flat
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import (
    AnyType,
    AppSchema,
    ConstrainedType,
    Constraints,
    Default,
    DictType,
    EntitySchema,
    EnumMember,
    EnumSchema,
    EnumType,
    ExpressionDefault,
    FactoryDefault,
    FieldSchema,
    HolderAccess,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    ParameterSchema,
    RequiredDefault,
    ScalarType,
    TupleType,
    TypeRef,
    UnionType,
)

BOOL, INT, STR = ScalarType(name="bool"), ScalarType(name="int"), ScalarType(name="str")
REQUIRED = RequiredDefault()
NONE = LiteralDefault(value=None)
MOOD = EnumSchema(
    name="Mood",
    module="shop.entities",
    members=(EnumMember(name="VERY_GOOD", value=2), EnumMember(name="BAD", value=1)),
)
SIZE = ObjectSchema(
    name="Size",
    module="shop.entities",
    fields=(
        FieldSchema(name="width", type=INT, default=REQUIRED, title="How wide"),
        FieldSchema(name="is_exact", type=BOOL, default=LiteralDefault(value=False)),
    ),
)
BOX = EntitySchema(
    name="Box",
    module="shop.entities",
    source="shop/entities.py",
    snake_name="box",
    namespace="box",
    store="SERVER_MEMORY",
    scope="SESSION",
    access=HolderAccess(),
    fields=(),
)
CONTEXT = Context(
    AppSchema(entities=(BOX,), objects=(SIZE,), enums=(MOOD,)),
    EmissionSettings(package="shop.generated", output="shop/generated", client_output="c"),
)


def literal(value: bool | int | float | str) -> Default:
    return LiteralDefault(value=value)


def made(expression: str) -> Default:
    return ExpressionDefault(expression=expression)


def written(
    type_: TypeRef,
    default: Default = REQUIRED,
    *,
    name: str = "x",
    of_record: bool = False,
    private: bool = False,
    multiline: bool | None = None,
    **constraints: str | int,
) -> str:
    """Write an input without what it is for: `NumberInput(required=True)`."""
    parameter = ParameterSchema(
        name=name,
        type=type_,
        default=default,
        private=private,
        multiline=multiline,
        constraints=Constraints.model_validate(constraints),
    )
    inputs = InputComponents(BOX, CONTEXT, PageChoices(CONTEXT, frozenset()))
    text = flat(inputs.field(parameter) if of_record else inputs.argument("go", parameter))
    of = f"bindings.{name}" if of_record else f"bindings.go.{name}"
    assert of in text
    return text.removeprefix("ui.").replace(f"{of}, ", "").replace(of, "")


@pytest.mark.parametrize(
    ("type_", "default", "expected"),
    [
        (INT, REQUIRED, "NumberInput(required=True)"),
        (INT, literal(1), 'NumberInput(value="1")'),
        (INT, literal(-7), 'NumberInput(value="-7")'),
        (INT, FactoryDefault(factory="f"), "NumberInput()"),
        (OptionalType(item=INT), NONE, "NumberInput()"),
        (OptionalType(item=INT), REQUIRED, "NumberInput()"),
        (
            ScalarType(name="Decimal"),
            made('Decimal("1E+2")'),
            'NumberInput(step="any", value="100")',
        ),
        (BOOL, literal(True), "Checkbox(checked=True)"),
        (BOOL, REQUIRED, "Checkbox()"),
        (OptionalType(item=BOOL), NONE, 'Select(YES_OR_NO, empty="—")'),
        (STR, REQUIRED, "TextInput(required=True)"),
        (STR, literal("a"), 'TextInput(value="a")'),
        (STR, literal(""), "TextInput()"),
        (OptionalType(item=STR), literal("a"), 'TextInput(value="a")'),
        (STR, literal("a\nb"), 'TextArea(value="a\\nb")'),
        (
            ScalarType(name="date"),
            made("date(2024, 1, 31)"),
            'DateInput(value="2024-01-31")',
        ),
        (
            ScalarType(name="time"),
            made("time(9, 30, 5)"),
            'TimeInput(step="1", value="09:30:05")',
        ),
        (
            ScalarType(name="datetime"),
            made("datetime(2024, 1, 31)"),
            'DateTimeInput(value="2024-01-31T00:00")',
        ),
        (
            ScalarType(name="datetime"),
            made("datetime(2024, 1, 31, tzinfo=timezone.utc)"),
            "DateTimeInput()",
        ),
        (
            ScalarType(name="timedelta"),
            made("timedelta(minutes=5)"),
            'DurationInput(hint="Hours, minutes and seconds.", placeholder="1:30:00",'
            ' value="0:05:00")',
        ),
        (ScalarType(name="bytes"), REQUIRED, "FileInput(required=True)"),
        (
            EnumType(enum="shop.entities.Mood"),
            REQUIRED,
            'Select(MOOD, empty="Choose…", required=True)',
        ),
        (EnumType(enum="shop.entities.Mood"), made("Mood.BAD"), 'Select(MOOD, value="1")'),
        (LiteralType(values=("a", "b", None)), NONE, 'Select(X, empty="—")'),
        (ListType(item=STR), made('["a"]'), 'LinesInput(hint="One on each line.", value="a")'),
        (ListType(item=STR), REQUIRED, 'LinesInput(hint="One on each line.")'),
        (TupleType(items=(INT, STR)), REQUIRED, 'LinesInput(hint="One on each line.")'),
        (
            DictType(key=STR, value=INT),
            made('{"a": 1}'),
            'PairsInput([ui.TextArea("key", rows=1, required=True), ui.NumberInput("value",'
            " required=True)], value='{\"a\": 1}')",
        ),
        (
            ListType(item=ObjectType(object="shop.entities.Size")),
            REQUIRED,
            'ItemsInput([ui.NumberInput("width", required=True, label="How wide"),'
            ' ui.Select("is_exact", YES_OR_NO, empty="—", value="false")])',
        ),
        (
            ListType(item=ConstrainedType(item=STR, constraints=Constraints(max_length=900))),
            made('["a\\nb"]'),
            'ItemsInput(ui.TextArea("item", max_length=900, required=True), value=\'["a\\\\nb"]\')',
        ),
        (
            DictType(key=STR, value=ListType(item=INT)),
            REQUIRED,
            'JsonInput(required=True, hint="As JSON.")',
        ),
        (AnyType(), NONE, "TextInput()"),
        (UnionType(members=(INT, STR)), REQUIRED, "TextInput(required=True)"),
        (
            UnionType(members=(ObjectType(object="shop.entities.Size"), INT)),
            REQUIRED,
            'JsonInput(required=True, hint="As JSON.")',
        ),
    ],
)
def test_the_input_of_a_type(type_: TypeRef, default: Default, expected: str) -> None:
    assert written(type_, default) == expected


def test_texts_that_are_long_or_secret() -> None:
    assert written(STR, max_length=200) == "TextInput(max_length=200, required=True)"
    assert written(STR, max_length=201) == "TextArea(max_length=201, required=True)"
    assert written(STR, name="short_description") == "TextArea(required=True)"
    assert written(STR, name="description", max_length=80).startswith("TextInput(")
    secret = written(STR, literal("hunter2"), name="password", private=True)
    assert secret == 'TextInput(kind="password")'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "TextArea(rows=1, required=True)"),
        ({"max_length": 1}, "TextArea(rows=1, max_length=1, required=True)"),
        ({"max_length": 201}, "TextArea(max_length=201, required=True)"),
        ({"pattern": "^[a-z]+$"}, 'TextInput(pattern="[a-z]+", required=True)'),
        ({"pattern": "^[a-z]"}, "TextArea(rows=1, required=True)"),
        ({"pattern": "^.+$"}, "TextArea(rows=1, required=True)"),
        ({"pattern": r"^a\s$"}, "TextArea(rows=1, required=True)"),
        ({"pattern": r"^[a\s]$"}, "TextArea(rows=1, required=True)"),
        ({"pattern": "^[^a]$"}, "TextArea(rows=1, required=True)"),
        ({"multiline": False}, "TextInput(required=True)"),
        ({"multiline": True}, "TextArea(required=True)"),
        ({"multiline": False, "name": "notes"}, "TextInput(required=True)"),
    ],
)
def test_a_text_of_a_record_has_one_line_where_that_is_certain(
    given: dict[str, Any], expected: str
) -> None:
    assert written(STR, of_record=True, **given) == expected


def test_an_event_asks_for_a_line_unless_it_says_otherwise() -> None:
    assert written(STR) == "TextInput(required=True)"
    assert written(STR, multiline=True) == "TextArea(required=True)"


def test_what_no_input_sends_back_is_not_shown() -> None:
    for text in ("a\r\nb", "a\rb", "a\0b"):
        assert written(STR, literal(text)) == "TextInput()"
        assert "value" not in written(ListType(item=STR), made(repr([text])))


def test_a_moment_with_a_zone_is_the_readers() -> None:
    found = written(OptionalType(item=ScalarType(name="datetime")), NONE, timezone="aware")
    assert found == 'DateTimeInput(zoned=True, hint="In your own time zone.")'


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("timedelta(days=1)", "24:00:00"),
        ("timedelta(0, 90, 5)", "0:01:30.000005"),
        ("timedelta(hours=-1)", "-P0DT3600S"),
        ("timedelta(weeks=1, hours=1.5)", "P7DT5400S"),
        ("timedelta(days=DAYS)", ""),
    ],
)
def test_a_duration_is_shown_as_it_is_typed(default: str, expected: str) -> None:
    found = written(ScalarType(name="timedelta"), made(default))
    assert ("value=" in found) is bool(expected)
    assert not expected or f'value="{expected}"' in found


def test_a_value_object_has_an_input_for_each_part() -> None:
    size = ObjectType(object="shop.entities.Size")
    parts = 'ui.NumberInput("width", {}label="How wide")'
    exact = 'ui.Select("is_exact", YES_OR_NO, value="false")'
    given = parts.format("required=True, ")
    assert written(size, of_record=True) == f"Fieldset([{given}, {exact}])"
    # What has a default may be left as a whole, and so may its parts.
    left = written(size, FactoryDefault(factory="f"), of_record=True)
    assert left == f"Fieldset([{parts.format('')}, {exact}])"
    assert written(OptionalType(item=size), of_record=True) == 'JsonInput(hint="As JSON.")'
    assert written(size) == 'JsonInput(required=True, hint="As JSON.")'


def test_choices() -> None:
    choices = PageChoices(CONTEXT, frozenset({"MOOD", "KIND", "KIND_CHOICES"}))
    mood = EnumType(enum="shop.entities.Mood")
    kind = LiteralType(values=("", "in_progress", "EUR", 1, True))
    # What is called so already is not called so again.
    assert choices.use(mood, "how") == choices.use(mood, "other") == "MOOD_CHOICES"
    assert choices.use(kind, "kind") == "KIND_CHOICES_2"
    assert [flat(constant) for constant in choices.constants] == [
        'MOOD_CHOICES = ui.Choices({"2": "Very good", "1": "Bad"})',
        'KIND_CHOICES_2 = ui.Choices({"": "—", "in_progress": "In progress", "EUR": "EUR",'
        ' "1": "1", "true": "Yes"})',
    ]
