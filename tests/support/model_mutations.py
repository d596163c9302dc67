"""What authors may change in a model: types, defaults, limits, settings, validators, bases, names."""

import ast
import random

from source_mutations import Mutation

TYPES = (
    *("int", "str", "float", "bool", "bytes", "Decimal", "date", "datetime", "time", "timedelta"),
    *("UUID", "AwareDatetime", "NaiveDatetime", "EmailStr", "HttpUrl", "IPv4Address", "JsonValue"),
    *("SecretStr", "StrictInt", "PositiveInt", "Any", "object", "complex", "None", "list", "dict"),
    *("set", "tuple", "type", "Enum", "int | None", "Optional[str]", "Union[int, str, None]"),
    *(
        "int | bool",
        "float | int",
        "str | date",
        "UUID | str",
        "Decimal | float",
        "list[int] | int",
    ),
    *('Literal["a", 1, None]', 'Literal["a"]', "Literal[True]", "Literal[b'a']", "Literal[1, '1']"),
    *(
        "list[int]",
        "set[str]",
        "frozenset[date]",
        "tuple[int, ...]",
        "tuple[()]",
        "tuple[int, str]",
    ),
    *(
        "dict[str, int]",
        "dict[int, str]",
        "dict[bool, int]",
        "dict[date, list[int]]",
        "dict[float, int]",
    ),
    *("dict[int | str, int]", "list[list[int]]", "list[dict[str, int | None]]", "set[int | str]"),
    *("Sequence[int]", "Mapping[str, int]", "list['int']", "'int'", "'list[int]'", "Final[int]"),
    *(
        "ClassVar[int]",
        "ClassVar",
        "Annotated[int, Field(ge=1)]",
        "Annotated[str, Field(max_length=3)]",
    ),
    *("Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=2)]", "Annotated[int, 5]"),
    *("Annotated[int | None, Field(gt=0)]", "Annotated[str, StringConstraints(pattern='^a')]"),
    *(
        "Annotated[str, BeforeValidator(stripped)]",
        "Annotated[list[int], AfterValidator(unsigned)]",
    ),
    *("Annotated[Annotated[int, Field(ge=1)], Field(le=3)]", "Annotated[int, Field(default=3)]"),
    *("Annotated[int, Field(default_factory=int)]", "Annotated[str, Field(alias='other')]"),
    *(
        "Annotated[Decimal, Field(max_digits=4, decimal_places=1)]",
        "Ref[int]",
        "Unknown",
        "list[T]",
        "T",
    ),
    *("Annotated[str, PlainValidator(str)]", "Annotated[timedelta, Field(ge=timedelta(0))]"),
    *(
        "Annotated[date, Field(ge=date(2026, 1, 1))]",
        "Annotated[Decimal, Field(multiple_of=Decimal('0.05'))]",
    ),
    *("Annotated[str, Field(strict=True)]", "Annotated[float, Field(allow_inf_nan=False)]"),
    *("Annotated[set[int], Field(min_length=1)]", "Annotated[dict[str, int], Field(max_length=1)]"),
    *("Annotated[bytes, Field(max_length=3)]", "Annotated[int, 'a text', Field(lt=7)]"),
)
DEFAULTS = (
    *(
        "None",
        "0",
        "1",
        "-1",
        "7",
        "1.5",
        "'a'",
        "''",
        "' a '",
        "'x' * 50",
        "True",
        "b'ab'",
        "...",
        "()",
    ),
    *(
        "[]",
        "{}",
        "set()",
        "[1, 2]",
        "['a']",
        "{'a': 1}",
        "{1}",
        "(1, 2)",
        "(1, 'a')",
        "frozenset()",
    ),
    *(
        "Decimal('1.5')",
        "Decimal('1.005')",
        "Decimal(1.1)",
        "date(2026, 1, 31)",
        "date(2026, 2, 30)",
    ),
    *("datetime(2026, 1, 31)", "timedelta(days=1)"),
    *("time(12)", "UUID(int=0)", "uuid4()", "10 ** 30", "float('nan')", "float('inf')", "1e400"),
    *(
        "2 + 3",
        "'a' 'b'",
        "-(-1)",
        "not 0",
        "[1] * 3",
        "int('7')",
        "str(1)",
        "len('abc')",
        "min(1, 2)",
    ),
    *(
        "Field()",
        "Field(...)",
        "Field(3)",
        "Field('x')",
        "Field(default=None)",
        "Field(default=[])",
    ),
    *("Field(default_factory=list)", "Field(default_factory=dict)", "Field(default_factory=str)"),
    *(
        "Field(default_factory=lambda: 3)",
        "Field(default_factory=lambda: [])",
        "Field(default_factory=int)",
    ),
    *(
        "Field(default_factory=uuid4)",
        "Field(default_factory=partial(int, '3'))",
        "Field(default_factory=3)",
    ),
    *("Field(default=1, default_factory=int)", "unknown"),
    *(
        "PrivateAttr(1)",
        "RECORD",
        "unsigned",
        "int",
        "f'{1}'",
        "[x for x in (1, 2)]",
        "'not a mail'",
        "'2026-01-31'",
    ),
)
KEYWORDS = (
    *(
        "ge=0",
        "gt=0",
        "le=5",
        "lt=5",
        "ge=5",
        "le=-1",
        "ge='a'",
        "ge=1.5",
        "multiple_of=5",
        "multiple_of=0",
    ),
    *(
        "min_length=1",
        "max_length=2",
        "min_length=3",
        "max_length=-1",
        "min_length=100",
        "max_length='a'",
    ),
    *(
        "pattern='^[a-c]+$'",
        "pattern='['",
        "pattern='(?=a)a'",
        "pattern=5",
        "max_digits=3",
        "decimal_places=1",
    ),
    *(
        "alias='other'",
        "validation_alias='read'",
        "serialization_alias='sent'",
        "alias='title'",
        "alias='a b'",
    ),
    *(
        "validation_alias=AliasChoices('one', 'two')",
        "validation_alias=AliasPath('a', 0)",
    ),
    *(
        "frozen=True",
        "exclude=True",
        "strict=True",
        "repr=False",
        "init=False",
        "kw_only=True",
        "deprecated=True",
    ),
    *(
        "validate_default=True",
        "title='A title'",
        "description='About'",
        "examples=[1]",
        "json_schema_extra={}",
    ),
    *(
        "discriminator='kind'",
        "discriminator='nothing'",
        "union_mode='left_to_right'",
        "allow_inf_nan=False",
    ),
    *(
        "coerce_numbers_to_str=True",
        "default=None",
        "default=3",
        "default_factory=int",
        "private=True",
    ),
    *(
        "write_only=True",
        "unique=True",
        "index=True",
        "primary_key=True",
        "writable=False",
        "foreign_key='film.id'",
    ),
    *(
        "now='create'",
        "server_default=3",
        "db_name='other'",
        "renamed_from='older'",
        "multiline=True",
        "unknown=1",
    ),
    *(
        "on_delete='cascade'",
        "exclude_if=bool",
        "fail_fast=True",
        "include=True",
        "min_items=1",
        "max_items=1",
    ),
)
SETTINGS = (
    *(
        "frozen=True",
        "extra='forbid'",
        "extra='allow'",
        "extra='ignore'",
        "strict=True",
        "validate_assignment=True",
    ),
    *(
        "str_strip_whitespace=True",
        "str_to_lower=True",
        "str_to_upper=True",
        "str_max_length=3",
        "str_min_length=1",
    ),
    *(
        "alias_generator=to_camel",
        "alias_generator=str.upper",
        "populate_by_name=True",
        "validate_by_name=True",
    ),
    *(
        "validate_by_alias=False",
        "serialize_by_alias=False",
        "use_enum_values=True",
        "validate_default=True",
    ),
    *(
        "allow_inf_nan=False",
        "coerce_numbers_to_str=True",
        "arbitrary_types_allowed=True",
        "ser_json_bytes='base64'",
    ),
    *(
        "ser_json_timedelta='float'",
        "from_attributes=True",
        "title='T'",
        "json_encoders={}",
        "unknown=True",
    ),
    *(
        "use_attribute_docstrings=True",
        "protected_namespaces=()",
        "revalidate_instances='always'",
        "defer_build=True",
    ),
    *(
        "val_temporal_unit='milliseconds'",
        "regex_engine='python-re'",
        "extra='other'",
        "strict='yes'",
        "crud=True",
    ),
    *(
        "label='title'",
        "order_by='-title'",
        "namespace='other'",
        "page=False",
        "ttl=5",
        "unique=[('title',)]",
    ),
    *(
        "crud={'create'}",
        "store=StateStore.SERVER_MEMORY",
        "scope=Scope.GLOBAL",
        "access=Access.AUTHENTICATED",
    ),
)
NAMES = (
    *(
        "json",
        "copy",
        "dict",
        "schema",
        "model_fields",
        "model_dump",
        "id",
        "date",
        "int",
        "str",
        "list",
        "type",
    ),
    *(
        "version",
        "state",
        "errors",
        "_private",
        "__private",
        "self",
        "cls",
        "fields",
        "validate",
        "model_extra",
    ),
    *(
        "created",
        "select",
        "order",
        "camelCase",
        "Upper",
        "a",
        "l",
        "entity",
        "work",
        "values",
        "items",
        "keys",
    ),
    *(
        "model_config",
        "Field",
        "BaseModel",
        "Decimal",
        "name",
        "title",
        "count",
        "datetime",
        "field",
        "straße",
    ),
)
MEMBERS = (
    "@field_validator('{field}')\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@field_validator('{field}', mode='before')\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return stripped(value)",
    "@field_validator('{field}', mode='plain')\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@field_validator('{field}', mode='wrap')\n@classmethod\ndef check_it(cls, value: Any, read: Any) -> Any:\n    return read(value)",
    "@field_validator('*', mode='before')\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return stripped(value)",
    "@field_validator('nothing')\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@field_validator('{field}')\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@field_validator('{field}')\n@classmethod\ndef check_it(cls, value: Any, info: Any) -> Any:\n    return value",
    "@classmethod\n@field_validator('{field}')\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@field_validator('{field}', check_fields=False)\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@field_validator\n@classmethod\ndef check_it(cls, value: Any) -> Any:\n    return value",
    "@model_validator(mode='after')\ndef check_all(self) -> Self:\n    return self",
    "@model_validator(mode='before')\n@classmethod\ndef check_all(cls, data: Any) -> Any:\n    return data",
    "@model_validator(mode='wrap')\n@classmethod\ndef check_all(cls, data: Any, read: Any) -> Any:\n    return read(data)",
    "@model_validator(mode='after')\ndef check_all(self) -> None:\n    pass",
    "@field_serializer('{field}')\ndef write_it(self, value: Any) -> str:\n    return str(value)",
    "@field_serializer('{field}', when_used='json')\ndef write_it(self, value: Any) -> int:\n    return 3",
    "@field_serializer('{field}', mode='wrap')\ndef write_it(self, value: Any, write: Any) -> Any:\n    return write(value)",
    "@field_serializer('nothing')\ndef write_it(self, value: Any) -> str:\n    return str(value)",
    "@model_serializer\ndef write_all(self) -> dict[str, Any]:\n    return {{'a': 1}}",
    "@model_serializer(mode='wrap')\ndef write_all(self, write: Any) -> dict[str, Any]:\n    return write(self)",
    "@computed_field\n@property\ndef worked_out(self) -> int:\n    return 3",
    "@computed_field\ndef worked_out(self) -> str:\n    return 'a'",
    "@computed_field(alias='workedOut')\n@property\ndef worked_out(self) -> int:\n    return 3",
    "@computed_field\n@property\ndef {field}(self) -> int:\n    return 3",
    "@property\ndef {field}(self) -> int:\n    return 3",
    "def {field}(self) -> int:\n    return 3",
    "def model_post_init(self, context: Any) -> None:\n    pass",
    "def model_post_init(self, context: Any) -> None:\n    self.{field} = None",
    "def __init__(self, **values: Any) -> None:\n    super().__init__(**values)",
    "def __eq__(self, other: object) -> bool:\n    return True",
    "def __setattr__(self, name: str, value: Any) -> None:\n    super().__setattr__(name, value)",
    "def __getattr__(self, name: str) -> Any:\n    raise AttributeError(name)",
    "def __hash__(self) -> int:\n    return 1",
    "def __str__(self) -> str:\n    return 'a'",
    "def __iter__(self) -> Any:\n    yield 1",
    "def __len__(self) -> int:\n    return 0",
    "def __bool__(self) -> bool:\n    return False",
    "def __init_subclass__(cls, **options: Any) -> None:\n    pass",
    "def __new__(cls, **values: Any) -> Any:\n    return super().__new__(cls)",
    "@classmethod\ndef __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:\n    return handler(source)",
    "@classmethod\ndef __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:\n    return handler(schema)",
    "@classmethod\ndef model_validate_json(cls, *given: Any, **named: Any) -> Any:\n    return super().model_validate_json(*given, **named)",
    "def model_dump(self, **options: Any) -> Any:\n    return {{}}",
    "__slots__ = ('a',)",
    "__hash__ = None",
    "{field} = 3",
    "{field}: int",
    "{field}: ClassVar[int] = 3",
    "{field} = Field(default=3)",
    "class Inner(BaseModel):\n    a: int = 0",
    "if True:\n    added: int = 3",
    "added, other = 1, 2",
    "added: int = 3; added = 4",
    "_seen: int = 0",
    "_seen = 3",
    "added = 3",
    "added: 'int' = 3",
    "'''About the field above.'''",
    "class Config:\n    frozen = True",
    "__table_args__ = ()",
    "@event\ndef change(self, {field}: int = 0) -> None:\n    self.{field} = {field}",
    "@event\ndef change(self, value: list[int] = [], other: Decimal = Decimal(1)) -> None:\n    pass",
    "@staticmethod\ndef helper() -> int:\n    return 3",
    "@partial\ndef helper(self) -> int:\n    return 3",
)
BASES = (
    *(
        "BaseModel",
        "Entity",
        "Generic[T]",
        "object",
        "dict",
        "str",
        "int",
        "Enum",
        "NamedTuple",
        "TypedDict",
    ),
    *(
        "Exception",
        "RootModel[int]",
        "RootModel[list[int]]",
        "Flag",
        "IntEnum",
        "Mapping[str, int]",
        "Unknown",
    ),
    *(
        "frozen=True",
        "extra='forbid'",
        "table=True",
        "total=False",
        "strict=True",
        "title='T'",
        "metaclass=type",
    ),
)
STATEMENTS = (
    "{cls}.extra = 3",
    "{cls} = {cls}",
    "{cls} = int",
    "class {cls}(BaseModel):\n    a: int = 0",
    "class Sub{cls}({cls}):\n    pass",
    "class Sub{cls}({cls}):\n    added: int = 3",
    "if False:\n    class {cls}(BaseModel):\n        a: int = 0",
    "try:\n    import ujson\nexcept ImportError:\n    ujson = None",
    "int = str",
    "Decimal = float",
    "def Field(*given: Any, **named: Any) -> Any:\n    return None",
    "def stripped(value: Any) -> Any:\n    return 3",
    "T = TypeVar('T', bound=int)",
    "Entity = BaseModel",
    "Name = str",
    "from .nowhere import thing",
    "from pydantic import *",
    "from typing import *",
    "Alias = {cls}",
    "assert {cls}",
    "def later() -> None:\n    global {cls}\n    {cls} = int",
    "{cls}.model_config = {{'strict': True}}",
    "{cls}.__annotations__['added'] = int",
    "setattr({cls}, 'model_config', {{'extra': 'forbid'}})",
    "if True:\n    {cls} = int",
    "for each in ({cls},):\n    each.__doc__ = 'changed'",
    "getattr({cls}, 'model_rebuild', str)()",
)
DECORATORS = (
    "dataclass",
    "dataclass(frozen=True)",
    "unsigned",
    "partial",
    "event",
    "final",
    "staticmethod",
)
ENUM_MEMBERS = (
    *(
        "ADDED = 1",
        "ADDED = 'a'",
        "ADDED = auto()",
        "ADDED = None",
        "ADDED = (1, 2)",
        "ADDED = 1.5",
        "G = 'G'",
    ),
    *(
        "LOW = 7",
        "ADDED = 'mail'",
        "ADDED: int = 3",
        "_ignore_ = ['a']",
        "name = 1",
        "mro = 2",
        "_x = 3",
        "ADDED = 4 | 8",
    ),
    "@classmethod\ndef _missing_(cls, value: object) -> Any:\n    return list(cls)[0]",
    "@property\ndef value(self) -> Any:\n    return 3",
    "def __str__(self) -> str:\n    return 'a'",
    "def __init__(self, *given: Any) -> None:\n    pass",
    "def __new__(cls, value: Any) -> Any:\n    made = object.__new__(cls)\n    made._value_ = 3\n    return made",
)


