"""The list of what pydantic can be told, as docs/authoring.md has it."""

from collections.abc import Mapping

from starmodel_generator.linking.types.pydantic_support import (
    CONFIG_KEYS,
    DECORATORS,
    FIELD_ARGUMENTS,
    MEMBERS,
    METADATA,
    Support,
)

TABLES: dict[str, Mapping[str, Support]] = {
    "`Field`": FIELD_ARGUMENTS,
    "`model_config`": CONFIG_KEYS,
    "`Annotated`": METADATA,
    "Decorator": DECORATORS,
    "In the body": MEMBERS,
}


def table_lines(heading: str, table: Mapping[str, Support]) -> list[str]:
    """Write one of the tables: a row for all names of which the same is to be said."""
    rows: dict[tuple[str, str], list[str]] = {}
    for name, support in table.items():
        short = name.removeprefix("pydantic.")
        rows.setdefault((support.level, support.says), []).append(f"`{short}`")
    return [
        f"| {heading} | | |",
        "|---|---|---|",
        *(f"| {' '.join(names)} | {level} | {says} |" for (level, says), names in rows.items()),
    ]
