"""All that pydantic and SQLModel can be told about a model is done, or refused where it stands."""

import inspect
from pathlib import Path

import pydantic
import pytest
import sqlmodel
from linked_project import Linked, link_sources
from support_table import TABLES, table_lines

from starmodel.domain.field import FieldOptions
from starmodel_generator.linking.types.known_types import (
    CONSTRAINED,
    CONSTRAINED_CALLS,
    REFUSED,
    SCALARS,
)
from starmodel_generator.linking.types.pydantic_support import (
    CONFIG_KEYS,
    DECORATORS,
    FIELD_ARGUMENTS,
    METADATA,
)
from starmodel_schemas import AnyType

ROOT = Path(__file__).parents[3]
HEAD = """
import annotated_types
import pydantic
import sqlmodel
import warnings
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from pydantic import *
from starmodel import *

SQL = {"store": StateStore.SERVER_SQL, "access": Access.PUBLIC, "crud": True}
"""


def arguments_of(function: object) -> set[str]:
    """The names of what a function takes, but for `**extra`."""
    assert callable(function)
    parameters = inspect.signature(function).parameters.values()
    return {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}


def test_each_argument_of_field_is_in_the_table() -> None:
    assert arguments_of(pydantic.Field) | arguments_of(sqlmodel.Field) <= {*FIELD_ARGUMENTS}
    assert {*FieldOptions.__annotations__} <= {*FIELD_ARGUMENTS}


def test_each_key_of_the_configuration_is_in_the_table() -> None:
    sqlmodels = inspect.get_annotations(vars(sqlmodel.main)["SQLModelConfig"])
    assert {*pydantic.ConfigDict.__annotations__, *sqlmodels} <= {*CONFIG_KEYS}


def test_whatever_of_pydantics_changes_a_value_is_in_the_table() -> None:
    """Pydantic asks whatever has `__get_pydantic_core_schema__` what a value is to be."""
    known = {*METADATA, *REFUSED, *SCALARS, *CONSTRAINED, *CONSTRAINED_CALLS}
    found = {
        f"pydantic.{name}"
        for name in pydantic.__all__
        if hasattr(getattr(pydantic, name, None), "__get_pydantic_core_schema__")
    }
    models = {"pydantic.BaseModel", "pydantic.RootModel"}
    rest = found - known - models
    # Any other is refused as a type from outside the project.
    assert {name for name in rest if not name.endswith(("Dsn", "Url"))} == set()
    decorators = {
        *("computed_field", "field_serializer", "field_validator", "model_serializer"),
        *("model_validator", "root_validator", "validate_call", "validator"),
    }
    assert {f"pydantic.{name}" for name in decorators} == {*DECORATORS}


def test_the_documentation_has_the_tables() -> None:
    text = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    for heading, table in TABLES.items():
        assert "\n".join(table_lines(heading, table)) in text


def of_entity(body: str, *, config: str = "", head: str = "", bases: str = "Entity") -> Linked:
    return _model(f"class Note({bases}):", body, f"EntityConfig(**SQL, {config})", head)


def of_object(body: str, *, config: str = "") -> Linked:
    note = "\nclass Note(Entity):\n    part: Part | None = None\n"
    return _model("class Part(BaseModel):", body, f"ConfigDict({config})", "", note)


def _model(start: str, body: str, config: str, head: str, after: str = "") -> Linked:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return link_sources(f"{HEAD}{head}\n{start}\n    model_config = {config}\n{lines}{after}")


SERIALIZERS = [
    "n: int = 0\n@field_serializer('n')\ndef f(self, n): ...",
    "n: int = 0\n@pydantic.field_serializer('n', mode='wrap')\ndef f(self, n, handler): ...",
    "n: int = 0\n@model_serializer\ndef f(self): ...",
    "n: int = 0\n_f = field_serializer('n')(str)",
    "n: int = 0\n_f = model_serializer(vars)",
    "n: int = 0\n@pydantic.functional_serializers.model_serializer(mode='wrap')\ndef f(self, h): ...",
    "n: Annotated[int, PlainSerializer(str)] = 0",
    "n: list[Annotated[int, WrapSerializer(str)]] = []",
    "n: Annotated[int, PlainSerializer(str)] | None = None",
    "n: Annotated[int, SerializeAsAny()] = 0",
    "n: int = Field(0, exclude_if=bool)",
    "@computed_field(exclude_if=bool)\n@property\ndef n(self) -> int: ...",
    "@computed_field\n@property\ndef n(self) -> Annotated[int, PlainSerializer(str)]: ...",
]


