"""The rules for entities in SQL: relations, tables, what a column can keep, CRUD."""

from starmodel_generator.diagnostics.diagnostic import Rule

SQL_MODEL_BASE = Rule(
    "SM118",
    "sqlmodel-base",
    "warning",
    summary="an entity inherits from SQLModel, which switches validation off in its tables",
    explanation=(
        "A class with `table=True` that inherits from `SQLModel` takes anything in its"
        " constructor and in assignments, and what is missing reads as `None`. It is registered"
        " with SQLAlchemy besides, so it cannot have lists, dicts, value objects or relations,"
        " cannot be frozen, loses its private attributes when it is loaded, and `Product.name` is"
        " SQLAlchemy's. `class Product(Entity, BaseTable, table=True)`, with `BaseTable` from"
        " starmodel, has the same table and none of that. Silence the warning if you need the"
        " class as a table of SQLAlchemy's."
    ),
)
TABLE_MARK = Rule(
    "SM119",
    "table-mark",
    "error",
    summary="`table=True` is missing, alone, or contradicted",
    explanation=(
        "`class Product(Entity, BaseTable, table=True)` says that the entity is kept in SQL, like"
        " `store=StateStore.SERVER_SQL` in `model_config`. Without `BaseTable` Python refuses"
        " `table=True`; without `table=True` the base says nothing; and another `store` would"
        " contradict it."
    ),
)
DANGLING_REFERENCE = Rule(
    "SM501",
    "dangling-reference",
    "error",
    summary="a relation leads to something that is no record in SQL",
    explanation=(
        "`Ref[Author]` is a foreign key, so `Author` has to have a table with a row for each id:"
        " an entity of the app with `store=StateStore.SERVER_SQL` and the scope RECORD. The same"
        " holds for `Many`, whose rows are looked up. Of other entities keep the id in a `str`."
    ),
)
RELATION_OUTSIDE_SQL = Rule(
    "SM502",
    "relation-outside-sql",
    "error",
    summary="an entity has a relation that it cannot keep where it is kept",
    explanation=(
        "Both ends of a relation are rows of one database: give the entity"
        " `store=StateStore.SERVER_SQL`, or keep the other's id in a `str` and take the other as a"
        " parameter of the events that need it. Any row may have a `Ref`; a `list[Ref[Tag]]` and a"
        " `Many` are for records alone."
    ),
)
AMBIGUOUS_RELATION = Rule(
    "SM503",
    "ambiguous-relation",
    "error",
    summary="a `Many` is the other side of no field, or of several",
    explanation=(
        '`posts: ClassVar[Many["Post"]]` of `Author` is the other side of the one field of `Post`'
        " that is a `Ref[Author]`, or a list of them. Where there are several, say which:"
        ' `Many["Post", Literal["editor"]]`. Where there is none, there is nothing to look up.'
    ),
)
SEVERAL_FOR_ONE = Rule(
    "SM243",
    "several-for-one",
    "error",
    summary="a `One` is the other side of a field by which several may refer to one",
    explanation=(
        '`profile: ClassVar[One["Profile"]]` of `User` is the other side of a `Ref[User]` that no two'
        ' profiles have alike: `user: Ref["User"] = Field(unique=True)`. The database sees to that.'
        ' Where there may be several, write `Many["Profile"]`.'
    ),
)
MISPLACED_REFERENCE = Rule(
    "SM504",
    "misplaced-reference",
    "error",
    summary="a `Ref` stands where the database cannot see that it refers to something",
    explanation=(
        "A field may be a `Ref[Author]`, a `Ref[Author] | None` or a `list[Ref[Tag]]`; the first"
        " two are a column, the last is a table. Inside value objects, dicts, sets, tuples,"
        " unions and computed fields nothing would keep the other from being deleted, and nothing"
        " could load it. Make what holds several references an entity of its own, or keep plain"
        " ids in a `str`."
    ),
)
INVALID_ON_DELETE = Rule(
    "SM505",
    "invalid-on-delete",
    "error",
    summary="`on_delete` says something that the field cannot do",
    explanation=(
        '`on_delete` is for a `Ref`: `"restrict"` (the other cannot be deleted, the default),'
        ' `"cascade"` (this is deleted too) or `"set_null"`, where the field may be `None`. From a'
        " `list[Ref[Tag]]` a deleted one is simply gone."
    ),
)
INEXACT_TYPE = Rule(
    "SM506",
    "inexact-type",
    "error",
    summary="a database cannot keep the values of a type exactly",
    explanation=(
        "What an entity holds comes back equal from SQLite and from PostgreSQL, or is refused. A"
        " `Decimal` needs `max_digits` (100 at most) and `decimal_places`; a `datetime` is an"
        " `AwareDatetime` or a `NaiveDatetime`; a `time` has no zone; a whole number has 64 bits;"
        " a `float` is finite; a text has no NUL character."
    ),
)
INVALID_INDEX = Rule(
    "SM507",
    "invalid-index",
    "error",
    summary="an index names something that has no column of its own",
    explanation=(
        "`indexes` and `unique` in `model_config` name fields of the entity; `Field(index=True)`"
        " and `Field(unique=True)` stand on one. Fields that are kept as JSON (lists, dicts,"
        " optional value objects), in a table of their own (`list[Ref[Tag]]`) or not at all"
        " (computed ones) have no column that an index could be made on."
    ),
)
INVALID_KEY = Rule(
    "SM508",
    "invalid-key",
    "error",
    summary="a key is none that the table can have",
    explanation=(
        "The primary key of every entity is its `id`. A `foreign_key` names the table of a record"
        ' in SQL and its id: `"author.id"`; a field `author: Ref[Author]` says the same, and can'
        " be loaded."
    ),
)
PLAIN_FOREIGN_KEY = Rule(
    "SM509",
    "plain-foreign-key",
    "warning",
    summary="a foreign key is declared where a `Ref` would say more",
    explanation=(
        '`author_id: str = Field(foreign_key="author.id")` has the constraint, but nothing else:'
        " it cannot be loaded, has no other side, and its form asks for an id. `author:"
        " Ref[Author]` is kept in the same column."
    ),
)
INVALID_CRUD = Rule(
    "SM510",
    "invalid-crud",
    "error",
    summary="`crud` asks for an event that cannot be generated",
    explanation=(
        "`crud` generates `create`, `update` and `delete` for records in SQL. Their names are"
        " then taken, also for events and fields of yours, and `version` is a parameter of"
        " `update`. What `create` cannot be given (private fields, those with `writable=False`)"
        " needs a default."
    ),
)
TABLE_NAME_CLASH = Rule(
    "SM511",
    "table-name-clash",
    "error",
    summary="two tables, columns or indexes have one name, or one that the store needs",
    explanation=(
        "A table is called as its entity in snake case, a column as its field; a `Ref` field"
        " `author` is kept in `author_id`, a part of a value object in `address_street`, a"
        " `list[Ref[Tag]]` in the table `product_tags`. Names are never bent to dodge a clash, nor"
        " cut to the 63 bytes that PostgreSQL takes: rename the field or the entity, or give"
        " its column or table another name with `db_name`."
    ),
)
COMPOSITE_KEY = Rule(
    "SM516",
    "composite-key",
    "warning",
    summary="several fields are said to be the primary key, which is the `id` of every entity",
    explanation=(
        "A record is found by one `id`: it stands in its path, in what refers to it, on pages and in"
        " clients. The fields that were the key become a unique constraint beside it, so no two"
        " records have the same values in all of them. Write that line in `model_config` and leave"
        " `primary_key=True` out, and it is said plainly."
    ),
)
INVALID_DB_NAME = Rule(
    "SM517",
    "invalid-database-name",
    "error",
    summary="a table, a column or a constraint is given a name that a database does not take as it is",
    explanation=(
        '`Field(db_name="ArtistId")` says what a column is called, `EntityConfig(db_name="people")`'
        " what a table is, and a dict in `indexes` and `unique` what an index is. A name has letters,"
        " digits, `_`, `$`, `-` and spaces, begins with a letter, and has at most 63 bytes, which"
        " PostgreSQL keeps. A `list[Ref[Tag]]` is kept in a table and has no column to name."
    ),
)
UNQUOTED_RELATION = Rule(
    "SM512",
    "unquoted-relation",
    "error",
    summary="a relation names a class that Python does not know there yet",
    explanation=(
        "When the class is made, pydantic looks at the annotation. A class that is defined further"
        " down, or imported under `if TYPE_CHECKING:` alone, is not there then. Put its name into"
        ' quotes inside the brackets: `Ref["Author"]`, `Many["Post"]`. StarModel finds the entity'
        " by its name."
    ),
)
