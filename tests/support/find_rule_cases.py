"""The rules for what is about many records: a source that breaks each, what is pointed at, one that keeps it."""

_HEAD = """
        from enum import Enum
        from starmodel import *
        from starmodel import UnitOfWork, where
        class Status(Enum):
            OPEN = "open"
        class Order(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            title: str = ""
            total: int = 0
            token: str = Field(default="", private=True)
            status: Status = Status.OPEN
            parent: Ref["Order"] | None = None
            others: list[Ref["Order"]] = []
            tags: list[str] = []
            limit: int = 0
"""

_RECORDS = """
        class Cart(Entity):
            model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)
"""

_RELATED = """
        from datetime import date
        class Customer(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access={access})
            name: str = ""
            since: date | None = None
        class Order(Entity):
            model_config = EntityConfig(
                store=StateStore.SERVER_SQL, access=Access.PUBLIC, lookups=[{lookups}]
            )
            customer: Ref[Customer]
            lines: ClassVar[Many["Line"]]
        class Line(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
            order: Ref[Order]
"""

FIND_CASES: dict[str, tuple[str, str, str]] = {
    "SM217": (
        _HEAD + """
            @event
            async def close(self, work: UnitOfWork) -> None:
                await work.find(Order, total__like=3, limit=2)
        """,
        "total__like",
        _HEAD + """
            @event
            async def close(self, work: UnitOfWork) -> None:
                await work.find(Order, total__lt=3, title=where.contains("x"), sort="-total", limit=2)
                await work.find_one(Order, token="t", parent=self, lock=True)
                await work.count(Order, status__in=[Status.OPEN], parent=None)
                await work.find(Order, tags=where.contains("a") & where.contains("b"))
                await work.exists(Order, others=self, limit__in=[3], id__ne=self.id)
                more = {"title": "x"}
                await work.find(Order, **more)
            def count(self, other: list[int]) -> int:
                return other.count(Order, total__like=3)
        """,
    ),
    "SM218": (
        _HEAD + """
        class Cart(Entity):
            count: int = 0
            @event
            async def clear(self, work: UnitOfWork) -> None:
                await work.find_one(Cart, count=3)
        """,
        "work.find_one(Cart, count=3)",
        _HEAD + """
        class Cart(Entity):
            count: int = 0
            @event
            async def clear(self, work: UnitOfWork) -> None:
                self.count = await work.count(Order)
        """,
    ),
    "SM219": (
        _RECORDS + """
            @event
            @staticmethod
            def reorder(ids: list[str]) -> None: ...
        """,
        "reorder",
        _RECORDS + """
            @event(access=Access.PUBLIC)
            @staticmethod
            def reorder(ids: list[str]) -> None: ...
            @event(access=Access.AUTHENTICATED)
            @classmethod
            def count_all(cls) -> int: ...
            @event
            @classmethod
            def open(cls) -> Self: ...
        """,
    ),
    "SM230": (
        _RELATED.format(access="Access.PUBLIC", lookups='"customer__nam"'),
        "lookups",
        _RELATED.format(
            access="Access.PUBLIC", lookups='"customer__name", "customer__since", "lines__count"'
        ),
    ),
    "SM231": (
        _RELATED.format(access="Access.AUTHENTICATED", lookups='"customer__name"'),
        "lookups",
        _RELATED.format(access="Access.AUTHENTICATED", lookups='"lines__count"'),
    ),
}
