"""Schemas at random, each as linking could give it, for what has to hold of all of them.

The same seed gives the same schema. Names are of any length and may be those of builtins and of
standard classes; texts are as hostile as `hostile_text` makes them.
"""

from random import Random

from starmodel_schemas import (
    AccessRule,
    AnyType,
    AppSchema,
    ArgumentSource,
    AuthenticatedAccess,
    ConstrainedType,
    Constraints,
    Default,
    DictType,
    EntitySchema,
    EntitySource,
    EntityType,
    EnumMember,
    EnumSchema,
    EnumType,
    EventSchema,
    ExpressionDefault,
    FactoryDefault,
    FieldSchema,
    FragmentType,
    HolderAccess,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    ParameterSchema,
    PolicyAccess,
    ProviderSource,
    PublicAccess,
    RequiredDefault,
    ScalarType,
    SetType,
    SuppliedSource,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.naming import pascal_case, snake_case
from starmodel_schemas.types import ScalarName

SCALARS: tuple[ScalarName, ...] = (
    "bool",
    "int",
    "float",
    "str",
    "bytes",
    "Decimal",
    "date",
    "time",
    "datetime",
    "timedelta",
    "UUID",
)
HASHABLE: tuple[ScalarName, ...] = ("int", "str", "Decimal", "date", "UUID", "timedelta", "bool")

WORDS = (
    "amount count due title name price note order item cart stock level line part owner address"
    " published archived description quantity street city number total color weight height"
).split()
TROUBLE = (
    "date time datetime list set dict str int float bool tuple type bytes sorted data key".split()
)
UNICODE = ("größe", "имя", "数量", "été")

PIECES = (
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "    ",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "</script>",
    "<!--",
    "*/",
    "//",
    "\u2028",
    "\u2029",
    "\x00",
    "\x0c",
    "\x1b",
    "\x85",
    "\ud800",
    "\udfff",
    "\U0001f600",
    "é",
    "日本",
    "\u202e",
    "\\N{DASH}",
    "\\x41",
    "\\u0041",
    "f'{x}'",
    "%s",
    "$count",
    "@get('/x')",
    "; import os",
    "a",
    "word",
    "Text that is a little longer.",
)


def hostile_text(random: Random, most: int = 12) -> str:
    """A text of pieces that mean something in Python, HTML, JavaScript or a template."""
    text = "".join(random.choice(PIECES) for _ in range(random.randint(1, most)))
    # The two halves of a pair side by side are one character to JSON.
    return text.replace("\ud800\udfff", "\ud800")


class SchemaMaker:
    """Makes one app schema."""

    def __init__(
        self, seed: int, *, package: str = "shop", hostile: bool = False, longest: int = 4
    ) -> None:
        self.random = Random(seed)
        self.hostile = hostile
        self.longest = longest
        self.package = package
        self.classes: set[str] = set()
        self.enums: list[EnumSchema] = []
        self.objects: list[ObjectSchema] = []
        self.entities: list[EntitySchema] = []
        self.record: EntitySchema | None = None

    def app(self, entities: int = 3) -> AppSchema:
        """A schema of that many entities."""
        random = self.random
        self.enums = [self.enum() for _ in range(random.randint(0, 3))]
        for _ in range(random.randint(0, 4)):
            self.objects.append(self.value_object())
        for _ in range(entities):
            entity = self.entity()
            self.entities.append(entity)
            if entity.scope == "RECORD":
                self.record = entity
        return AppSchema(
            entities=tuple(self.entities),
            objects=tuple(sorted(self.objects, key=lambda schema: schema.qualified_name)),
            enums=tuple(sorted(self.enums, key=lambda schema: schema.qualified_name)),
        )

    def words(self) -> str:
        return "_".join(
            self.random.choice(WORDS) for _ in range(self.random.randint(1, self.longest))
        )

    def name(self, taken: set[str]) -> str:
        """A name of a field, an event or a parameter that is not taken yet."""
        random = self.random
        while True:
            kind = random.random()
            if kind < 0.1:
                name = random.choice(TROUBLE)
            elif kind < 0.13:
                name = random.choice(UNICODE)
            else:
                name = self.words()
            if name not in taken:
                taken.add(name)
                return name

    def class_name(self) -> str:
        while True:
            name = pascal_case(self.words())
            if name not in self.classes and f"{name}State" not in self.classes:
                self.classes |= {name, f"{name}State", f"{name}Client", f"Async{name}Client"}
                return name

    def text(self) -> str:
        if self.hostile:
            return hostile_text(self.random)
        return self.random.choice(
            (
                "Short.",
                "A longer sentence that takes up most of a line of code, but not all of it.",
                "One line.\n\nAnd then another paragraph,\n    with an example,\nand an end.",
                "Größe, 大きさ, размер.",
                'He said "no".',
            )
        )

    def doc(self) -> str | None:
        return self.text() if self.random.random() < 0.7 else None

    def enum(self) -> EnumSchema:
        random = self.random
        members: list[EnumMember] = []
        is_number = random.random() < 0.3
        for number in range(random.randint(1, 4)):
            value = number * 3 if is_number else f"{self.text()} {number}"
            members.append(EnumMember(name=f"MEMBER_{number}", value=value))
        return EnumSchema(
            name=self.class_name(),
            module=f"{self.package}.kinds",
            doc=self.doc(),
            members=tuple(members),
        )

    def value_object(self) -> ObjectSchema:
        taken = {"from_json", "to_json", "self", "cls"}
        name = self.class_name()
        fields = [self.field(taken, own=name) for _ in range(self.random.randint(0, 4))]
        module = f"{self.package}.values"
        return ObjectSchema(name=name, module=module, doc=self.doc(), fields=tuple(fields))

    def entity(self) -> EntitySchema:
        random = self.random
        name = self.class_name()
        snake = snake_case(name)
        scope = random.choice(("SESSION", "GLOBAL", "RECORD"))
        module = f"{self.package}.{random.choice(('entities', 'models.more'))}"
        taken = {"id", "live", "signals", "watch", "WATCH", "read", "from_json", snake, "type"}
        fields = [self.field(taken) for _ in range(random.randint(0, 7))]
        access: AccessRule = HolderAccess()
        if scope != "SESSION":
            access = random.choice((PublicAccess(), AuthenticatedAccess(), self.policy()))
        events = [
            self.event(taken, name=name, module=module, scope=scope, access=access)
            for _ in range(random.randint(0, 5))
        ]
        pages = ("generated", "generated", "host", f"{self.package}.pages:{snake}_view")
        return EntitySchema(
            name=name,
            module=module,
            source=f"{module.replace('.', '/')}.py",
            snake_name=snake,
            namespace=random.choice((snake, "ns_" + snake)),
            doc=self.doc(),
            store="SERVER_MEMORY",
            scope=scope,
            ttl=random.choice((None, 60.0, 0.5)),
            access=access,
            page=random.choice(pages),
            renders_itself=random.random() < 0.2,
            fields=tuple(fields),
            events=tuple(events),
        )

    def policy(self) -> PolicyAccess:
        return PolicyAccess(function=f"{self.package}.policies.may_{self.random.choice(WORDS)}")

    def field(self, taken: set[str], own: str | None = None) -> FieldSchema:
        type_ = self.type(own=own)
        is_computed = self.random.random() < 0.15
        return FieldSchema(
            name=self.name(taken),
            type=type_,
            default=RequiredDefault() if is_computed else self.default(type_, fields=True),
            description=self.text() if self.random.random() < 0.2 else None,
            private=self.random.random() < 0.1,
            computed=is_computed,
        )

    def type(self, depth: int = 0, own: str | None = None) -> TypeRef:
        """A type of fields and parameters; `own` is the value object it may refer back to."""
        random = self.random
        kinds = ["scalar"] * 6 + ["enum", "literal", "object"]
        if depth < 3:
            kinds += ["optional", "optional", "list", "list", "dict", "tuple", "set", "union"]
            kinds += ["constrained", "any"] if depth else ["any"]
        match random.choice(kinds):
            case "enum" if self.enums:
                return EnumType(enum=random.choice(self.enums).qualified_name)
            case "literal":
                return self.literal()
            case "object" if self.objects or (own and depth):
                if own and depth and random.random() < 0.5:
                    return ObjectType(object=f"{self.package}.values.{own}")
                if self.objects:
                    return ObjectType(object=random.choice(self.objects).qualified_name)
                return ScalarType(name="int")
            case "optional":
                item = self.type(depth + 1, own)
                return item if isinstance(item, OptionalType | AnyType) else OptionalType(item=item)
            case "list":
                return ListType(item=self.type(depth + 1, own))
            case "dict":
                return DictType(key=self.hashable(), value=self.type(depth + 1, own))
            case "tuple" if random.random() < 0.5:
                return TupleType(items=(self.type(depth + 1, own),), variadic=True)
            case "tuple":
                items = tuple(self.type(depth + 1, own) for _ in range(random.randint(1, 3)))
                return TupleType(items=items)
            case "set":
                return SetType(item=self.hashable(), frozen=random.random() < 0.3)
            case "union":
                return self.union()
            case "constrained":
                return ConstrainedType(
                    item=ScalarType(name="int"), constraints=Constraints(ge="0", le="10")
                )
            case "any":
                return AnyType()
            case _:
                return ScalarType(name=random.choice(SCALARS))

    def literal(self) -> LiteralType:
        values = (("low", "high"), (1, 2, 3), ("on", 1), (self.text(),))
        return LiteralType(values=self.random.choice(values))

    def hashable(self) -> TypeRef:
        if self.enums and self.random.random() < 0.2:
            return EnumType(enum=self.random.choice(self.enums).qualified_name)
        if self.random.random() < 0.1:
            return self.literal()
        return ScalarType(name=self.random.choice(HASHABLE))

    def union(self) -> TypeRef:
        names = self.random.sample(SCALARS, self.random.randint(2, 3))
        members: list[TypeRef] = [ScalarType(name=name) for name in names]
        if len(self.objects) > 1:
            members += [
                ObjectType(object=schema.qualified_name)
                for schema in self.random.sample(self.objects, 2)
            ]
        return UnionType(members=tuple(members))

    def default(self, type_: TypeRef, *, fields: bool = False) -> Default:
        """A default that fits the type, or none."""
        random = self.random
        if random.random() < 0.4:
            return RequiredDefault()
        match type_:
            case ScalarType(name="bool"):
                return LiteralDefault(value=random.random() < 0.5)
            case ScalarType(name="int"):
                return LiteralDefault(value=random.choice((0, -7, 10**20)))
            case ScalarType(name="float"):
                return LiteralDefault(value=random.choice((0.5, -1.0, 1e22, 1e-07)))
            case ScalarType(name="str"):
                return LiteralDefault(value=self.text())
            case ScalarType(name="bytes"):
                return ExpressionDefault(
                    expression=repr(self.text().encode("utf-8", "surrogatepass"))
                )
            case ScalarType(name="Decimal"):
                return ExpressionDefault(expression="Decimal('1.50')", imports=("decimal.Decimal",))
            case ScalarType(name="date"):
                return ExpressionDefault(expression="date(2024, 1, 31)", imports=("datetime.date",))
            case OptionalType():
                return LiteralDefault(value=None)
            case LiteralType():
                value = type_.values[0]
                return LiteralDefault(value=value)
            case EnumType():
                enum = next(e for e in self.enums if e.qualified_name == type_.enum)
                return ExpressionDefault(
                    expression=f"{enum.name}.{enum.members[0].name}", imports=(type_.enum,)
                )
            case ListType(item=ScalarType(name="int")):
                values = [random.randint(0, 10**6) for _ in range(random.randint(0, 16))]
                return ExpressionDefault(expression=repr(values))
            case ListType() | DictType() | SetType() if fields:
                return FactoryDefault(factory="make")
            case _:
                return RequiredDefault()

    def event(
        self, taken: set[str], *, name: str, module: str, scope: str, access: AccessRule
    ) -> EventSchema:
        random = self.random
        function = self.name(taken)
        snake = snake_case(name)
        inside = {
            *("services", "session", "user", "id", "actor", "work", "outcome", "result"),
            *("request", "arguments", "self", "cls", "item", snake),
        }
        parameters = [self.parameter(inside, module) for _ in range(random.randint(0, 5))]
        is_generator = random.random() < 0.2
        is_creation = scope == "RECORD" and not is_generator and random.random() < 0.3
        returns: TypeRef | None
        if is_creation:
            returns = EntityType(entity=f"{module}.{name}")
        else:
            returns = random.choice(
                (None, None, FragmentType(), OptionalType(item=FragmentType()), self.type())
            )
            if not is_generator and random.random() < 0.1:
                returns = EntityType(entity=f"{module}.{name}")
        has_id = scope == "RECORD" and not is_creation
        path = f"/{snake}/{{id}}/{function}" if has_id else f"/{snake}/{function}"
        return EventSchema(
            name=function,
            function=function,
            signature=f"{function}({', '.join(p.name for p in parameters)}) -> {self.text()[:20]}",
            doc=self.doc(),
            method=random.choice(("POST", "POST", "POST", "GET", "DELETE")),
            path=path,
            selector=random.choice((None, "#messages", 'a[href="x"]')),
            mode=random.choice((None, "append", "inner")),
            respond=random.choice(("patch", "patch", "ack")),
            access=random.choice((access, access, AuthenticatedAccess(), self.policy())),
            is_async=random.random() < 0.4,
            is_generator=is_generator,
            is_creation=is_creation,
            parameters=tuple(parameters),
            returns=returns,
        )

    def parameter(self, taken: set[str], module: str) -> ParameterSchema:
        random = self.random
        name = self.name(taken)
        kind = random.random()
        if kind < 0.05:
            what = random.choice(("unit_of_work", "request", "actor"))
            return self.supplied(name, SuppliedSource(what=what))
        if kind < 0.1:
            return self.supplied(name, ProviderSource(function=f"{self.package}.providers:make_it"))
        # One module may use the other's entities; both at once would be a cycle of imports.
        others = [e for e in self.entities if e.module in (module, f"{self.package}.models.more")]
        if kind < 0.2 and others:
            other = random.choice(others)
            taken.add(f"{name}_id")
            return self.supplied(name, EntitySource(entity=other.qualified_name))
        type_ = self.type()
        return ParameterSchema(
            name=name,
            type=type_,
            default=self.default(type_),
            constraints=self.constraints(type_),
            private=random.random() < 0.1,
            source=ArgumentSource(),
        )

    def supplied(
        self, name: str, source: SuppliedSource | ProviderSource | EntitySource
    ) -> ParameterSchema:
        is_record = isinstance(source, EntitySource) and source.entity == (
            self.record.qualified_name if self.record else ""
        )
        may_be_missing = is_record and self.random.random() < 0.3
        default: Default = LiteralDefault(value=None) if may_be_missing else RequiredDefault()
        return ParameterSchema(name=name, type=AnyType(), default=default, source=source)

    def constraints(self, type_: TypeRef) -> Constraints:
        match type_:
            case ScalarType(name="int" | "float" | "Decimal"):
                return Constraints(ge="-10", le="1000000000000000")
            case ScalarType(name="str"):
                return Constraints(min_length=0, max_length=500, pattern=r"^[^\x00]*$")
            case _:
                return Constraints()


def random_app(
    seed: int,
    *,
    entities: int = 3,
    package: str = "shop",
    hostile: bool = False,
    longest: int = 4,
) -> AppSchema:
    """A schema of `entities` entities in a package; names are of at most `longest` words."""
    maker = SchemaMaker(seed, package=package, hostile=hostile, longest=longest)
    return maker.app(entities)
