"""The rules for entities in SQL: a source that breaks each, what is pointed at, one that keeps it."""

SQL_CASES: dict[str, tuple[str, str, str]] = {
    "SM118": (
        """
        from sqlmodel import SQLModel
        import sqlmodel
        class Product(Entity, SQLModel, table=True):
            model_config = EntityConfig(access=Access.PUBLIC)
            id: str = sqlmodel.Field(primary_key=True)
            name: str = ""
        """,
        "Product",
        """
        from sqlmodel import SQLModel
        class Named(SQLModel):
            name: str = ""
        class Product(Entity, BaseTable, table=True):
            model_config = EntityConfig(access=Access.PUBLIC)
        class Cart(Entity, Named):
            count: int = 0
        """,
    ),
    "SM119": (
        """
        class Product(Entity, table=True):
            name: str = ""
        """,
        "Product",
        """
        class Product(Entity, BaseTable, table=True):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Tag(Entity, BaseTable):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        """,
    ),
    "SM501": (
        """
        class Author(Entity):
            name: str = ""
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
        """,
        "Ref[Author]",
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
        class Cart(Entity):
            @event
            def take(self, author: Ref[Author]) -> None: ...
        """,
    ),
    "SM502": (
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Cart(Entity):
            author: Ref[Author] | None = None
        """,
        "Ref[Author] | None",
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Cart(Entity):
            author_id: str = ""
        """,
    ),
    "SM503": (
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            posts: ClassVar[Many["Post"]]
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
            editor: Ref[Author]
        """,
        'ClassVar[Many["Post"]]',
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            posts: ClassVar[Many["Post", Literal["author"]]]
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
            editor: Ref[Author]
        """,
    ),
    "SM504": (
        """
        class Tag(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            others: dict[str, Ref["Tag"]] = {}
        """,
        'dict[str, Ref["Tag"]]',
        """
        class Tag(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            others: list[Ref["Tag"]] = []
        """,
    ),
    "SM505": (
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author] = Field(on_delete="set_null")
        """,
        'Field(on_delete="set_null")',
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author] = Field(on_delete="cascade")
            editor: Ref[Author] | None = Field(default=None, on_delete="set_null")
        """,
    ),
    "SM506": (
        """
        from decimal import Decimal
        class Product(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            weight: Decimal
        """,
        "Decimal",
        """
        from decimal import Decimal
        from pydantic import AwareDatetime, NaiveDatetime
        class Product(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            weight: Decimal = Field(max_digits=18, decimal_places=18)
            weights: list[Decimal] = []
            made: AwareDatetime | None = None
            shown: NaiveDatetime | None = None
        """,
    ),
    "SM507": (
        """
        class Product(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, indexes=[("nmae",)]
            )
            name: str = ""
        """,
        "indexes",
        """
        class Product(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL,
                access=Access.PUBLIC,
                indexes=[("name", "size"), ("size",)],
                unique=[("size", "name")],
            )
            name: str = Field("", index=True)
            size: int = Field(0, unique=True)
        """,
    ),
    "SM508": (
        """
        class Product(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            sku: str = Field(primary_key=True)
        """,
        "sku",
        """
        class Product(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            id: str = Field(primary_key=True)
            sku: str = Field(unique=True)
        """,
    ),
    "SM509": (
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author_id: str = Field(foreign_key="author.id")
        """,
        "author_id",
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
        """,
    ),
    "SM510": (
        """
        class Product(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"update"}
            )
            @event
            def update(self) -> None: ...
        """,
        "update",
        """
        class Product(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create", "delete"}
            )
            version: int = 0
            @event
            def update(self) -> None: ...
        """,
    ),
    "SM511": (
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
            author_id: str = ""
        """,
        "author_id",
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
            position: int = 0
            holder: str = ""
        """,
    ),
    "SM512": (
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            posts: ClassVar[Many[Post]]
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
        """,
        "ClassVar[Many[Post]]",
        """
        class Author(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            posts: ClassVar[Many["Post"]]
        class Post(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            author: Ref[Author]
        """,
    ),
    "SM241": (
        """
        class Book(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            pages: int = Field(0, searchable=True)
        """,
        "pages",
        """
        class Book(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            title: str = Field("", searchable=True)
            text: str | None = Field(None, searchable=True, max_length=1000)
            pages: int = Field(0, searchable=False)
        """,
    ),
    "SM242": (
        """
        class Book(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            note: str = Field("", searchable=True, private=True)
        """,
        "note",
        """
        class Book(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            title: str = Field("", searchable=True)
            note: str = Field("", private=True)
        """,
    ),
    "SM243": (
        """
        class User(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            profile: ClassVar[One["Profile"]]
        class Profile(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            user: Ref[User]
        """,
        'ClassVar[One["Profile"]]',
        """
        class User(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            profile: ClassVar[One["Profile"]]
            key: ClassVar[One["Key"]]
        class Profile(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            user: Ref[User] = Field(unique=True)
        class Key(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, unique=[("user",)]
            )
            user: Ref[User]
        """,
    ),
    "SM516": (
        """
        class Seat(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            room: str = Field(primary_key=True)
            number: int = Field(primary_key=True)
        """,
        "room",
        """
        class Seat(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, unique=[("room", "number")]
            )
            room: str
            number: int
        """,
    ),
    "SM517": (
        """
        class Seat(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            room: str = Field("", db_name="room.name")
        """,
        'Field("", db_name="room.name")',
        """
        class Seat(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, db_name="Seats",
                indexes={"Found": ("room",)},
            )
            room: str = Field("", db_name="Room Name")
        """,
    ),
}
