"""All that pydantic and SQLModel can be told about a field or a model, and what is made of it.

These tables are what linking goes by, and what docs/authoring.md lists. A name that is not in
them is unknown, and refused as such.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from starmodel_generator.diagnostics.diagnostic import Rule
from starmodel_generator.diagnostics.rules.pydantic_rules import (
    SERIALIZER,
    SQLMODEL_OPTION,
    UNSUPPORTED_PYDANTIC,
)

Level: TypeAlias = Literal["done", "no effect", "by pydantic", "refused"]
"""What becomes of something: StarModel does it, or pydantic does before anything is stored; it
changes no value; pydantic does it where pydantic reads, and where StarModel reads in its place
(fields that `crud` takes, parameters of events) it is refused; it is refused anywhere."""


@dataclass(frozen=True, slots=True)
class Support:
    """What is made of one thing.

    `says` is for the documentation. `fine` are the values that change nothing. Where it is refused,
    `rule` and `reason` say why (`reason` follows "which"), and `help` what to write instead.
    """

    level: Level
    says: str = ""
    fine: tuple[object, ...] = (None,)
    rule: Rule = UNSUPPORTED_PYDANTIC
    reason: str = ""
    help: str = ""


_DONE = Support("done")
_NO_EFFECT = Support("no effect", "describes, or is about Python code alone")
_OFF = (None, False)


def _refused(reason: str, help: str, *, fine: tuple[object, ...] = (None,)) -> Support:
    return Support("refused", help, fine, UNSUPPORTED_PYDANTIC, reason, help)


def _serializer(help: str, *, fine: tuple[object, ...] = (None,)) -> Support:
    reason = "changes what pydantic writes, and not what StarModel stores and sends"
    return Support("refused", help, fine, SERIALIZER, reason, help)


def sqlmodel_setting(help: str, *, fine: tuple[object, ...] = (None,)) -> Support:
    """Return that something of SQLModel's is refused."""
    reason = "is about a table or a column, and StarModel's are made another way"
    return Support("refused", help, fine, SQLMODEL_OPTION, reason, help)


_WARNS = _refused(
    "warns whenever generated code reads the field", "say so in its `description`", fine=_OFF
)
_MASKED = "keep the field `private=True` and send a computed field"
_REMOVED = "is not known to pydantic 2"

FIELD_ARGUMENTS: dict[str, Support] = {
    **dict.fromkeys(
        (
            *("default", "default_factory", "title", "description", "gt", "ge", "lt", "le"),
            *("multiple_of", "min_length", "max_length", "pattern", "strict", "allow_inf_nan"),
            *("max_digits", "decimal_places"),
        ),
        _DONE,
    ),
    "exclude": Support("done", "the same as `private=True`"),
    "discriminator": Support("done", "the name of a `Literal` field; a function is refused"),
    "frozen": Support("done", "`create` takes it, `update` does not"),
    "validate_default": Support("done", "whatever it says: a default is checked before the save"),
    **dict.fromkeys(
        (
            *("examples", "json_schema_extra", "repr", "init", "init_var"),
            *("field_title_generator", "kw_only", "fail_fast"),
        ),
        _NO_EFFECT,
    ),
    "deprecated": _WARNS,
    **dict.fromkeys(
        ("alias", "validation_alias", "serialization_alias", "alias_priority"),
        Support("done", "[where programs send and get JSON](#aliases)"),
    ),
    **dict.fromkeys(("coerce_numbers_to_str", "union_mode"), _DONE),
    "exclude_if": _serializer(_MASKED),
    # Pydantic 1's, which SQLModel's `Field` still takes and pydantic does not get to see.
    **dict.fromkeys(("min_items", "max_items"), Support("done", "as `min_length`, `max_length`")),
    "const": _refused(_REMOVED, "write `Literal[...]` as the type", fine=_OFF),
    "regex": _refused(_REMOVED, "write `pattern`"),
    "unique_items": _refused(_REMOVED, "write `set[...]` as the type", fine=_OFF),
    "allow_mutation": _refused(_REMOVED, "write `frozen=True`", fine=(None, True)),
    "include": _refused(_REMOVED, "mark with `private=True` what is not to be sent"),
    # StarModel's own, and SQLModel's.
    **dict.fromkeys(
        (
            *("primary_key", "index", "unique", "foreign_key", "on_delete", "ondelete"),
            *("private", "write_only", "writable", "now", "multiline", "renamed_from", "db_name"),
            *("server_default", "searchable"),
        ),
        _DONE,
    ),
    "nullable": Support("done", "where it agrees with the type, which decides"),
    **dict.fromkeys(
        ("sa_type", "sa_column", "sa_column_args", "sa_column_kwargs"),
        Support("done", "[what StarModel has a word for](sql.md#what-sqlmodel-is-told)"),
    ),
    "schema_extra": sqlmodel_setting("write what is in it as arguments of `Field`"),
}
"""The arguments of `Field`: of StarModel's, pydantic's and SQLModel's."""

