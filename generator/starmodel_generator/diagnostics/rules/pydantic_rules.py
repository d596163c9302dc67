"""The rules for what pydantic and SQLModel can do, and StarModel does not do in their place."""

from starmodel_generator.diagnostics.diagnostic import Rule

SERIALIZER = Rule(
    "SM220",
    "unused-serializer",
    "error",
    summary="a serializer changes what pydantic writes, and not what StarModel stores and sends",
    explanation=(
        "What a `field_serializer` of an entity, or a `PlainSerializer` or `WrapSerializer` in the"
        " annotation of its field, makes of the value is what is sent. Elsewhere generated code"
        " reads the fields themselves, so a serializer of a value object, or of a whole model, would"
        " show in `model_dump()` and nowhere else. Mark the field `private=True` and send what it is"
        " to look like in a computed field."
    ),
)
INPUT_IN_PYTHON = Rule(
    "SM221",
    "input-read-before-pydantic",
    "error",
    summary="something changes how pydantic reads a value that a request gives",
    explanation=(
        "Arguments of events and of generated `create` and `update` are read one by one before the"
        " entity sees them. Validators of a field, or in `Annotated[...]`, are run then; but not one"
        " that asks for `info`, for the other fields are not there yet, nor a `model_validator` of"
        ' the mode `"before"` or `"wrap"`, which would get values that have been read, and again at'
        ' every save. A validator of the mode `"after"` is always run; so is everything on a value'
        " object, which pydantic itself reads; and what an event of your own makes, pydantic reads"
        " as ever."
    ),
)
PRIVATE_ATTRIBUTE = Rule(
    "SM222",
    "private-attribute",
    "error",
    suppressible=True,
    summary="an entity or a value object has a private attribute, which is not kept",
    explanation=(
        "Stores keep fields. A private attribute of pydantic's (`_seen: int = 0`) is what its"
        " default says each time the entity is loaded. `Field(private=True)` makes a field that is"
        " kept and never sent; `ClassVar` a constant. Silence this for a cache that may be empty."
    ),
)
UNSUPPORTED_PYDANTIC = Rule(
    "SM223",
    "unsupported-pydantic-option",
    "error",
    summary="something of pydantic's is used that StarModel cannot do",
    explanation=(
        "It would make values that are not of the declared type, or would be lost when they are"
        " stored. docs/authoring.md has a list of all that pydantic can do, and of what StarModel"
        " makes of it."
    ),
)
SQLMODEL_OPTION = Rule(
    "SM224",
    "unsupported-sqlmodel-option",
    "error",
    summary="something is said about a table or a column that StarModel has no word for",
    explanation=(
        "The type of a field says what its column holds and whether it may be NULL. `db_name`,"
        " `indexes`, `unique`, `renamed_from` in `model_config` and `db_name`, `index`, `unique`,"
        " `foreign_key`, `on_delete` of `Field` say the rest. `__tablename__`, `__table_args__`,"
        " `sa_column` and `sa_type` are read where they say the same; what they say besides has no"
        " counterpart."
    ),
)
FROZEN_UPDATE = Rule(
    "SM225",
    "frozen-update",
    "error",
    summary="`crud` is to generate an update of an entity whose fields are all frozen",
    explanation=(
        "What is frozen is given when a record is made, and never changed: a generated update"
        " leaves it out. Where nothing is left, there is nothing to update."
    ),
)
UNKNOWN_METADATA = Rule(
    "SM226",
    "unknown-annotation",
    "error",
    suppressible=True,
    summary="`Annotated[...]` holds something that may change values, and cannot be known",
    explanation=(
        "Pydantic asks whatever stands in `Annotated[...]` how a value is to be read. Known are"
        " pydantic's own, `annotated_types`, texts, and classes of the project that have nothing to"
        " say to pydantic. Silence this for what only describes."
    ),
)
PLAIN_VALIDATOR = Rule(
    "SM142",
    "untyped-plain-validator",
    "error",
    suppressible=True,
    summary="a plain validator does not say that it returns values of the field's type",
    explanation=(
        'A `PlainValidator`, or a `field_validator` of the mode `"plain"`, takes the place of the'
        " validation by the type. What it returns is stored and sent as a value of the type, which"
        " fails where it is none. Write the type as what the function returns, for a type checker"
        ' to hold it to that; or use the mode `"before"`, behind which pydantic validates. Silence'
        " this for a function of a library whose results are of the type."
    ),
)