def change_type(tree: ast.Module, random: random.Random) -> None:
    """Write another type, or one around it."""
    node = random.choice(_fields(tree))
    written = ast.unparse(node.annotation)
    if random.random() < 0.5:
        node.annotation = _expression(random.choice(TYPES))
        return
    around = ("list[{}]", "set[{}]", "dict[str, {}]", "{} | None", "Optional[{}]", "tuple[{}, ...]")
    around += (
        "Annotated[{}, Field(max_length=2)]",
        "Annotated[{}, Field(ge=0)]",
        "{} | int",
        "{} | str",
    )
    around += (
        "tuple[{}, int]",
        "frozenset[{}]",
        "Final[{}]",
        "Annotated[{}, BeforeValidator(stripped)]",
    )
    around += (
        "dict[{}, int]",
        "list[{} | None]",
        "Box[{}]",
        "Annotated[{}, Field(strict=True)]",
        "type[{}]",
    )
    node.annotation = _expression(random.choice(around).format(written))


def change_default(tree: ast.Module, random: random.Random) -> None:
    """Write another default, or none."""
    node = random.choice(_fields(tree))
    node.value = None if random.random() < 0.1 else _expression(random.choice(DEFAULTS))


def change_type_and_default(tree: ast.Module, random: random.Random) -> None:
    """Write another type with some default."""
    node = random.choice(_fields(tree))
    node.annotation = _expression(random.choice(TYPES))
    node.value = None if random.random() < 0.3 else _expression(random.choice(DEFAULTS))