TEXT_ARGUMENTS = ("strip_whitespace", "to_lower", "to_upper")
"""What `StringConstraints` and `constr` take besides."""

_NAMES = "fields can be given by their names as well as by an alias"

CONFIG_KEYS: dict[str, Support] = {
    **dict.fromkeys(
        (
            *("allow_inf_nan", "str_max_length", "str_min_length", "str_strip_whitespace"),
            *("str_to_lower", "str_to_upper", "strict", "validate_assignment", "validate_default"),
            *("revalidate_instances", "use_attribute_docstrings", "title"),
        ),
        _DONE,
    ),
    **dict.fromkeys(
        ("populate_by_name", "validate_by_name", "validate_by_alias"), Support("done", _NAMES)
    ),
    "frozen": Support("done", "`crud` cannot have an `update`"),
    **dict.fromkeys(
        (
            *("arbitrary_types_allowed", "cache_strings", "defer_build", "field_title_generator"),
            *("from_attributes", "hide_input_in_errors", "ignored_types", "json_schema_extra"),
            *("json_schema_mode_override", "json_schema_serialization_defaults_required"),
            *("loc_by_alias", "model_title_generator", "plugin_settings", "protected_namespaces"),
            *("schema_generator", "url_preserve_empty_path", "validate_return"),
            "validation_error_cause",
        ),
        _NO_EFFECT,
    ),
    "alias_generator": Support(
        "done", "`to_camel`, `to_pascal`, `to_snake`, an `AliasGenerator` of them"
    ),
    "extra": Support("done", '`"forbid"` of what programs send as JSON; `"allow"` is refused'),
    "coerce_numbers_to_str": Support("by pydantic", fine=_OFF),
    "val_temporal_unit": Support("by pydantic", fine=(None, "infer")),
    "regex_engine": Support("by pydantic", fine=(None, "rust-regex")),
    "use_enum_values": _refused(
        "puts other values into fields than their types say",
        "leave it out: enums are sent by their values",
        fine=_OFF,
    ),
    "val_json_bytes": _refused(
        "reads bytes another way than StarModel sends them",
        "leave it out: bytes are sent as base64",
        fine=(None, "base64"),
    ),
    "ser_json_bytes": _serializer("leave it out: it is base64", fine=(None, "base64")),
    "ser_json_inf_nan": _serializer("leave it out: it is `null`", fine=(None, "null")),
    "ser_json_timedelta": _serializer("leave it out: it is seconds", fine=(None, "float")),
    "ser_json_temporal": _serializer("leave it out: it is ISO 8601"),
    "json_encoders": _serializer(_MASKED),
    "polymorphic_serialization": _serializer("write a union of the models", fine=_OFF),
    "serialize_by_alias": Support("done", "`False` sends names"),
    # SQLModel's own.
    "table": Support("done", "[entities in SQL](sql.md)"),
    "registry": sqlmodel_setting("leave it out"),
    **dict.fromkeys(("orm_mode", "read_from_attributes", "read_with_orm_mode"), _NO_EFFECT),
}
"""The keys of `model_config`, besides StarModel's own."""

EXTRA_FIELDS = _refused(
    "keeps what no field says, and a store keeps fields alone",
    "declare a field of the type `dict` for it",
)
"""What becomes of `extra="allow"`."""

_VALIDATED = Support("done", "before what is made or changed is stored")
_EARLY = Support("done", "on what is sent as well; one that asks for `info` by pydantic")
_CORE_SCHEMA = _refused(
    "makes values that are not of the declared type, or does not check them",
    "write the type that is meant",
)
_WRITES_OTHERWISE = _serializer(_MASKED)
_OF_ENTITY = replace(
    _WRITES_OTHERWISE,
    level="done",
    says="of a field of an entity: what is sent of it; refused elsewhere",
    help="leave it to a field of an entity, or send a computed field instead",
)