OF_ENTITIES = [
    SERIALIZERS[0],
    SERIALIZERS[1],
    *[body for body in SERIALIZERS if body[:2] == "n:" and "Serializer(" in body],
]


@pytest.mark.parametrize("body", SERIALIZERS)
def test_serializers_are_refused(body: str) -> None:
    assert set(of_object(body).codes) == {"SM220"}
    if body not in OF_ENTITIES:
        assert set(of_entity(body).codes) == {"SM220"}


@pytest.mark.parametrize("body", OF_ENTITIES)
def test_serializers_of_fields_of_an_entity_are_done(body: str) -> None:
    linked = of_entity(body)
    assert linked.codes == []
    assert linked.field("Note", "n").sent == AnyType()


READ_BY_CLASS = [
    "n: Annotated[int, BeforeValidator(str)] = 0",
    "n: Annotated[int, BeforeValidator(lambda v: v)] = 0",
    "n: Annotated[str, PlainValidator(str)] = ''",
    "n: list[Annotated[int, WrapValidator(f)]] = []",
    "n: Annotated[int, READ] | None = None",
    "n: Money = 0",
    "n: dict[str, Money] = {}",
    "n: int = 0\n@field_validator('n', mode='before')\ndef f(cls, n): return 1",
    "n: int = 0\n@field_validator('n', mode='before')\n@staticmethod\ndef f(n): return 1",
    "n: int = 0\n@field_validator('*', mode='wrap')\n@classmethod\ndef f(cls, n, h): return 1",
    "n: str = Field('', coerce_numbers_to_str=True)",
    "n: int | str = Field(0, union_mode='left_to_right')",
]


@pytest.mark.parametrize("body", READ_BY_CLASS)
def test_validators_of_a_field_are_run_where_crud_reads_it(body: str) -> None:
    head = "READ = BeforeValidator(str)\nMoney = Annotated[int, READ]\ndef f(v, h): return h(v)"
    linked = of_entity(body, head=head)
    assert linked.codes == []
    (entity,) = linked.app.entities
    for event in entity.events[:2]:
        assert event.parameters[0].is_read_by_class


READERS = [
    (
        "n: int = 0\n_f = field_validator('n', mode='plain')(str)",
        "field_validator('n', mode='plain')(str)",
    ),
    ("n: Annotated[int, BeforeValidator(f)] = 0", "Annotated[int, BeforeValidator(f)]"),
    (
        "n: Annotated[int, BeforeValidator(lambda v, info: v)] = 0",
        "Annotated[int, BeforeValidator(lambda v, info: v)]",
    ),
    (
        "n: int = 0\n@field_validator('n', mode='before')\ndef f(cls, n, info): return 1",
        "field_validator('n', mode='before')",
    ),
    (
        "n: int = 0\n@field_validator('n', mode='wrap')\ndef f(cls, n, h, info): return 1",
        "field_validator('n', mode='wrap')",
    ),
    (
        "n: int = 0\n@model_validator(mode='before')\n@classmethod\ndef f(cls, data): return 1",
        "model_validator(mode='before')",
    ),
    (
        "n: int = 0\n@model_validator(mode='wrap')\ndef f(cls, data, h): return 1",
        "model_validator(mode='wrap')",
    ),
]


@pytest.mark.parametrize(("body", "at"), READERS)
def test_what_reads_input_is_refused_where_crud_reads_it_first(body: str, at: str) -> None:
    head = "READ = BeforeValidator(str)\nMoney = Annotated[int, READ]\ndef f(v, h): return h(v)"
    linked = of_entity(body, head=head)
    assert linked.codes == ["SM221"]
    assert linked.pointed("SM221") == at
    # It is pydantic that reads what an event of the author's makes, and value objects.
    plain = of_entity(body, head=f"{head}\nSQL = {{}}")
    assert plain.codes == []
    unread = of_entity(body, head=f"{head}\nSQL['crud'] = 0", config="crud={'delete'}")
    assert unread.codes == []


def test_what_reads_input_of_a_mixin_counts_as_well_until_it_is_defined_anew() -> None:
    mixin = "class Mixin:\n    @field_validator('n', mode='before', check_fields=False)\n"
    mixin += "    def f(cls, n, info): return 1"
    assert of_entity("n: int = 0", head=mixin, bases="Mixin, Entity").codes == ["SM221"]
    own = "n: int = 0\n@field_validator('n')\ndef f(cls, n): return 1"
    assert of_entity(own, head=mixin, bases="Mixin, Entity").codes == []