def make_optional(tree: ast.Module, random: random.Random) -> None:
    """Write another type, or none with `None` as its default: what most fields are."""
    node = random.choice(_fields(tree))
    node.annotation = _expression(f"{random.choice(TYPES)} | None".replace("None | None", "None"))
    node.value = _expression("None")


def add_keyword(tree: ast.Module, random: random.Random) -> None:
    """Say one thing more of a field."""
    node = random.choice(_fields(tree))
    keyword = _expression(f"f({random.choice(KEYWORDS)})")
    assert isinstance(keyword, ast.Call)
    if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "Field":
        node.value.keywords.append(keyword.keywords[0])
    elif random.random() < 0.7 and node.value is not None:
        call = _expression("Field()")
        assert isinstance(call, ast.Call)
        call.keywords = [ast.keyword("default", node.value), keyword.keywords[0]]
        node.value = call
    else:
        written = f"Annotated[{ast.unparse(node.annotation)}, Field({ast.unparse(keyword)[2:-1]})]"
        node.annotation = _expression(written)


def add_setting(tree: ast.Module, random: random.Random) -> None:
    """Say one thing more of a model."""
    node = random.choice(_models(tree))
    keyword = _expression(f"f({random.choice(SETTINGS)})")
    assert isinstance(keyword, ast.Call)
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            names = [each.arg for each in statement.value.keywords]
            if keyword.keywords[0].arg in names:
                statement.value.keywords[names.index(keyword.keywords[0].arg)] = keyword.keywords[0]
            else:
                statement.value.keywords.append(keyword.keywords[0])
            return
    added = ast.parse(f"model_config = ConfigDict({ast.unparse(keyword)[2:-1]})").body
    node.body[0:0] = added


