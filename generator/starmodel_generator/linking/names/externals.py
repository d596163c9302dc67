"""The names from outside the project that linking knows, each under one name.

Nothing is imported to find out: a library spells one thing in several ways (`typing.List` and
`list`, `pydantic.fields.Field` and `pydantic.Field`), and these tables say which are the same.
"""

STARMODEL_NAMES = frozenset(
    {
        "ANONYMOUS",
        "Access",
        "Actor",
        "BaseTable",
        "CommandRecord",
        "Entity",
        "EntityConfig",
        "EntityPersistenceBackend",
        "EventBus",
        "Field",
        "InProcessBus",
        "Many",
        "MemoryRepo",
        "One",
        "PersistenceManager",
        "Ref",
        "Refused",
        "Request",
        "SQLModelBackend",
        "Scope",
        "StateStore",
        "UnitOfWork",
        "event",
    }
)
"""What `from starmodel import *` binds."""

_TYPING_NAMES = frozenset(
    {
        "AbstractSet",
        "Annotated",
        "Any",
        "AnyStr",
        "AsyncGenerator",
        "AsyncIterable",
        "AsyncIterator",
        "Awaitable",
        "Callable",
        "ClassVar",
        "Collection",
        "Coroutine",
        "DefaultDict",
        "Deque",
        "Dict",
        "Final",
        "FrozenSet",
        "Generator",
        "Generic",
        "Iterable",
        "Iterator",
        "List",
        "Literal",
        "LiteralString",
        "Mapping",
        "MutableMapping",
        "MutableSequence",
        "MutableSet",
        "NamedTuple",
        "Never",
        "NewType",
        "NoReturn",
        "NotRequired",
        "Optional",
        "OrderedDict",
        "ParamSpec",
        "Protocol",
        "Required",
        "Self",
        "Sequence",
        "Set",
        "Text",
        "Tuple",
        "Type",
        "TypeAlias",
        "TypeVar",
        "TypedDict",
        "Union",
        "cast",
        "final",
        "overload",
        "override",
        "runtime_checkable",
    }
)

_ENUM_NAMES = frozenset({"Enum", "Flag", "IntEnum", "IntFlag", "StrEnum", "auto", "unique"})
_DATETIME_NAMES = frozenset({"UTC", "date", "datetime", "time", "timedelta", "timezone", "tzinfo"})
_PYDANTIC_NAMES = frozenset(
    {
        "AfterValidator",
        "AliasChoices",
        "AliasGenerator",
        "AliasPath",
        "AllowInfNan",
        "AnyHttpUrl",
        "AnyUrl",
        "AwareDatetime",
        "Base64Bytes",
        "Base64Str",
        "Base64UrlBytes",
        "Base64UrlStr",
        "BaseModel",
        "BeforeValidator",
        "ByteSize",
        "ConfigDict",
        "DirectoryPath",
        "Discriminator",
        "EmailStr",
        "EncodedBytes",
        "EncodedStr",
        "FailFast",
        "Field",
        "FilePath",
        "FiniteFloat",
        "FutureDate",
        "FutureDatetime",
        "GetPydanticSchema",
        "HttpUrl",
        "IPvAnyAddress",
        "ImportString",
        "InstanceOf",
        "Json",
        "JsonValue",
        "NaiveDatetime",
        "NameEmail",
        "NegativeFloat",
        "NegativeInt",
        "NonNegativeFloat",
        "NonNegativeInt",
        "NonPositiveFloat",
        "NonPositiveInt",
        "OnErrorOmit",
        "PastDate",
        "PastDatetime",
        "PlainSerializer",
        "PlainValidator",
        "PositiveFloat",
        "PositiveInt",
        "PrivateAttr",
        "RootModel",
        "Secret",
        "SecretBytes",
        "SecretStr",
        "SerializeAsAny",
        "SkipValidation",
        "Strict",
        "StrictBool",
        "StrictBytes",
        "StrictFloat",
        "StrictInt",
        "StrictStr",
        "StringConstraints",
        "Tag",
        "UUID1",
        "UUID3",
        "UUID4",
        "UUID5",
        "UUID6",
        "UUID7",
        "UUID8",
        "UrlConstraints",
        "ValidateAs",
        "WithJsonSchema",
        "WrapSerializer",
        "WrapValidator",
        "computed_field",
        "conbytes",
        "condate",
        "condecimal",
        "confloat",
        "confrozenset",
        "conint",
        "conlist",
        "conset",
        "constr",
        "field_serializer",
        "field_validator",
        "model_serializer",
        "model_validator",
        "root_validator",
        "validate_call",
        "validator",
    }
)