@pytest.mark.parametrize(
    ("config", "at"),
    [
        ("coerce_numbers_to_str=True", "coerce_numbers_to_str"),
        ("val_temporal_unit='seconds'", "val_temporal_unit"),
        ("regex_engine='python-re'", "regex_engine"),
    ],
)
def test_configuration_that_reads_input(config: str, at: str) -> None:
    linked = of_entity("n: int = 0", config=config)
    assert linked.codes == ["SM221"]
    assert linked.pointed("SM221") == at
    assert of_object("n: int = 0", config=config).codes == []


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ("extra='allow'", "SM223"),
        ("use_enum_values=True", "SM223"),
        ("val_json_bytes='hex'", "SM223"),
        ("json_encoders={int: str}", "SM220"),
        ("ser_json_bytes='hex'", "SM220"),
        ("ser_json_inf_nan='strings'", "SM220"),
        ("ser_json_timedelta='iso8601'", "SM220"),
        ("ser_json_temporal='seconds'", "SM220"),
        ("polymorphic_serialization=True", "SM220"),
        ("registry=1", "SM224"),
        ("alias_generator=str.upper", "SM209"),
        ("no_such_key=1", "SM111"),
    ],
)
def test_configuration_that_is_refused(config: str, code: str) -> None:
    key = config.partition("=")[0]
    for linked in (of_entity("n: int = 0", config=config), of_object("n: int = 0", config=config)):
        assert code in linked.codes
        assert linked.pointed(code) == key


@pytest.mark.parametrize(
    "config",
    [
        *(
            "extra='ignore'",
            "extra='forbid'",
            "strict=False",
            "use_enum_values=False",
            "ser_json_bytes='base64'",
        ),
        *("json_encoders={}", "ser_json_inf_nan='null'", "ser_json_timedelta='float'"),
        *("str_strip_whitespace=True", "validate_assignment=True", "hide_input_in_errors=True"),
    ],
)
def test_configuration_that_says_what_is_done_anyway(config: str) -> None:
    assert of_entity("n: int = 0", config=config).codes == []
    assert of_object("n: int = 0", config=config).codes == []


def test_options_of_entities_mean_nothing_to_a_value_object() -> None:
    assert of_object("n: int = 0", config="ttl=3").codes == ["SM111"]


def test_keywords_of_a_class_are_options_as_well() -> None:
    linked = link_sources(f"{HEAD}\nclass Note(Entity, extra='allow', bogus=1): ...")
    assert linked.codes == ["SM223", "SM111"]
    assert linked.pointed("SM223") == "extra"
    assert linked.pointed("SM111") == "bogus"
    hook = "class Plugged:\n    def __init_subclass__(cls, **options): ...\n"
    assert link_sources(f"{HEAD}{hook}class Note(Plugged, Entity, bogus=1): ...").codes == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("n: Annotated[int, SkipValidation] = 0", "SM223"),
        ("n: Annotated[int, SkipValidation()] = 0", "SM223"),
        ("n: SkipValidation[int] = 0", "SM202"),
        ("n: Annotated[int, InstanceOf()] = 0", "SM223"),
        ("n: Annotated[int, GetPydanticSchema(str)] = 0", "SM223"),
        ("n: Annotated[bytes, EncodedBytes(Base64Encoder)] = b''", "SM223"),
        ("n: Base64Bytes = b''", "SM202"),
        ("n: Json[list[int]] = []", "SM202"),
        ("n: Secret[int] = 0", "SM202"),
        ("n: Annotated[int, pydantic.experimental.pipeline.validate_as(int)] = 0", "SM226"),
        ("n: Annotated[int, *(1, 2)] = 0", "SM226"),
        ("n: Annotated[int, pick(1)] = 0", "SM226"),
        ("n: int = 0\n@validator('n', pre=True)\ndef f(cls, n): return 1", "SM223"),
        ("n: int = 0\n@root_validator(pre=True)\ndef f(cls, data): return 1", "SM223"),
        ("@classmethod\ndef __get_pydantic_core_schema__(cls, source, handler): ...", "SM223"),
        ("class Config:\n    extra = 'allow'", "SM223"),
        ("n: str = sqlmodel.Field('', regex='^a')", "SM223"),
        ("n: str = sqlmodel.Field('', const=True)", "SM223"),
        ("n: int = sqlmodel.Field(0, sa_column=Column())", "SM224"),
        ("n: int = sqlmodel.Field(0, sa_type=BigInteger)", "SM224"),
        ("n: int = sqlmodel.Field(0, sa_column_kwargs={'comment': '1'})", "SM224"),
        ("n: int = sqlmodel.Field(0, sa_column_args=[Check()])", "SM224"),
        ("n: int = sqlmodel.Field(0, schema_extra={'examples': [1]})", "SM224"),
        ("n: int = sqlmodel.Field(0, nullable=True)", "SM224"),
        ("n: int | None = sqlmodel.Field(None, nullable=False)", "SM224"),
        ("__table_args__ = {'schema': 'office'}", "SM224"),
        ("__mapper_args__ = {}", "SM224"),
        ("n: int = Field(0, deprecated=True)", "SM223"),
        ("n: Annotated[int, warnings.deprecated('old')] = 0", "SM223"),
        ("@computed_field(deprecated='old')\n@property\ndef n(self) -> int: ...", "SM223"),
        ("def f(self) -> int: ...\nn = computed_field(property(f))", "SM208"),
        ("n: int = Field(0, no_such_option=1)", "SM211"),
        ("@computed_field(no_such_option=1)\n@property\ndef n(self) -> int: ...", "SM211"),
    ],
)
def test_what_is_refused_anywhere(body: str, code: str) -> None:
    head = "def pick(value): ..."
    # Names like `Column` are not imported, which is another mistake.
    assert set(of_entity(body, head=head).codes) - {"SM107", "SM130"} == {code}
    assert code in of_object(body).codes