def add_member(tree: ast.Module, random: random.Random) -> None:
    """Write a validator, a serializer or a special method into a class."""
    node = random.choice(_models(tree))
    fields = [each.target.id for each in _fields_of(node) if isinstance(each.target, ast.Name)]
    text = random.choice(MEMBERS).format(field=random.choice(fields))
    place = len(node.body) if random.random() < 0.7 else random.randrange(len(node.body) + 1)
    node.body[place:place] = ast.parse(text).body


def add_statement(tree: ast.Module, random: random.Random) -> None:
    """Do something to a class, or to a name, in the module."""
    node = random.choice(_classes(tree))
    text = random.choice(STATEMENTS).format(cls=node.name)
    place = tree.body.index(node) + random.choice((0, 1, 1, 1, 2))
    tree.body[place:place] = ast.parse(text).body


def rename_field(tree: ast.Module, random: random.Random) -> None:
    """Call a field as something else is called."""
    node = random.choice(_fields(tree))
    assert isinstance(node.target, ast.Name)
    node.target.id = random.choice(NAMES)


def add_base(tree: ast.Module, random: random.Random) -> None:
    """Add or replace a base, or an argument of a class."""
    node = random.choice(_classes(tree))
    text = random.choice((*BASES, *[each.name for each in _classes(tree)]))
    call = _expression(f"f({text})")
    assert isinstance(call, ast.Call)
    node.keywords += call.keywords
    if not call.args:
        return
    if random.random() < 0.4 and node.bases:
        node.bases[random.randrange(len(node.bases))] = call.args[0]
    else:
        node.bases.insert(random.randrange(len(node.bases) + 1), call.args[0])


