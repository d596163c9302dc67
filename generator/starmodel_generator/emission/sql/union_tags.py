"""The kinds that a value of a union can be of, told apart by their Python classes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.sql.exact_json import is_bare, members
from starmodel_generator.emission.sql.json_values import StoredEncoding
from starmodel_schemas import EnumType, ObjectType, ScalarType, TypeRef, UnionType
from starmodel_schemas.naming import snake_case


@dataclass(frozen=True, slots=True)
class UnionTag:
    """One kind.

    `cls` is its class as the module writes it, `tag` the name under which JSON keeps such a
    value. `is_distinguishable` is false where several types have that class and are kept
    differently: then the value is kept as it is, if JSON can.
    """

    cls: str
    type: TypeRef
    is_distinguishable: bool = True

    @property
    def tag(self) -> str:
        """The name of the class alone, however it is imported."""
        return self.cls.rpartition(".")[2]


def union_tags(
    type_: UnionType,
    encoding: StoredEncoding,
    is_alike: Callable[[TypeRef, TypeRef], bool],
) -> list[UnionTag]:
    """Return the kinds that do not stand for themselves, each before one that it derives from."""
    found: dict[str, UnionTag] = {}
    for member in members(type_):
        if is_bare(member):
            continue
        cls = encoding.class_of(member)
        known = found.setdefault(cls, UnionTag(cls, member))
        if not is_alike(known.type, member):
            found[cls] = replace(known, is_distinguishable=False)
    return sorted(found.values(), key=lambda kind: _turn(kind.type, encoding.context))


def union_tags_name(type_: UnionType, context: Context) -> str:
    """Name a union by its members: `decimal_or_str`."""
    return "_or_".join(dict.fromkeys(_words(type_, context)))


def _turn(type_: TypeRef, context: Context) -> tuple[int, int]:
    """Return when to ask for a type: what derives from another is also an instance of that."""
    match type_:
        case ObjectType():
            # A class has more fields than the one it derives from.
            return 0, -len(context.objects[type_.object].fields)
        case EnumType():
            return 1, 0
        case ScalarType(name="datetime"):
            return 2, 0
        case _:
            return 3, 0


def _words(type_: UnionType, context: Context) -> Iterator[str]:
    for member in members(type_):
        if isinstance(member, ScalarType):
            yield snake_case(member.name)
        elif isinstance(member, EnumType | ObjectType):
            yield snake_case(context.schema(member).name)
        else:
            yield member.kind
