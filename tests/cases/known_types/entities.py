"""E-mail addresses, URLs, IP addresses, flags and JSON, in a database and in memory."""

from enum import Flag, IntEnum, IntFlag, StrEnum, auto
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Network
from typing import Annotated, Any

from pydantic import AnyUrl, BaseModel, EmailStr, Field, HttpUrl, IPvAnyAddress, JsonValue

from starmodel import Access, Entity, EntityConfig, StateStore, event
from starmodel import Field as StarField


class Level(IntEnum):
    LOW = 10
    MIDDLE = 20
    HIGH = 30


class Kind(StrEnum):
    SHOP = auto()
    BLOG = auto()


class Right(Flag):
    READ = auto()
    WRITE = auto()
    RUN = auto()
    ALL = READ | WRITE | RUN


class Mode(IntFlag):
    SLOW = 1
    LOUD = 8


class Contact(BaseModel):
    """Somebody to write to."""

    email: EmailStr
    homepage: HttpUrl | None = None


class Site(Entity):
    """A site, and what is known of it."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, order_by="homepage"
    )

    email: EmailStr = StarField(max_length=80, unique=True)
    homepage: HttpUrl = HttpUrl("https://example.com/")
    source: AnyUrl | None = None
    address: IPv4Address = IPv4Address("192.0.2.1")
    home: IPvAnyAddress | None = None
    network: IPv6Network | None = None
    level: Level = Level.LOW
    kind: Kind = Kind.SHOP
    rights: Right = Right.READ
    mode: Mode | None = None
    extra: dict[str, Any] = {}
    anything: JsonValue = None
    mirrors: list[HttpUrl] = []
    by_address: dict[IPv6Address, HttpUrl] = {}
    members: set[EmailStr] = set()
    contact: Contact | None = None
    contacts: list[Contact] = []
    either: HttpUrl | int | None = None
    interfaces: set[IPv4Interface] = set()
    granted: dict[Right, str] = {}

    @event
    def move(
        self,
        homepage: HttpUrl,
        address: IPvAnyAddress | None = None,
        rights: Right = Right.READ,
        email: Annotated[EmailStr, Field(max_length=30)] = "nobody@example.com",
    ) -> HttpUrl:
        """Say where it is now."""
        self.home = address
        self.rights |= rights
        self.email = email
        old, self.homepage = self.homepage, homepage
        return old


class Visit(Entity):
    """Is kept in memory."""

    page: HttpUrl = HttpUrl("https://example.com/start")
    visitor: IPvAnyAddress | None = None
    rights: Right = Right(0)

    @event
    def go(self, page: HttpUrl, visitor: IPvAnyAddress | None = None) -> str | None:
        """Go to another page."""
        self.page, self.visitor = page, visitor
        return page.host