# What `fasthtml.common` passes on from elsewhere, and what it calls like something of ours.
_FASTHTML_FOREIGN = {
    **{
        name: f"typing.{name}"
        for name in ("Any", "Dict", "Generator", "Iterable", "Iterator", "List", "Mapping")
    },
    **{name: f"typing.{name}" for name in ("Optional", "Sequence", "Set", "Tuple", "Union")},
    "Path": "pathlib.Path",
    "Request": "starlette.requests.Request",
    "Scope": "starlette.types.Scope",
    "dataclass": "dataclasses.dataclass",
    "enum": "enum",
    "math": "math",
    "partial": "functools.partial",
    "re": "re",
    "typing": "typing",
}
_FASTHTML_OWN = frozenset({"FT", "FastHTML", "NotStr", "Safe", "fast_app", "serve", "to_xml"})

STAR_EXPORTS: dict[str, frozenset[str]] = {
    "starmodel": STARMODEL_NAMES,
    "typing": _TYPING_NAMES,
    "typing_extensions": _TYPING_NAMES,
    "enum": _ENUM_NAMES,
    "datetime": _DATETIME_NAMES - {"tzinfo"},
    "decimal": frozenset({"Decimal"}),
    "uuid": frozenset({"UUID", "uuid4"}),
    "pydantic": _PYDANTIC_NAMES,
    "fasthtml.common": frozenset(_FASTHTML_FOREIGN) | _FASTHTML_OWN,
}
"""What matters of what comes out of `from module import *`; `outside.exported` knows all of it
for the standard library, pydantic and StarModel."""

KNOWN_ROOTS = frozenset(
    {
        "annotated_types",
        "builtins",
        "datetime",
        "decimal",
        "enum",
        "fastcore",
        "fasthtml",
        "functools",
        "markupsafe",
        "pydantic",
        "pydantic_core",
        "sqlmodel",
        "starlette",
        "starmodel",
        "typing",
        "typing_extensions",
        "uuid",
    }
)
"""Packages that are never looked for in the project."""

MARKUP_ROOTS = frozenset({"fastcore", "fasthtml", "htpy", "markupsafe", "monsterui", "air"})
"""Packages whose types are pieces of a page."""

_ALIASES = {
    "typing.AbstractSet": "builtins.set",
    "typing.Dict": "builtins.dict",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.List": "builtins.list",
    "typing.LiteralString": "builtins.str",
    "typing.Set": "builtins.set",
    "typing.Text": "builtins.str",
    "typing.Tuple": "builtins.tuple",
    "typing.Type": "builtins.type",
    "types.NoneType": "builtins.None",
    "datetime.UTC": "datetime.timezone.utc",
}
_MOVED = {
    "collections.abc": "typing",
    "typing_extensions": "typing",
    "sqlmodel.main": "sqlmodel",
}


_APART = frozenset({"typing_extensions.TypedDict"})
"""What pydantic tells apart from what Python has under the same name."""


def canonical(name: str) -> str:
    """Return the one name by which an outside name is known; itself if there is no other."""
    root, _, rest = name.partition(".")
    if not rest:
        return name
    if root == "starmodel":
        return _canonical_starmodel(name)
    if root == "pydantic":
        return _canonical_pydantic(rest)
    if root == "fasthtml":
        last = name.rpartition(".")[2]
        foreign = _FASTHTML_FOREIGN.get(last)
        return name if foreign is None else canonical(foreign)
    for old, new in _MOVED.items():
        if name.startswith(old + ".") and name not in _APART:
            name = new + name[len(old) :]
            break
    return _ALIASES.get(name, name)


def _canonical_starmodel(name: str) -> str:
    """`starmodel.domain.entity_config.Scope.SESSION` as `starmodel.Scope.SESSION`."""
    parts = name.split(".")
    for index, part in enumerate(parts[1:], start=1):
        if part in STARMODEL_NAMES:
            return ".".join(["starmodel", *parts[index:]])
    return name


def _canonical_pydantic(rest: str) -> str:
    """`fields.Field` as `pydantic.Field`; `pydantic.v1` stays what it is."""
    parts = rest.split(".")
    while len(parts) > 1 and parts[0] in _PYDANTIC_MODULES:
        parts = parts[1:]
    return ".".join(["pydantic", *parts])


_PYDANTIC_MODULES = frozenset(
    {
        *("aliases", "class_validators", "config", "deprecated", "fields"),
        *("functional_serializers", "functional_validators", "main", "networks", "root_model"),
        *("types", "validate_call_decorator"),
    }
)
