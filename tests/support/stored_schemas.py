"""Schemas at random of entities in SQL, each as linking could give it."""

from random_schemas import SchemaMaker

from starmodel_generator.database.columns import columns_of
from starmodel_schemas import (
    AppSchema,
    Constraints,
    EntitySchema,
    FactoryDefault,
    FieldSchema,
    IndexOption,
    ListType,
    ObjectSchema,
    OptionalType,
    PublicAccess,
    RefType,
    RequiredDefault,
    ScalarType,
    TypeRef,
)


class StoredMaker(SchemaMaker):
    """Makes schemas of entities in SQL, with references between them."""

    def app(self, entities: int = 3) -> AppSchema:
        """A schema of that many entities, whose columns do not get in each other's way."""
        app = super().app(entities)
        kept = tuple(self.untangled(entity, app) for entity in app.entities)
        return app.model_copy(update={"entities": kept})

    def value_object(self) -> ObjectSchema:
        drawn = super().value_object()
        return drawn.model_copy(
            update={"fields": tuple(self.kept(field) for field in drawn.fields)}
        )

    def entity(self) -> EntitySchema:
        random = self.random
        drawn = super().entity()
        taken = {field.name for field in drawn.fields} | {"id"}
        fields = [self.kept(field) for field in drawn.fields]
        scope = random.choice(("RECORD", "RECORD", drawn.scope))
        others = [entity for entity in self.entities if entity.scope == scope == "RECORD"]
        for other in others:
            if random.random() < 0.7:
                fields.append(self.reference(self.name(taken), other))
        records: dict[str, object] = {"scope": scope}
        if random.random() < 0.2:
            identity = FieldSchema(
                name="id",
                type=ScalarType(name=random.choice(("int", "UUID", "str"))),
                default=FactoryDefault(factory="make"),
            )
            fields.insert(0, identity)
            records["declares_id"] = True
        return drawn.model_copy(
            update={
                # Modules that refer to each other would have to be imported in a circle.
                "module": f"{self.package}.entities",
                "source": f"{self.package}/entities.py",
                "store": "SERVER_SQL",
                "access": PublicAccess(),
                "events": (),
                "page": "host",
                "fields": tuple(fields),
                **records,
            }
        )

    def kept(self, field: FieldSchema) -> FieldSchema:
        """A field with what has to be said of it in SQL."""
        random = self.random
        limits = Constraints()
        match plain(field.type):
            case ScalarType(name="Decimal"):
                limits = Constraints(
                    max_digits=random.choice((12, 18)),
                    decimal_places=random.choice((0, 2, 6)),
                    ge=random.choice((None, "-100.5", "0")),
                )
            case ScalarType(name="datetime"):
                limits = Constraints(timezone=random.choice(("aware", "naive")))
            case ScalarType(name="int" | "float"):
                limits = Constraints(ge=random.choice((None, "-10")))
            case ScalarType(name="str"):
                limits = random.choice((Constraints(), Constraints(min_length=1, max_length=40)))
            case _:
                pass
        return field.model_copy(
            update={
                "constraints": limits,
                "index": random.random() < 0.1,
                "unique": field.type == ScalarType(name="str") and random.random() < 0.3,
            }
        )

    def reference(self, name: str, other: EntitySchema) -> FieldSchema:
        """A field that refers to another entity, or to several."""
        random = self.random
        type_: TypeRef = RefType(entity=other.qualified_name)
        on_delete = random.choice(("restrict", "cascade"))
        if random.random() < 0.3:
            type_ = OptionalType(item=type_)
            on_delete = "set_null"
        elif random.random() < 0.4:
            type_ = ListType(item=type_)
            on_delete = "restrict"
        return FieldSchema(name=name, type=type_, default=RequiredDefault(), on_delete=on_delete)

    def untangled(self, entity: EntitySchema, app: AppSchema) -> EntitySchema:
        """The entity without fields whose columns are there already, and with an index."""
        names = {"id", "holder", "row_version", "row_expires_at"}
        fields: list[FieldSchema] = []
        for field in entity.fields:
            columns = {each.column.name for each in columns_of(field, entity.snake_name, app)}
            if field.name == "id" or field.computed or not columns & names:
                fields.append(field)
                names |= columns
        indexed = [field.name for field in fields if is_indexed(field) and not field.unique][:2]
        indexes = (IndexOption(fields=tuple(indexed), unique=False),) if len(indexed) == 2 else ()
        return entity.model_copy(update={"fields": tuple(fields), "indexes": indexes})


def is_indexed(field: FieldSchema) -> bool:
    """Whether a field has one column that can be in an index with others."""
    return isinstance(plain(field.type), ScalarType) and not field.computed and field.name != "id"


def plain(type_: TypeRef) -> TypeRef:
    return type_.item if isinstance(type_, OptionalType) else type_


def stored_app(
    seed: int, *, package: str, hostile: bool = False, entities: int = 4, longest: int = 2
) -> AppSchema:
    """A schema of entities in SQL, the same for the same seed."""
    return StoredMaker(seed, package=package, hostile=hostile, longest=longest).app(entities)
