"""The outside types that have a meaning, and the reasons why others have none: tables."""

from typing import get_args

from starmodel_schemas import AnyType, Constraints, ScalarType, TypeRef
from starmodel_schemas.types import AddressName, UrlName

SCALARS: dict[str, TypeRef] = {
    "builtins.bool": ScalarType(name="bool"),
    "builtins.int": ScalarType(name="int"),
    "builtins.float": ScalarType(name="float"),
    "builtins.str": ScalarType(name="str"),
    "builtins.bytes": ScalarType(name="bytes"),
    "decimal.Decimal": ScalarType(name="Decimal"),
    "datetime.date": ScalarType(name="date"),
    "datetime.time": ScalarType(name="time"),
    "datetime.datetime": ScalarType(name="datetime"),
    "datetime.timedelta": ScalarType(name="timedelta"),
    "uuid.UUID": ScalarType(name="UUID"),
    "typing.Any": AnyType(),
    **{f"pydantic.{name}": ScalarType(name=name) for name in get_args(UrlName)},
    **{
        f"{'pydantic' if name.startswith('IPvAny') else 'ipaddress'}.{name}": ScalarType(name=name)
        for name in get_args(AddressName)
    },
    "pydantic.JsonValue": AnyType(),
}
"""Outside types that are types of the schema."""


def _constrained(scalar: str, **limits: object) -> tuple[TypeRef, Constraints]:
    return SCALARS[scalar], Constraints.model_validate(limits)


CONSTRAINED: dict[str, tuple[TypeRef, Constraints]] = {
    "pydantic.PositiveInt": _constrained("builtins.int", gt="0"),
    "pydantic.NonNegativeInt": _constrained("builtins.int", ge="0"),
    "pydantic.NegativeInt": _constrained("builtins.int", lt="0"),
    "pydantic.NonPositiveInt": _constrained("builtins.int", le="0"),
    "pydantic.PositiveFloat": _constrained("builtins.float", gt="0"),
    "pydantic.NonNegativeFloat": _constrained("builtins.float", ge="0"),
    "pydantic.NegativeFloat": _constrained("builtins.float", lt="0"),
    "pydantic.NonPositiveFloat": _constrained("builtins.float", le="0"),
    "pydantic.FiniteFloat": _constrained("builtins.float"),
    "pydantic.StrictBool": _constrained("builtins.bool", strict=True),
    "pydantic.StrictBytes": _constrained("builtins.bytes", strict=True),
    "pydantic.StrictFloat": _constrained("builtins.float", strict=True),
    "pydantic.StrictInt": _constrained("builtins.int", strict=True),
    "pydantic.StrictStr": _constrained("builtins.str", strict=True),
    "pydantic.AwareDatetime": _constrained("datetime.datetime", timezone="aware"),
    "pydantic.NaiveDatetime": _constrained("datetime.datetime", timezone="naive"),
    "pydantic.SecretStr": _constrained("builtins.str", secret=True),
    "pydantic.SecretBytes": _constrained("builtins.bytes", secret=True),
    "pydantic.EmailStr": _constrained("builtins.str", format="email"),
    "pydantic.UUID1": _constrained("uuid.UUID"),
    "pydantic.UUID3": _constrained("uuid.UUID"),
    "pydantic.UUID4": _constrained("uuid.UUID"),
    "pydantic.UUID5": _constrained("uuid.UUID"),
    "pydantic.UUID6": _constrained("uuid.UUID"),
    "pydantic.UUID7": _constrained("uuid.UUID"),
    "pydantic.UUID8": _constrained("uuid.UUID"),
}
"""Pydantic's types that are another type with limits."""

CONSTRAINED_CALLS: dict[str, str] = {
    "pydantic.conint": "builtins.int",
    "pydantic.confloat": "builtins.float",
    "pydantic.condecimal": "decimal.Decimal",
    "pydantic.constr": "builtins.str",
    "pydantic.conbytes": "builtins.bytes",
    "pydantic.condate": "datetime.date",
    "pydantic.conlist": "builtins.list",
    "pydantic.conset": "builtins.set",
    "pydantic.confrozenset": "builtins.frozenset",
}
"""Pydantic's functions that make a type with limits, and which type."""

_AS_TEXT = "use `str`, and check it with a `field_validator`"
_AS_LIST = "use `list[...]`"
_AS_DICT = "use `dict[...]`"

