"""Entities that require each other: SM127."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.source_rules import REQUIRED_CYCLE
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_schemas import RefType


def check_cycles(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM127: a `Ref` that is required leads back to its own entity by others like it."""
    required = {
        entity.schema.qualified_name: {
            field.schema.type.entity: field
            for field in reversed(entity.fields)
            if isinstance(field.schema.type, RefType) and field.schema.default.kind == "required"
        }
        for entity in app.entities
    }
    told: set[frozenset[str]] = set()
    for start in required:
        path = _way_back(start, required)
        if path is None or frozenset(path) in told:
            continue
        told.add(frozenset(path))
        fields = [required[one][other] for one, other in zip(path, [*path[1:], start], strict=True)]
        yield _diagnostic(fields)


def _way_back(start: str, required: dict[str, dict[str, LinkedField]]) -> list[str] | None:
    """Return the shortest way from an entity back to itself, without its end."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for target in required.get(way[-1], {}):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return None


def _diagnostic(fields: list[LinkedField]) -> Diagnostic:
    first = fields[0]
    names = " -> ".join(f"`{field.owner.name}.{field.schema.name}`" for field in fields)
    owner, target = first.owner.name, fields[-1].owner.name
    if len(fields) == 1:
        text = f"entity `{owner}` requires another `{owner}`, so that the first cannot be created"
    else:
        text = f"entities require each other ({names}), so that none can be created first"
    name = first.schema.name
    wanted = (
        first.schema.type.entity.rpartition(".")[2]
        if isinstance(first.schema.type, RefType)
        else target
    )
    return REQUIRED_CYCLE.report(
        text,
        first.subject.place,
        help=f'let one be empty: `{name}: Ref["{wanted}"] | None = None`',
        related=tuple(
            Related(f"`{field.schema.name}` is required as well", field.subject.place)
            for field in fields[1:]
        ),
        entity=owner,
    )