def decorate(tree: ast.Module, random: random.Random) -> None:
    """Decorate a class."""
    node = random.choice(_classes(tree))
    node.decorator_list.append(_expression(random.choice(DECORATORS)))


def change_enum(tree: ast.Module, random: random.Random) -> None:
    """Write another member into an enum."""
    enums = [
        node
        for node in _classes(tree)
        if any(ast.unparse(base).endswith(("Enum", "Flag")) for base in node.bases)
    ]
    node = random.choice(enums)
    place = random.randrange(len(node.body) + 1)
    node.body[place:place] = ast.parse(random.choice(ENUM_MEMBERS)).body


def change_parameter(tree: ast.Module, random: random.Random) -> None:
    """Write another type or default of a parameter of an event."""
    functions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(each).startswith("event") for each in node.decorator_list)
    ]
    arguments = random.choice(functions).args
    place = random.randrange(1, len(arguments.args))
    if random.random() < 0.6:
        arguments.args[place].annotation = _expression(random.choice(TYPES))
    if random.random() < 0.6:
        arguments.defaults[place - 1] = _expression(random.choice(DEFAULTS))


def move_class(tree: ast.Module, random: random.Random) -> None:
    """Move a class elsewhere in its module."""
    node = random.choice(_classes(tree))
    tree.body.remove(node)
    first = next(number for number, each in enumerate(tree.body) if isinstance(each, ast.ClassDef))
    tree.body.insert(random.randrange(first, len(tree.body) + 1), node)


MODEL_MUTATIONS: tuple[Mutation, ...] = (
    change_type,
    change_default,
    change_type_and_default,
    make_optional,
    add_keyword,
    add_setting,
    add_member,
    add_statement,
    rename_field,
    add_base,
    decorate,
    change_enum,
    change_parameter,
    move_class,
)


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def _models(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in _classes(tree) if _fields_of(node)]


def _fields(tree: ast.Module) -> list[ast.AnnAssign]:
    return [each for node in _classes(tree) for each in _fields_of(node)]


def _fields_of(node: ast.ClassDef) -> list[ast.AnnAssign]:
    return [each for each in node.body if isinstance(each, ast.AnnAssign)]
