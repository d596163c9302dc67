"""A bookmark: what it leads to, and who may do what with it."""

from enum import Flag

from pydantic import AnyUrl, EmailStr, HttpUrl

from starmodel import Access, Entity, EntityConfig, Scope, event


class Right(Flag):
    """What readers may do."""

    READ = 1
    WRITE = 2


class Bookmark(Entity):
    """A page to come back to."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)

    page: HttpUrl = HttpUrl("https://example.com/first")
    owner: EmailStr = "ann@example.com"
    source: AnyUrl | None = None
    rights: Right = Right.READ

    @event
    def keep(
        self,
        page: HttpUrl,
        owner: EmailStr,
        source: AnyUrl | None = None,
        rights: Right = Right.READ,
    ) -> None:
        """Keep another page."""
        self.page, self.owner, self.source, self.rights = page, owner, source, rights