def test_the_options_of_a_table_of_djangos() -> None:
    body = "class Meta:\n    ordering = ['name']"
    assert of_entity(body).codes == ["SM223"]
    assert of_object(body).codes == []


@pytest.mark.parametrize(
    "body",
    [
        "n: Annotated[int, FailFast(), WithJsonSchema({}), 'words', 3] = 0",
        "n: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True)] = ''",
        "n: constr(to_lower=True) = ''",
        "n: Annotated[int, AfterValidator(abs), annotated_types.Predicate(bool)] = 0",
        "n: Annotated[float, AllowInfNan(False)] = 0",
        "n: int = Field(0, repr=False, init=False, kw_only=True, deprecated=False, examples=[1])",
        "n: int | str = Field(0, exclude_if=None, alias=None, union_mode='smart')",
        "n: int = Field(0, serialization_alias='m', json_schema_extra={'a': 1})",
        "n: int = sqlmodel.Field(0, sa_column_args=[], nullable=False, allow_mutation=True)",
        "n: int = 0\n@field_validator('n')\ndef f(cls, n): return 1",
        "n: int = 0\n@model_validator(mode='after')\ndef f(self): return 1",
        "n: int = 0\nf = field_validator('n', mode='after')(abs)",
        "@computed_field(alias='m', repr=False)\n@property\ndef n(self) -> int: ...",
        "__tablename__ = 'note'",
    ],
)
def test_what_is_done_or_changes_nothing(body: str) -> None:
    assert of_entity(body).codes == []


def test_options_of_a_named_field_are_read() -> None:
    head = "NAME = Field(max_length=3, frozen=True)"
    linked = of_entity("n: str = NAME\nm: int = 0", head=head)
    field = linked.field("Note", "n")
    assert (field.constraints.max_length, field.frozen, field.default.kind) == (3, True, "required")


ALIASES = {
    "n_o: int = Field(0, alias='m')": ("m", "m"),
    "n_o: int = Field(0, validation_alias='m')": (None, "m"),
    "n_o: int = Field(0, serialization_alias='m')": ("m", None),
    "n_o: int = Field(0, alias='m', serialization_alias='n_o')": (None, "m"),
    "n_o: int = Field(0, validation_alias=AliasChoices(AliasPath('a', 0), 'm', 'o'))": (None, "m"),
    "n_o: int = Field(0, validation_alias=AliasPath('m'))": (None, "m"),
    "n_o: Annotated[int, Field(alias='m')] = 0": ("m", "m"),
    "model_config = CONFIG | {'alias_generator': to_camel}\nn_o: int = 0": ("nO", "nO"),
    "model_config = CONFIG | {'alias_generator': to_pascal}\nn_o: int = Field(0, alias='m')": (
        "m",
        "m",
    ),
    "model_config = CONFIG | {'alias_generator': to_camel}\n"
    "n_o: int = Field(0, alias='m', alias_priority=1)": ("nO", "nO"),
    "model_config = CONFIG | {'alias_generator': AliasGenerator(serialization_alias=to_pascal)}\n"
    "n_o: int = 0": ("NO", None),
    "model_config = CONFIG | {'validate_by_alias': False, 'validate_by_name': True}\n"
    "n_o: int = Field(0, alias='m')": ("m", None),
    "model_config = CONFIG | {'serialize_by_alias': False}\nn_o: int = Field(0, alias='m')": (
        None,
        "m",
    ),
}


