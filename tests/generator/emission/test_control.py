"""Every argument gets the input that fits it."""

from typing import Any

import pytest

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.forms.control import Control, Controls
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import (
    AnyType,
    AppSchema,
    Constraints,
    Default,
    DictType,
    EnumMember,
    EnumSchema,
    EnumType,
    ExpressionDefault,
    FactoryDefault,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectType,
    OptionalType,
    ParameterSchema,
    RequiredDefault,
    ScalarType,
    TupleType,
    TypeRef,
)

MOOD = EnumSchema(
    name="Mood",
    module="shop.entities",
    members=(EnumMember(name="VERY_GOOD", value=2), EnumMember(name="BAD", value=1)),
)
CONTROLS = Controls(
    Context(
        AppSchema(entities=(), enums=(MOOD,)),
        EmissionSettings(package="shop.generated", output="shop/generated", client_output="c"),
    )
)
BOOL, INT, STR = ScalarType(name="bool"), ScalarType(name="int"), ScalarType(name="str")
REQUIRED = RequiredDefault()
NONE = LiteralDefault(value=None)


def literal(value: bool | int | float | str) -> Default:
    return LiteralDefault(value=value)


def made(expression: str) -> Default:
    return ExpressionDefault(expression=expression)


def control(
    type_: TypeRef,
    default: Default = REQUIRED,
    *,
    name: str = "amount",
    private: bool = False,
    **constraints: str | int,
) -> Control:
    parameter = ParameterSchema(
        name=name,
        type=type_,
        default=default,
        private=private,
        constraints=Constraints.model_validate(constraints),
    )
    return CONTROLS.control(parameter, "$x")


def summary(found: Control) -> str:
    """`kind attribute=value ... | what it holds -> what it sends`."""
    attributes = [
        one.name if one.value is None else f"{one.name}={one.value}" for one in found.attributes
    ]
    return f"{' '.join([found.kind, *attributes])} | {found.initial} -> {found.sent}"


@pytest.mark.parametrize(
    ("type_", "default", "expected"),
    [
        (INT, REQUIRED, "input type=number step=1 required | '' -> $x"),
        (INT, literal(1), "input type=number step=1 required value=1 | '1' -> $x"),
        (INT, literal(-7), "input type=number step=1 required value=-7 | '-7' -> $x"),
        (INT, FactoryDefault(factory="f"), "input type=number step=1 | '' -> $x || undefined"),
        (OptionalType(item=INT), NONE, "input type=number step=1 | '' -> $x || null"),
        (OptionalType(item=INT), REQUIRED, "input type=number step=1 | '' -> $x || null"),
        (
            ScalarType(name="Decimal"),
            made('Decimal("1E+2")'),
            "input type=number step=any required value=100 | '100' -> $x",
        ),
        (BOOL, literal(True), "check type=checkbox checked | true -> $x"),
        (BOOL, REQUIRED, "check type=checkbox | false -> $x"),
        (OptionalType(item=BOOL), NONE, "select | '' -> $x || null"),
        (STR, REQUIRED, "input type=text required | '' -> $x"),
        (STR, literal("a"), "input type=text value=a | 'a' -> $x"),
        (STR, literal(""), "input type=text | '' -> $x || undefined"),
        (OptionalType(item=STR), literal("a"), "input type=text value=a | 'a' -> $x || null"),
        (OptionalType(item=STR), literal(""), "input type=text | '' -> $x || undefined"),
        (OptionalType(item=ListType(item=STR)), made("[]"), "textarea | '' -> $x || undefined"),
        (OptionalType(item=ListType(item=STR)), NONE, "textarea | '' -> $x || null"),
        (STR, literal("a\nb"), "textarea | 'a\\u000ab' -> $x"),
        (
            ScalarType(name="date"),
            made("date(2024, 1, 31)"),
            "input type=date required value=2024-01-31 | '2024-01-31' -> $x",
        ),
        (
            ScalarType(name="time"),
            made("time(9, 30, 5)"),
            "input type=time step=1 required value=09:30:05 | '09:30:05' -> $x",
        ),
        (
            ScalarType(name="datetime"),
            made("datetime(2024, 1, 31)"),
            "input type=datetime-local required value=2024-01-31T00:00 | '2024-01-31T00:00' -> $x",
        ),
        (
            ScalarType(name="datetime"),
            made("datetime(2024, 1, 31, tzinfo=timezone.utc)"),
            "input type=datetime-local | '' -> $x || undefined",
        ),
        (
            ScalarType(name="timedelta"),
            made("timedelta(minutes=5)"),
            "input type=text placeholder=1:30:00 | '' -> $x || undefined",
        ),
        (EnumType(enum="shop.entities.Mood"), REQUIRED, "select required | '' -> $x"),
        (EnumType(enum="shop.entities.Mood"), made("Mood.BAD"), "select required | '1' -> $x"),
        (LiteralType(values=("a", "b", None)), NONE, "select | '' -> $x || null"),
        (ListType(item=STR), made('["a", "b"]'), "textarea | 'a\\u000ab' -> $x || []"),
        (ListType(item=STR), REQUIRED, "textarea | '' -> $x || []"),
        (TupleType(items=(INT, STR)), REQUIRED, "textarea | '' -> $x || []"),
        (
            DictType(key=STR, value=INT),
            made('{"a": 1}'),
            "textarea spellcheck=false required | '{\\u0022a\\u0022: 1}' -> $x",
        ),
        (
            ListType(item=ObjectType(object="shop.entities.Line")),
            REQUIRED,
            "textarea spellcheck=false required | '' -> $x",
        ),
        (AnyType(), NONE, "input type=text | '' -> $x || undefined"),
    ],
)
def test_the_input_of_a_type(type_: TypeRef, default: Default, expected: str) -> None:
    assert summary(control(type_, default)) == expected