METADATA: dict[str, Support] = {
    **dict.fromkeys(("starmodel.Field", "pydantic.Field", "sqlmodel.Field"), _DONE),
    **dict.fromkeys(
        (
            *("annotated_types.Gt", "annotated_types.Ge", "annotated_types.Lt"),
            *("annotated_types.Le", "annotated_types.Interval", "annotated_types.MultipleOf"),
            *("annotated_types.MinLen", "annotated_types.MaxLen", "annotated_types.Len"),
            *("pydantic.StringConstraints", "pydantic.Strict", "pydantic.AllowInfNan"),
        ),
        _DONE,
    ),
    "pydantic.Discriminator": Support("done", "the name of a `Literal` field"),
    **dict.fromkeys(
        ("pydantic.AfterValidator", "annotated_types.Predicate", "annotated_types.Not"), _VALIDATED
    ),
    **dict.fromkeys(
        ("pydantic.BeforeValidator", "pydantic.PlainValidator", "pydantic.WrapValidator"),
        _EARLY,
    ),
    **dict.fromkeys(
        (
            *("annotated_types.DocInfo", "annotated_types.Unit", "annotated_types.doc"),
            *("annotated_doc.Doc", "pydantic.FailFast", "pydantic.WithJsonSchema"),
            *("pydantic.json_schema.Examples", "pydantic.json_schema.SkipJsonSchema"),
            "typing.Doc",
        ),
        _NO_EFFECT,
    ),
    **dict.fromkeys(("typing.deprecated", "warnings.deprecated"), _WARNS),
    **dict.fromkeys(
        ("pydantic.PlainSerializer", "pydantic.WrapSerializer"),
        _OF_ENTITY,
    ),
    "pydantic.SerializeAsAny": _WRITES_OTHERWISE,
    **dict.fromkeys(
        (
            *("pydantic.EncodedBytes", "pydantic.EncodedStr", "pydantic.GetPydanticSchema"),
            *("pydantic.ImportString", "pydantic.InstanceOf", "pydantic.Json"),
            *("pydantic.OnErrorOmit", "pydantic.SkipValidation", "pydantic.UrlConstraints"),
            "pydantic.ValidateAs",
        ),
        _CORE_SCHEMA,
    ),
    "pydantic.Tag": _refused(
        "belongs to a discriminator that is a function",
        "give the models a `Literal` field, and name it with `Field(discriminator=...)`",
    ),
    "annotated_types.Timezone": _refused(
        "is read by pydantic alone", "use `pydantic.AwareDatetime` or `NaiveDatetime`"
    ),
}
"""What may stand in `Annotated[...]`, by the name it is known under."""

DECORATORS: dict[str, Support] = {
    "pydantic.computed_field": Support("done", "sent, and stored nowhere"),
    "pydantic.field_validator": Support(
        "done", '`mode="after"` as an `AfterValidator`, any other as a `BeforeValidator`'
    ),
    "pydantic.model_validator": Support("done", '`mode="after"`; any other by pydantic'),
    "pydantic.validate_call": Support("done", "below `@event`"),
    "pydantic.field_serializer": _OF_ENTITY,
    "pydantic.model_serializer": _WRITES_OTHERWISE,
    "pydantic.validator": _refused("is pydantic 1's", "write `field_validator`"),
    "pydantic.root_validator": _refused("is pydantic 1's", "write `model_validator`"),
}
"""What pydantic has to decorate a method with."""

MEMBERS: dict[str, Support] = {
    "model_post_init": Support("done", "whenever an instance is made, also of what was stored"),
    **dict.fromkeys(
        ("__get_pydantic_core_schema__", "__get_validators__"),
        _refused("makes a model that is not what its fields say", "leave it to pydantic"),
    ),
    **dict.fromkeys(
        ("__tablename__", "__table_args__"),
        Support(
            "done", "of entities, [what StarModel has a word for](sql.md#what-sqlmodel-is-told)"
        ),
    ),
    **dict.fromkeys(
        ("__mapper_args__", "__abstract__", "__table__"), sqlmodel_setting("leave it out")
    ),
    "Config": _refused("is pydantic 1's", "write what is in it in `model_config`"),
    "Meta": _refused(
        "is another library's", "write `order_by`, `unique` and `indexes` in `model_config`"
    ),
}
"""Names in the body of a model that have a meaning to pydantic, to SQLModel or to those who come from Django."""