@pytest.mark.parametrize(("body", "aliases"), ALIASES.items(), ids=range(len(ALIASES)))
def test_aliases_are_those_of_pydantic(body: str, aliases: tuple[str | None, str | None]) -> None:
    names = "AliasChoices, AliasGenerator, AliasPath"
    head = (
        f"from pydantic import {names}\nfrom pydantic.alias_generators import to_camel, to_pascal"
    )
    config, _, field = body.rpartition("\n")
    options = config.partition("| ")[2]
    linked = of_entity(field, config=f"**{options}" if options else "", head=head)
    found = linked.field("Note", "n_o")
    assert (found.sent_as, found.read_as) == aliases


@pytest.mark.parametrize(
    "written",
    [
        "alias=name()",
        "validation_alias=AliasPath('a', 'b')",
        "validation_alias=AliasChoices(AliasPath('a', 1))",
        "validation_alias=AliasChoices(*NAMES)",
    ],
)
def test_aliases_that_are_refused(written: str) -> None:
    head = "from pydantic import AliasChoices, AliasPath\nNAMES = ('a',)\ndef name(): ..."
    assert of_entity(f"n: int = Field(0, {written})", head=head).codes == ["SM209"]
    if "'b'" in written or "1" in written:
        body = f"n: int = Field(0, {written})"
        assert of_entity(body, head=head, config="populate_by_name=True").codes == []


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("Annotated[int, BeforeValidator(lambda v, info: v)]", "SM221"),
        ("Annotated[int, Field(alias='m')]", "SM221"),
        ("Annotated[int, Field(default_factory=int)]", "SM204"),
        ("Annotated[int, PlainSerializer(str)]", "SM220"),
        ("Annotated[int, SkipValidation]", "SM223"),
    ],
)
def test_parameters_of_events(parameter: str, code: str) -> None:
    body = f"@event\ndef set(self, n: {parameter}) -> None: ..."
    assert of_entity(body).codes == [code]


@pytest.mark.parametrize(
    "parameter",
    [
        "Annotated[int, BeforeValidator(str)]",
        "list[Annotated[int, AfterValidator(abs)]]",
        "Annotated[str, Field(coerce_numbers_to_str=True)]",
    ],
)
def test_validators_of_parameters_are_run(parameter: str) -> None:
    linked = of_entity(f"@event\ndef set(self, n: {parameter}) -> None: ...")
    assert linked.codes == []
    event = next(each for each in linked.app.entities[0].events if each.name == "set")
    assert event.parameters[0].is_read_by_class


def test_what_an_event_gives() -> None:
    body = "@event\ndef give(self) -> Annotated[int, PlainSerializer(str)]: ..."
    assert of_entity(body).codes == ["SM220"]


def test_a_frozen_field_is_given_once() -> None:
    linked = of_entity("n: int = Field(0, frozen=True)\nm: int = 0")
    taken = {
        each.name: [parameter.name for parameter in each.parameters]
        for each in linked.entity("Note").events
    }
    assert taken == {"create": ["n", "m"], "update": ["m", "version"], "delete": []}


def test_private_attributes_of_value_objects_and_what_they_may_be() -> None:
    assert of_object("_seen: int = 0").codes == ["SM222"]
    assert of_object("_seen: list[int] = PrivateAttr(default_factory=list)").codes == ["SM222"]
    made = "_area: int = 0\ndef model_post_init(self, context):\n    self._area = 1"
    assert of_object(made).codes == []
    assert of_object("_LIMIT: ClassVar[int] = 3\ndef _help(self): ...").codes == []
    assert of_entity("_log: list[int] = []\ndef add(self):\n    self._log.append(1)").codes == [
        "SM222"
    ]
    assert of_entity("_limit = 3").codes == []


def test_where_all_is_frozen_there_is_nothing_to_update() -> None:
    linked = of_entity("n: int = Field(0, frozen=True)\nm: int = Field(0, private=True)")
    assert linked.codes == ["SM225"]