REFUSED: dict[str, tuple[str, str]] = {
    "builtins.any": ("is a function, not a type", "use `typing.Any`"),
    "builtins.bytearray": ("can be changed in place", "use `bytes`"),
    "builtins.complex": ("is no JSON value", "use two `float` fields"),
    "builtins.memoryview": ("is a view of other memory", "use `bytes`"),
    "builtins.object": ("says nothing about the value", "use `typing.Any`"),
    "builtins.type": ("is a class, not data", "use an enum or a `Literal`"),
    "collections.OrderedDict": ("is no type of JSON", _AS_DICT),
    "collections.defaultdict": ("is no type of JSON", _AS_DICT),
    "collections.Counter": ("is no type of JSON", _AS_DICT),
    "collections.deque": ("is no type of JSON", _AS_LIST),
    "fractions.Fraction": ("is no JSON value", "use `Decimal`"),
    **dict.fromkeys(
        (
            *("pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath", "os.PathLike"),
            *("pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath"),
        ),
        (
            "names a file of one machine, and a caller could name any",
            "use `str` for a name of your own, or `bytes` for the file itself",
        ),
    ),
    "re.Pattern": ("is code, not data", "use `str`"),
    "pydantic.NameEmail": (
        "is a name and an address in one value",
        "use a `str` for the name and an `EmailStr` for the address",
    ),
    "pydantic.PaymentCardNumber": ("is an object with parts, not a text", _AS_TEXT),
    **dict.fromkeys(
        ("pydantic.Base64Bytes", "pydantic.Base64UrlBytes", "pydantic.EncodedBytes"),
        ("is one thing as input and another as a value", "use `bytes`, which is sent as base64"),
    ),
    **dict.fromkeys(
        ("pydantic.Base64Str", "pydantic.Base64UrlStr", "pydantic.EncodedStr"),
        ("is one thing as input and another as a value", "use `str`"),
    ),
    **dict.fromkeys(
        ("pydantic.InstanceOf", "pydantic.SkipValidation", "pydantic.OnErrorOmit"),
        ("may hold what is not of that type", "write the type inside it"),
    ),
    "pydantic.SerializeAsAny": ("is written by what it holds", "write a union of the models"),
    "pydantic.Secret": (
        "hides its value from what stores it",
        "use `SecretStr`, `SecretBytes`, or a field with `write_only=True`",
    ),
    "pydantic.Json": ("is one thing as input and another as a value", "use the type inside it"),
    "pydantic.ImportString": ("imports code that data names", "use an enum"),
    "pydantic.ByteSize": ("is one thing as input and another as a value", "use `int`"),
    "pydantic.FilePath": ("means something on this machine alone", "use `str`"),
    "pydantic.DirectoryPath": ("means something on this machine alone", "use `str`"),
    "pydantic.PastDate": ("depends on the day it is checked", "use `date` and a validator"),
    "pydantic.FutureDate": ("depends on the day it is checked", "use `date` and a validator"),
    "pydantic.PastDatetime": (
        "depends on the moment it is checked",
        "use `AwareDatetime` and a validator",
    ),
    "pydantic.FutureDatetime": (
        "depends on the moment it is checked",
        "use `AwareDatetime` and a validator",
    ),
    "pydantic.BaseModel": ("does not say which fields it has", "use a model of your own"),
    "pydantic.RootModel": ("has no field names", "use the type inside it"),
    "enum.Enum": ("does not say which members it has", "use an enum of your own"),
    "enum.IntEnum": ("does not say which members it has", "use an enum of your own"),
    "enum.StrEnum": ("does not say which members it has", "use an enum of your own"),
    "starmodel.Ref": (
        "does not say what it refers to",
        "write the entity that is meant, for example `Ref[Author]`",
    ),
    "sqlalchemy.orm.Mapped": (
        "is SQLAlchemy's mark of a column",
        'write the type inside it; a relation is `Ref["Author"]` or `ClassVar[Many["Post"]]`',
    ),
    "starmodel.Entity": ("does not say which entity it is", "use an entity of your own"),
    "starlette.requests.Request": (
        "is Starlette's, which generated code does not have",
        "use `starmodel.Request`",
    ),
    "fastapi.Request": (
        "is Starlette's, which generated code does not have",
        "use `starmodel.Request`",
    ),
    "typing.AnyStr": ("is a generic type", "use `str`"),
    "typing.Callable": ("is code, not data", "make it a method"),
    "typing.Collection": ("does not say how it is kept", _AS_LIST),
    "typing.Container": ("does not say how it is kept", _AS_LIST),
    "typing.Iterable": ("does not say how it is kept", _AS_LIST),
    "typing.Iterator": ("can be read only once", _AS_LIST),
    "typing.Generator": ("can be read only once", _AS_LIST),
    "typing.Sequence": ("does not say how it is kept", _AS_LIST),
    "typing.MutableSequence": ("does not say how it is kept", _AS_LIST),
    "typing.MutableSet": ("does not say how it is kept", "use `set[...]`"),
    "typing.Deque": ("is no type of JSON", _AS_LIST),
    "typing.Mapping": ("does not say how it is kept", _AS_DICT),
    "typing.MutableMapping": ("does not say how it is kept", _AS_DICT),
    "typing.DefaultDict": ("is no type of JSON", _AS_DICT),
    "typing.OrderedDict": ("is no type of JSON", _AS_DICT),
    "typing.NamedTuple": ("is no type of JSON", "use a pydantic model"),
    "typing.TypedDict": ("is no type of JSON", "use a pydantic model"),
    "typing.Never": ("has no values", "give it a type"),
    "typing.NoReturn": ("has no values", "use `None`"),
}
"""Outside types that are refused: why (after "which"), and what to write instead."""