def test_texts_that_are_long_or_secret() -> None:
    assert control(STR, max_length=200).kind == "input"
    assert control(STR, max_length=201).kind == "textarea"
    assert control(STR, name="short_description").kind == "textarea"
    assert control(STR, name="description", max_length=80).kind == "input"
    secret = control(STR, literal("hunter2"), name="password", private=True)
    assert summary(secret) == ("input type=password autocomplete=off | '' -> $x || undefined")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "textarea class=line required"),
        ({"name": "answer", "max_length": 1}, "textarea maxlength=1 class=line required"),
        ({"max_length": 201}, "textarea maxlength=201 required"),
        ({"pattern": "^[a-z]+$"}, "input type=text pattern=[a-z]+ required"),
        ({"pattern": "^[a-z]"}, "textarea class=line required"),
        ({"pattern": "^.+$"}, "textarea class=line required"),
        ({"pattern": r"^a\s$"}, "textarea class=line required"),
        ({"pattern": r"^[a\s]$"}, "textarea class=line required"),
        ({"pattern": "^[^a]$"}, "textarea class=line required"),
        ({"multiline": False}, "input type=text required"),
        ({"multiline": True}, "textarea required"),
        ({"multiline": False, "name": "notes"}, "input type=text required"),
    ],
)
def test_a_text_of_a_record_has_one_line_where_that_is_certain(
    given: dict[str, Any], expected: str
) -> None:
    limits = {name: given[name] for name in given.keys() & {"pattern", "max_length"}}
    parameter = ParameterSchema(
        name=given.get("name", "title"),
        type=STR,
        default=REQUIRED,
        constraints=Constraints.model_validate(limits),
        multiline=given.get("multiline"),
    )
    found = Controls(CONTROLS.context, has_lines=True).control(parameter, "$x")
    assert summary(found).partition(" | ")[0] == expected


def test_an_event_asks_for_a_line_unless_it_says_otherwise() -> None:
    assert control(STR).kind == "input"
    parameter = ParameterSchema(name="title", type=STR, default=REQUIRED, multiline=True)
    assert CONTROLS.control(parameter, "$x").kind == "textarea"


def test_what_no_input_sends_back_is_not_shown() -> None:
    for text in ("a\r\nb", "a\rb", "a\0b"):
        assert summary(control(STR, literal(text))).endswith(" | '' -> $x || undefined")
        assert control(ListType(item=STR), made(repr([text]))).sent == "$x || undefined"


def test_a_moment_with_a_zone_is_the_readers() -> None:
    when = ScalarType(name="datetime")
    found = control(when, timezone="aware")
    assert found.sent == "new Date($x).toISOString()"
    assert found.hint == "In your own time zone."
    found = control(OptionalType(item=when), NONE, timezone="aware")
    assert found.sent == "$x ? new Date($x).toISOString() : null"


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
def test_a_form_of_a_record_shows_a_duration_as_it_is_typed(default: str, expected: str) -> None:
    parameter = ParameterSchema(
        name="span", type=ScalarType(name="timedelta"), default=made(default)
    )
    found = Controls(CONTROLS.context, reads_durations=True).control(parameter, "$x")
    assert found.text == expected
    assert found.sent == ("$x" if expected else "$x || undefined")


def test_choices() -> None:
    def choices(found: Control) -> list[tuple[str, str, bool]]:
        return [(one.value, one.label, one.is_chosen) for one in found.choices]

    mood = EnumType(enum="shop.entities.Mood")
    assert choices(control(mood)) == [
        ("", "Choose…", True),
        ("2", "Very good", False),
        ("1", "Bad", False),
    ]
    assert choices(control(OptionalType(item=mood), made("Mood.BAD"))) == [
        ("", "—", False),
        ("2", "Very good", False),
        ("1", "Bad", True),
    ]
    assert choices(control(LiteralType(values=("", 1, True)), literal(""))) == [
        ("", "—", True),
        ("1", "1", False),
        ("true", "Yes", False),
    ]
