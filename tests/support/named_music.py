"""Entities of a database that was there before: its tables, columns and constraints have names of
their own, in any case, and half of them are said as SQLModel says it."""

NAMED_MUSIC = '''
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, UniqueConstraint, text
import sqlalchemy as sa
import sqlmodel

from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, StateStore, event


def new_id() -> str:
    return uuid4().hex


class Address(BaseModel):
    street: str = Field(default="", db_name="Line 1")
    town: str = ""


class Artist(Entity):
    """Somebody who makes music."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        db_name="Artists",
        namespace="theArtist",
        indexes={"IFK_ArtistName": ("firstName", "home")},
    )

    id: str = Field(default_factory=new_id, db_name="ArtistId")  # pyright: ignore
    firstName: str = Field(db_name="Name", max_length=120, index=True)
    home: Address = Field(default_factory=Address, db_name="Home")
    albums: Many["Album", "artist"]


class Genre(Entity):
    """A kind of music; its records are numbered."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, db_name="Genres"
    )

    id: int | None = Field(default=None, primary_key=True, db_name="GenreId")  # pyright: ignore
    name: str = Field(db_name="Name", server_default="Rock", default="Rock")


class Album(Entity):
    """Some songs of an artist."""

    __tablename__ = "Album"
    __table_args__ = (
        UniqueConstraint("Title", "ArtistId", name="UQ_Album"),
        Index("IX Released", "released"),
        CheckConstraint(text("released <= reissued"), name="CK_Reissued"),
        CheckConstraint('"Songs" > 0', name="CK_Songs"),
        {"extend_existing": True},
    )
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str = sqlmodel.Field(sa_column=Column("Title", String(160), nullable=False))
    artist: Ref[Artist] = Field(db_name="ArtistId", on_delete="cascade")
    guests: list[Ref[Artist]] = Field(default_factory=list[Ref[Artist]])
    genre: Ref[Genre] | None = Field(default=None, db_name="GenreId", on_delete="set_null")
    styles: list[Ref[Genre]] = Field(default_factory=list[Ref[Genre]])
    released: int = 2000
    reissued: int = sqlmodel.Field(default=2000, sa_type=sa.BigInteger)
    songs: int = sqlmodel.Field(default=1, sa_column_kwargs={"name": "Songs"})
    sold_at: AwareDatetime | None = sqlmodel.Field(default=None, sa_type=sa.DateTime(timezone=True))
    parent_id: str | None = sqlmodel.Field(
        default=None, sa_column=Column(ForeignKey("Album.id", ondelete="SET NULL"), index=True)
    )

    @event
    def sellNow(self, copyCount: int = 1) -> None:
        """Count what was sold."""
        self.songs += copyCount


class Rating(Entity):
    """What somebody thinks of an album; once for each."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    album: Ref[Album] = Field(primary_key=True, on_delete="cascade")
    critic: str = Field(primary_key=True)
    stars: int = Field(default=3, ge=1, le=5, db_name="order")
'''
